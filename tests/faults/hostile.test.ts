import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind } from '../../core/facts.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { cachedRecords, expectTruth } from '../support/facts.ts';
import { speak } from '../support/speak.ts';

// Without blanks, for the name of a neighbour ends at one.
const SQL = `';drop/**/table/**/devices/**/cascade;--`;
const HTML = '<script>alert(document.cookie)</script><img/src=x/onerror=alert(1)>';
const FORMULA = `=cmd|'/C/calc'!A0`;
const DDE = '@SUM(1+1)*cmd';
/** What the database cannot hold: NUL and half a surrogate pair. */
const UNSTORABLE = 'nul\u0000 half\ud800 other half\udc00 whole\u{1f600}';
const STORED = 'nul half\ufffd other half\ufffd whole\u{1f600}';
const MEGABYTES = 10 * 1024 * 1024;

const ports = (...descriptions: string[]): string =>
  descriptions
    .map(
      (description, index) => `GigabitEthernet1/0/${index + 1} is up, line protocol is up (connected)
  Hardware is Gigabit Ethernet, address is 001b.5400.00${index + 10} (bia 001b.5400.00${index + 10})
  Description: ${description}
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
`,
    )
    .join('');

const cdp = (name: string, platform: string): string => `-------------------------
Device ID: ${name}
Entry address(es):
  IP address: 192.0.2.1
Platform: ${platform},  Capabilities: Router Switch IGMP
Interface: GigabitEthernet1/0/1,  Port ID (outgoing port): Ethernet1
Holdtime : 150 sec

Version :
Cisco IOS Software

`;

/** Devices over SSH: what they print. */
const SHELLS: Record<string, Record<string, string>> = {
  'control characters': {
    'show interfaces': ports('nul\0in\0it', 'bell\x07 and \x1b[31mred\x1b[0m', '\x1b]0;title\x07plain'),
    'show ip arp': '\x1b[2J\x1b[H\x00\x00Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n',
  },
  names: {
    'show cdp neighbors detail': [SQL, HTML, FORMULA, DDE].map((name) => cdp(name, name)).join(''),
    'show interfaces': ports(SQL, HTML, FORMULA, DDE),
  },
  'a line of 10 MB': {
    'show mac address-table': `Vlan    Mac Address       Type        Ports\n${'A'.repeat(MEGABYTES)}\n`,
    'show ip arp': `${' '.repeat(MEGABYTES)}\n`,
    'show cdp neighbors detail': cdp(`sw${'x'.repeat(1_000_000)}`, 'cisco'),
  },
  'hostile refusals': {
    'show interfaces': `% Invalid input detected ${HTML} ${SQL}\x00\x1b[5m at '^' marker.\n`,
    'show cdp neighbors detail': `% Invalid input detected at '^' marker.\n`.repeat(20_000),
  },
};

const rows = (output: unknown): string => JSON.stringify({ success: true, output });
const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;

/** Devices behind a device API: what it answers, by the last part of the path. Everything else is an empty list. */
const APIS: Record<string, Record<string, string>> = {
  'not storable': {
    interfaces: rows([{ interface: UNSTORABLE, description: UNSTORABLE, link_status: 'up' }]),
    'lldp-neighbors': rows([{ local_interface: 'Gi0/1', neighbor_name: UNSTORABLE, chassis_id: UNSTORABLE }]),
    'ip-arp': JSON.stringify({ success: false, error: UNSTORABLE }),
  },
  'out of range': {
    'mac-table': rows([{ mac: '00:11:22:33:44:55', vlan_id: '99999999999999', destination_port: ['Gi0/1'], type: 'DYNAMIC' }]),
    'ip-arp': rows([{ ip_address: '192.0.2.7', mac_address: '0011.2233.4455', interface: 'Gi0/1' }]),
  },
  'deep and odd': {
    interfaces: `{"success":true,"output":[{"interface":"Gi0/1","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"addresses":${deep}}]}`,
    'mac-table': `{"success":true,"output":${deep}}`,
    'ip-arp': '{"success":true,"output":[{"ip_address":"192.0.2.8","mac_address":{"toString":1},"interface":["a","b"]}]}',
  },
};

const healthy = ['healthy 1', 'healthy 2'];
const names = [...healthy, ...Object.keys(SHELLS), ...Object.keys(APIS)];

let cluster: Cluster;
let simulator: Simulator;
let api: Server;
let ids: Map<string, string>;
let simulated: Map<string, string>;
let job: string;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: names.length + 2, platforms: ['cisco_ios'], host: '127.45.0.1' }),
  ]);
  await cluster.startWorker();
  api = createServer((request, response) => {
    const [, device = '', endpoint = ''] = /^\/api\/devices\/([^/]+)\/([\w/-]+)/.exec(request.url ?? '') ?? [];
    response.setHeader('Content-Type', 'application/json');
    response.end(APIS[decodeURIComponent(device)]?.[endpoint] ?? rows([]));
  });
  await new Promise<void>((resolve) => {
    api.listen(0, '127.0.0.1', resolve);
  });
  const address = api.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const leaves = simulator.devices.filter((device) => device.name.includes('leaf'));
  simulated = new Map(names.map((name, index) => [name, leaves[index]!.name]));
  for (const [name, texts] of Object.entries(SHELLS)) speak(simulator, simulated.get(name)!, texts);
  ids = await cluster.addDevices(names.map((name) => ({ ...simulator.device(simulated.get(name)!), name })));
  await cluster.database
    .sql`update devices set transport = 'http', host = ${`http://127.0.0.1:${port}`} where name = any(${Object.keys(APIS)})`;
  job = await cluster.discover(ids, { device_time_limit: 60, command_time_limit: 10 });
  expect(await cluster.wait(job, 90_000)).toBe('completed');
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await new Promise((resolve) => api?.close(resolve));
});

