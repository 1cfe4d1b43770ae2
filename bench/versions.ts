import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { openArtifactStore } from '../artifacts/open.ts';
import { asker } from './support/requests.ts';
import { startStack } from './support/stack.ts';
import { printTable, spread } from './support/table.ts';

/**
 * What a person asks of the history of configurations, with many versions in it, over the API. One device has `MANY` of them, the
 * rest is spread evenly. The rows are written by SQL; the texts that are read are real ones in the artifact store.
 */
const { values } = parseArgs({
  options: {
    versions: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    store: { type: 'string', default: 'files' },
  },
});
const VERSIONS = Number(values.versions);
const ROUNDS = Number(values.rounds);
const MANY = 2000;
/** Of each of the other devices. */
const EACH = 20;
/** Texts that differ; devices share them. */
const TEXTS = 200;
/** What each answer but the search, which reads the texts, may take. */
const LIMIT_MS = 50;

let artifacts = '';
let folder = '';
const stack = await startStack({
  maxSessions: 1,
  profiles: null,
  statements: false,
  nodeOptions: null,
  artifacts(dataDir) {
    folder = dataDir;
    artifacts =
      values.store === 'git'
        ? `git+${pathToFileURL(join(dataDir, 'configurations.git')).href}`
        : pathToFileURL(join(dataDir, 'artifacts')).href;
    return artifacts;
  },
});
let wrong = 0;
try {
  const { sql } = stack.database;
  const ask = asker(stack);
  const devices = await fill();
  const history = `/devices/${devices.busy}/backups`;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const deep = await cursorAt(`${history}?limit=100`, 15);
  const wanted: [what: string, path: string, check: (text: string) => boolean, accept?: string][] = [
    ['history, first 100 of 2,000', `${history}?limit=100`, items(100)],
    ['history, page 16 of 100', `${history}?limit=100&cursor=${encodeURIComponent(deep)}`, items(100)],
    ['history, all 1,000 a page', `${history}?limit=1000`, items(1000)],
    ['history of another device', `/devices/${devices.other}/backups`, items(EACH)],
    ['history, only failures (none)', `${history}?status=timeout`, items(0)],
    ['changed since an hour ago, 100', `/backups/changes?since=${since}&limit=100`, items(100)],
    ['changed, the newest 1,000', '/backups/changes?limit=1000', items(1000)],
    ['the newest text (30 KB)', `${history}/latest`, (text) => text === configuration(1), 'text/plain'],
    ['a text from the middle', `${history}/v1000`, (text) => text === configuration(0), 'text/plain'],
    ['difference of two', `${history}/v1999/diff/v2000`, (text) => text.includes('+ description line 0 of text 1'), 'text/plain'],
    ['difference by section', `${history}/v1999/diff/v2000`, (text) => text.includes('"sections"')],
  ];
  const table: (string | number)[][] = [];
  for (const [what, path, check, accept] of wanted) {
    const taken: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { ms, text } = await ask(path, accept);
      taken.push(ms);
      if (check(text)) continue;
      wrong += 1;
      process.stderr.write(`WRONG ${what}: ${text.slice(0, 200)}\n`);
      break;
    }
    const median = [...taken].sort((a, b) => a - b)[Math.floor(taken.length / 2)]!;
    if (median > LIMIT_MS) wrong += 1;
    table.push([what, spread(taken)]);
  }
  const search = await ask('/search?q=description%20line%200%20of%20text%20199&limit=1000');
  const found: { items: unknown[]; incomplete: unknown[] } = JSON.parse(search.text);
  const note = found.incomplete.length === 0 ? 'all read' : JSON.stringify(found.incomplete);
  table.push([
    `search in the newest texts of ${devices.count} devices: ${found.items.length} found, ${note}`,
    search.ms.toFixed(0),
  ]);
  process.stdout.write(
    `${VERSIONS} versions of ${devices.count} devices, store ${values.store}; ${cpus().length} × ${cpus()[0]?.model}\n\n`,
  );
  printTable(['GET', 'ms: min / median / max'], table);

  async function fill(): Promise<{ busy: string; other: string; count: number }> {
    const { store } = await openArtifactStore(artifacts, { dataDir: folder });
    const texts: { address: string; sha256: string; bytes: number }[] = [];
    for (let n = 0; n < TEXTS; n += 1) {
      const text = configuration(n);
      texts.push({
        address: await store.put(Buffer.from(text)),
        sha256: createHash('sha256').update(text).digest('hex'),
        bytes: Buffer.byteLength(text),
      });
    }
    await store.close();
    const count = 1 + Math.ceil((VERSIONS - MANY) / EACH);
    const ids = Array.from({ length: count }, () => uuidv7());
    await sql`insert into devices (id, name, host, port, platform, transport)
      select id, 'device-' || n, '192.0.2.1', 22, 'cisco_ios', 'ssh' from unnest(${ids}::uuid[]) with ordinality as d(id, n)`;
    // A version each half minute, of all devices in turn; those of the busy one all over the time.
    await sql`insert into backups (task_id, task_identifier, device_id, job_id, actor, platform, status, timestamp, log, artifact, sha256,
        content_sha256, bytes, changed, lines_added, lines_removed)
      select gen_random_uuid(), 'v' || v.version, v.device_id, gen_random_uuid(), 'bench', 'cisco_ios', 'success',
        now() - (${VERSIONS}::int - row_number() over (order by v.at)) * interval '30 seconds',
        '[{"at":"2026-01-01T00:00:00Z","level":"info","message":"configuration collected"}]'::jsonb, t.address, t.sha256, t.sha256, t.bytes, true, 1, 1
      from (
        select ${ids[0]!}::uuid as device_id, n as version, n / ${MANY}::float8 as at,
               case when n = ${MANY} then 1 else 0 end as text from generate_series(1, ${MANY}::int) n
        union all
        select d.id, n, (n + d.at / ${count}::float8) / ${EACH}, (d.at + n) % ${TEXTS}
        from unnest(${ids.slice(1)}::uuid[]) with ordinality as d(id, at), generate_series(1, ${EACH}::int) n) v
      join unnest(${texts.map((one) => one.address)}::text[], ${texts.map((one) => one.sha256)}::text[],
        ${texts.map((one) => one.bytes)}::int[]) with ordinality as t(address, sha256, bytes, n) on t.n = v.text + 1
      order by v.at limit ${VERSIONS}`;
    await sql`vacuum analyze`;
    return { busy: ids[0]!, other: ids[Math.floor(count / 2)]!, count };
  }

  async function cursorAt(path: string, page: number): Promise<string> {
    let cursor = '';
    for (let n = 0; n < page; n += 1) {
      const { text } = await ask(cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`);
      cursor = (JSON.parse(text) as { next_cursor: string }).next_cursor;
    }
    return cursor;
  }
} finally {
  await stack.stop();
}
if (wrong > 0) process.exitCode = 1;

/** A check that an answer is a page of so many. */
function items(count: number): (text: string) => boolean {
  return (text) => (JSON.parse(text) as { items: unknown[] }).items.length === count;
}

/** A configuration of some 30 KB; two of them differ in a line of each of ten interfaces. */
function configuration(n: number): string {
  const interfaces = Array.from({ length: 400 }, (_, at) => {
    const line = at < 10 ? `line ${at} of text ${n}` : `port ${at} of everybody`;
    return `interface GigabitEthernet1/0/${at}\n description ${line}\n no shutdown\n!`;
  });
  return ['version 17.3', 'hostname bench', '!', ...interfaces, 'end', ''].join('\n');
}
