import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { asker, walk } from './support/requests.ts';
import { startStack } from './support/stack.ts';
import { printTable, spread } from './support/table.ts';

/** Every page of the list of jobs and of the devices of a large job, over the API, also filtered: each within `LIMIT_MS`. */
const LIMIT_MS = 100;
const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '50000' }, devices: { type: 'string', default: '100000' } },
});
const JOBS = Number(values.jobs);
const DEVICES = Number(values.devices);

const stack = await startStack({ maxSessions: 1, profiles: null, statements: false, nodeOptions: null });
let wrong = 0;
try {
  const { sql } = stack.database;
  const ask = asker(stack);
  const big = uuidv7();
  const middle = uuidv7();
  const now = Date.now();
  const daysAgo = (days: number): string => new Date(now - days * 86_400_000).toISOString();
  await fill();
  const oneIn = (n: number, of: number): number => Math.ceil(of / n);
  const lists: [what: string, path: string, rows: number, pages?: number][] = [
    ['jobs, 1,000 a page', '/jobs?limit=1000', JOBS + 1],
    ['jobs, 50 a page', '/jobs?limit=50', 200 * 50, 200],
    ['jobs that failed (1 in 100)', '/jobs?limit=1000&status=failed', oneIn(100, JOBS)],
    ['jobs of one type', '/jobs?limit=1000&type=topology.discover', 1],
    ['jobs of an owner (1 in 1,000)', '/jobs?limit=1000&owner=owner7', oneIn(1000, JOBS)],
    ['jobs of nobody', '/jobs?limit=1000&owner=nobody', 0],
    ['jobs over one device', `/jobs?limit=1000&device_id=${middle}`, 1],
    ['jobs of a day', `/jobs?limit=1000&since=${daysAgo(11)}&until=${daysAgo(10)}`, 1440],
    ['devices of the job, 1,000 a page', `/jobs/${big}/devices?limit=1000`, DEVICES],
    ['devices that failed (1 in 50)', `/jobs/${big}/devices?limit=1000&status=failed`, oneIn(50, DEVICES)],
    ['devices with one outcome (1 in 50)', `/jobs/${big}/devices?limit=1000&outcome=auth_failed`, oneIn(50, DEVICES)],
    ['devices that are pending (none)', `/jobs/${big}/devices?limit=1000&status=pending`, 0],
  ];
  const table: (string | number)[][] = [];
  // Once, so that code and pages are warm.
  for (const [, path] of lists) await walk(ask, path, LIMIT_MS, 3);
  for (const [what, path, rows, most] of lists) {
    const seen = await walk(ask, path, LIMIT_MS, most);
    const late = seen.pages.filter((ms) => ms > LIMIT_MS).length;
    if (seen.rows !== rows) process.stderr.write(`WRONG ${what}: ${seen.rows} rows, expected ${rows}\n`);
    if (late > 0 || seen.rows !== rows) wrong += 1;
    table.push([what, seen.rows, seen.pages.length, spread(seen.pages), late]);
  }
  process.stdout.write(`${JOBS} jobs, one over ${DEVICES} devices; ${cpus().length} × ${cpus()[0]?.model}\n\n`);
  printTable(['list', 'rows', 'pages', 'ms a page: min / median / max', `over ${LIMIT_MS} ms`], table);

  async function fill(): Promise<void> {
    const params = JSON.stringify({ kinds: ['arp', 'interfaces'] });
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices, created_at)
      select gen_random_uuid(), 'fleet.collect', case n % 100 when 0 then 'failed' else 'completed' end, ${params}::text::jsonb,
        'owner' || n % 1000, 5, 1, ${daysAgo(0)}::timestamptz - n * interval '1 minute' from generate_series(1, ${JOBS}::int) n`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue, status, outcome)
      select id, gen_random_uuid(), 0, 'd', 0, 'collector', 'completed', 'ok' from jobs`;
    await sql`update job_devices set device_id = ${middle} where job_id = (select id from jobs order by created_at limit 1 offset ${JOBS / 2})`;
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
      values (${big}, 'topology.discover', 'completed', ${params}::text::jsonb, 'big', 5, ${DEVICES})`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue, status, outcome)
      select ${big}, gen_random_uuid(), n, 'd' || n, n / 50, 'collector', case n % 50 when 0 then 'failed' else 'completed' end,
        case n % 50 when 0 then 'auth_failed' else 'ok' end from generate_series(0, ${DEVICES - 1}::int) n`;
    await sql`insert into job_device_kinds (job_id, device_id, kind, outcome, rows, duration_ms, collected_at)
      select job_id, device_id, kind, outcome, 3, 20, now() from job_devices, unnest('{arp,interfaces}'::text[]) kind where job_id = ${big}`;
    await sql`vacuum analyze`;
  }
} finally {
  await stack.stop();
}
if (wrong > 0) process.exitCode = 1;