async function device(name: string) {
  const row = (await cluster.devices(job)).find((one) => one.name === name)!;
  const kinds = (await cluster.kinds(job)).filter((one) => one.name === name);
  return { ...row, kinds: new Map(kinds.map((kind) => [kind.kind, kind])) };
}

async function cache(name: string, kind: Kind): Promise<Record<string, unknown>[]> {
  const records = await cachedRecords(cluster.database, ids.get(name)!, kind);
  if (!Array.isArray(records)) throw new Error(`no ${kind} of ${name}`);
  return records;
}

describe('devices that send what nobody expects', () => {
  it('cost nobody else anything', async () => {
    for (const name of healthy) {
      expect(await device(name)).toMatchObject({ status: 'completed', outcome: 'ok' });
      await expectTruth(cluster, simulator, { jobId: job, name: simulated.get(name)!, id: ids.get(name)! });
    }
    expect(await cluster.job(job)).toMatchObject({ status: 'completed', partial: true, error: null });
    expect(await cluster.locks()).toBe(0);
    const [snapshot] = await cluster.database.sql<
      { nodes: number }[]
    >`select nodes from topology_snapshots where job_id = ${job}`;
    expect(snapshot!.nodes).toBeGreaterThan(names.length);
  });

  it('control characters and escapes are played out, never stored', async () => {
    expect(await device('control characters')).toMatchObject({ status: 'completed', outcome: 'ok' });
    const described = (await cache('control characters', 'interfaces')).map((port) => port['description']);
    expect(described).toEqual(['nulinit', 'bell and red', 'plain']);
    const texts = await cluster.database.sql<{ output: string }[]>`select output from command_outputs`;
    expect(texts.length).toBeGreaterThan(50);
    // eslint-disable-next-line no-control-regex
    for (const { output } of texts) expect(/[\x00\x07\x1b]/.test(output)).toBe(false);
  });

  it('SQL, HTML and formulas are text like any other', async () => {
    expect(await device('names')).toMatchObject({ status: 'completed', outcome: 'ok', error: null });
    expect((await cache('names', 'interfaces')).map((port) => port['description'])).toEqual([SQL, HTML, FORMULA, DDE]);
    expect((await cache('names', 'cdp_neighbors')).map((one) => one['neighbor_name'])).toEqual([SQL, HTML, FORMULA, DDE]);
    const [graph] = await cluster.database.sql<{ nodes: { name: string }[] }[]>`
      select graph -> 'nodes' as nodes from topology_snapshots where job_id = ${job}`;
    expect(graph!.nodes.map((node) => node.name)).toEqual(expect.arrayContaining([HTML]));
  });

  it('lines of 10 MB end in time and are kept', async () => {
    const { kinds, status } = await device('a line of 10 MB');
    expect(status).toBe('completed');
    // Not understood, which is something else than an empty table.
    expect(kinds.get('mac_table')!.outcome).toBe('parse_failed');
    expect(kinds.get('cdp_neighbors')).toMatchObject({ outcome: 'ok', rows: 1 });
    const [kept] = await cluster.database.sql<{ length: number }[]>`
      select length(output) as length from command_outputs where device_id = ${ids.get('a line of 10 MB')!} and command = 'show mac address-table'`;
    expect(kept!.length).toBeGreaterThan(MEGABYTES);
  });

  it('a refusal full of markup is a refusal', async () => {
    const { kinds, outcome } = await device('hostile refusals');
    expect(outcome).toBe('partial');
    expect(kinds.get('interfaces')).toMatchObject({ outcome: 'unsupported' });
    expect(kinds.get('interfaces')!.error).toContain(HTML.slice(0, 40));
    expect(kinds.get('cdp_neighbors')!.outcome).not.toBe('ok');
  });

  it('NUL and halves of surrogate pairs are replaced, the rest is kept', async () => {
    const { kinds, outcome } = await device('not storable');
    expect(outcome).toBe('partial');
    expect(await cache('not storable', 'interfaces')).toMatchObject([{ name: STORED, description: STORED }]);
    expect(await cache('not storable', 'lldp_neighbors')).toMatchObject([{ neighbor_name: STORED, chassis_id: STORED }]);
    expect(kinds.get('arp')).toMatchObject({ outcome: 'error' });
    expect(kinds.get('arp')!.error).toContain(STORED.slice(STORED.indexOf('half')));
  });

  it('what the database refuses costs that device, with the reason', async () => {
    const { kinds, ...row } = await device('out of range');
    expect(row).toMatchObject({ status: 'failed', outcome: 'error' });
    expect(row.error).toMatch(/could not be stored: .*out of range/);
    expect(new Set([...kinds.values()].map((kind) => kind.outcome))).toEqual(new Set(['error']));
  });

  it('deep and odd JSON is an answer like any other', async () => {
    const { kinds } = await device('deep and odd');
    expect(kinds.get('mac_table')).toMatchObject({ outcome: 'parse_failed' });
    expect(await cache('deep and odd', 'interfaces')).toMatchObject([{ name: 'Gi0/1' }]);
    expect(await cache('deep and odd', 'arp')).toMatchObject([{ address: '192.0.2.8', mac: null }]);
  });
});
