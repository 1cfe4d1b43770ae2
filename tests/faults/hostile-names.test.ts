import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { runCli } from '../cli/run.ts';
import { git } from '../support/backups.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { startReceiver, isSigned, type Receiver } from '../support/receiver.ts';
import { speak } from '../support/speak.ts';
import { parseDot, parseMermaid, parseXml } from '../unit/topology/parse.ts';

/** Names that the API takes for devices: everything on one line. */
const NAMES = [
  `=cmd|'/C calc'!A0`,
  '+1+1',
  '-2+3',
  '@SUM(1+1)*cmd',
  '../../../../etc/passwd',
  '/etc/shadow',
  '..',
  '.git',
  '.git/hooks/post-update',
  '--upload-pack=evil',
  `'; drop table devices cascade; --`,
  '<script>alert(1)</script>',
  '$(reboot)`id`%2e%2e%2f',
  'evil\u202eexe\ufeff\u200b\u2066',
  '"];evil [label="',
  'long'.repeat(60),
];
/** What a device may call its neighbours besides, by CDP: up to the first blank, and without what a terminal plays out. */
const NEIGHBOURS = NAMES.filter((name) => !name.includes(' ')).map((name) => `n${name}`);
const SECRET = 'S3cret-of-the-webhook';
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069\ufeff]/;

let cluster: Cluster;
let simulator: Simulator;
let receiver: Receiver;
let api: ApiProcess;
let ids: Map<string, string>;
const stores: Record<'file' | 'git', { path: string; url: string }> = { file: { path: '', url: '' }, git: { path: '', url: '' } };
const workers: WorkerProcess[] = [];
const jobs: string[] = [];

const get = (path: string): Promise<Response> =>
  fetch(`${api.url}${path}`, { headers: { Authorization: `Bearer ${api.token}` } });

const cdp = (name: string): string => `-------------------------
Device ID: ${name}
Entry address(es):
  IP address: 192.0.2.1
Platform: ${name},  Capabilities: Router Switch IGMP
Interface: GigabitEthernet1/0/1,  Port ID (outgoing port): Ethernet1
Holdtime : 150 sec

Version :
Cisco IOS Software

`;

beforeAll(async () => {
  [cluster, simulator, receiver] = await Promise.all([
    startCluster(),
    startSimulator({ devices: NAMES.length, platforms: ['cisco_ios'], host: '127.59.0.1' }),
    startReceiver(),
  ]);
  stores.file = { path: join(cluster.dataDir, 'a'), url: pathToFileURL(join(cluster.dataDir, 'a')).href };
  stores.git = { path: join(cluster.dataDir, 'g.git'), url: `git+${pathToFileURL(join(cluster.dataDir, 'g.git')).href}` };
  api = await cluster.startApi({
    CAIRN_WEBHOOK_ALLOW_PRIVATE: 'true',
    CAIRN_ARTIFACTS: stores.file.url,
    CAIRN_LOG_LEVEL: 'debug',
  });
  const hook = {
    name: 'all',
    url: receiver.url,
    events: ['configuration.changed', 'job.completed', 'job.partial'],
    secret: SECRET,
  };
  const added = await fetch(`${api.url}/api/webhooks`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(hook),
  });
  expect(added.status).toBe(201);
  speak(simulator, simulator.devices[0]!.name, { 'show cdp neighbors detail': NEIGHBOURS.map(cdp).join('') });
  ids = await cluster.addDevices(simulator.devices.map((device, at) => ({ ...device, name: NAMES[at]! })));
  for (const { url } of [stores.file, stores.git]) {
    const worker = await cluster.startWorker({ CAIRN_ARTIFACTS: url, CAIRN_LOG_LEVEL: 'debug' });
    workers.push(worker);
    for (const run of [1, 2]) {
      jobs.push(await cluster.collect(ids));
      expect(await cluster.wait(jobs.at(-1)!)).toBe('completed');
      // A change each, so that it is told; then a history that begins anew, for the other store.
      if (run === 1) for (const { name } of simulator.devices) simulator.change(name, { kind: 'edit_config' });
    }
    if (url === stores.file.url) {
      jobs.push(await cluster.discover(ids));
      expect(await cluster.wait(jobs.at(-1)!)).toBe('completed');
      await worker.stop();
      await cluster.database.sql`delete from backups`;
    }
  }
});

afterAll(async () => {
  await cluster?.stop();
  await Promise.all([simulator?.stop(), receiver?.close()]);
});

async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

describe('names of devices and neighbours that mean something elsewhere', () => {
  it.each(['file', 'git'] as const)('are file names like others in the %s store', async (kind) => {
    const { path, url } = stores[kind];
    const { store } = await openArtifactStore(url, { dataDir: cluster.dataDir });
    const published = await store.published();
    await store.close();
    expect([...published.keys()].sort()).toEqual(NAMES.map((name) => `${name}.cfg`).sort());
    if (kind === 'git') {
      await git(path, 'fsck', '--strict');
      const paths = (await git(path, 'ls-tree', '-r', '--name-only', '-z', 'main')).split('\0').filter((one) => one !== '');
      for (const one of paths)
        for (const segment of one.split('/'))
          expect([segment, /^[A-Za-z0-9_%][A-Za-z0-9._%-]*$/.test(segment)]).toEqual([segment, true]);
    } else {
      const root = `${await realpath(path)}${sep}`;
      for (const file of await files(join(path, 'current'))) expect((await realpath(file)).startsWith(root)).toBe(true);
    }
    expect((await readdir(cluster.dataDir)).sort()).toEqual(expect.not.arrayContaining(['etc', 'evil']));
  });

  it('are texts in every export of the topology, and none is a page', async () => {
    const { nodes } = (await (await get('/api/topology/export?format=json')).json()) as { nodes: { name: string }[] };
    const names = nodes.map((node) => node.name);
    expect(names).toEqual(expect.arrayContaining(NAMES));
    expect(names).toEqual(expect.arrayContaining(['n<script>alert(1)</script>', 'n@SUM(1+1)*cmd']));
    for (const [format, read] of [
      [
        'graphml',
        (text: string) =>
          parseXml(text)
            .filter(({ attributes }) => attributes['key'] === 'node_name')
            .map(({ text: name }) => name),
      ],
      [
        'dot',
        (text: string) =>
          parseDot(text)
            .filter(({ ids: at }) => at.length === 1)
            .map(({ attributes }) => attributes['label']),
      ],
      ['mermaid', (text: string) => parseMermaid(text).nodes],
    ] as const) {
      const answer = await get(`/api/topology/export?format=${format}`);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-type')).not.toContain('html');
      expect(read(await answer.text())).toEqual(names);
    }
  });

  it('come out of the API as JSON or as plain text, and find their device', async () => {
    for (const name of NAMES.filter((one) => one !== '..')) {
      const answer = await get(`/api/devices/${encodeURIComponent(name)}`);
      expect([name, answer.status, await answer.json()]).toMatchObject([name, 200, { name, id: ids.get(name) }]);
      const text = await get(`/api/devices/${encodeURIComponent(name)}/backups/latest`);
      expect(text.headers.get('content-type')).not.toContain('html');
      expect(text.headers.get('x-content-type-options')).toBe('nosniff');
      expect(text.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe-inline/);
    }
    for (const path of ['/api/docs/', '/api/openapi.json']) expect(await (await get(path)).text()).not.toContain('alert(1)');
    const [{ n }] = await cluster.database.sql<[{ n: number }]>`select count(*)::int as n from devices`;
    expect(n).toBe(NAMES.length);
  });

  it('control characters and halves of characters are refused as names', async () => {
    for (const name of ['nul\0', 'esc\u001b[2J', 'two\nlines', 'c1\u009b31m', 'half\ud800']) {
      const answer = await fetch(`${api.url}/api/devices`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name, host: '192.0.2.1', platform: 'cisco_ios' }),
      });
      expect([name, answer.status === 422 || (name.startsWith('c1') && answer.status === 201)]).toEqual([name, true]);
    }
  });

  it('are signed JSON in webhooks', async () => {
    const told = (): string[] =>
      receiver.received
        .filter(({ body }) => body.event === 'configuration.changed')
        .map(({ body }) => String(body.data['device_name']));
    await until('every change was told', () => new Set(told()).size === NAMES.length);
    for (const got of receiver.received) expect(isSigned(got, SECRET)).toBe(true);
    expect(new Set(told())).toEqual(new Set(NAMES));
  });

  it('are one line each in the logs, with nothing that a terminal obeys', () => {
    const lines = [api, ...workers].flatMap((one) => one.log().split('\n')).filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      expect(() => JSON.parse(line) as unknown).not.toThrow();
      expect(/[\u0000-\u001f\u007f]/.test(line)).toBe(false);
    }
  });

  it('and nothing that a terminal obeys in what the command line prints', async () => {
    const env = { CAIRN_URL: api.url, CAIRN_TOKEN: api.token };
    for (const args of [
      ['devices', 'list', '--limit', '100'],
      ['topology', 'show'],
      ['topology', 'links'],
      ['jobs', 'devices', jobs[0]!],
      ['jobs', 'log', jobs[0]!],
    ]) {
      const { code, out, err } = await runCli(args, { env });
      expect([args, code, err]).toEqual([args, 0, expect.any(String)]);
      expect([args, UNSAFE.exec(`${out}${err}`)?.[0]]).toEqual([args, undefined]);
    }
  });
});
