import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind } from '../../core/facts.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { insertToken } from '../../stores/tokens.ts';
import { startCluster, type ApiProcess, type Cluster } from '../support/cluster.ts';

interface Found {
  kind: string;
  device_name: string;
  interface: string | null;
  match: string;
  vlan: number | null;
  task_identifier: string | null;
  line: number | null;
}
interface Answer {
  kind: string;
  items: Found[];
  incomplete: { part: string; reason: string }[];
}

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 5, seed: 2, platforms: ['cisco_ios'], host: '127.45.0.1' }),
  ]);
  const ids = await cluster.addDevices(simulator.devices);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
  for (const role of ['viewer', 'operator'] as const)
    tokens[role] = (await insertToken(cluster.database, { name: role, role, expires_at: null }, 'test')).secret;
  for (const job of [await cluster.discover(ids), await cluster.collect(ids)]) expect(await cluster.wait(job)).toBe('completed');
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

async function search(q: string, as: 'viewer' | 'operator' = 'operator', more = ''): Promise<Answer> {
  const response = await fetch(`${api.url}/api/search?q=${encodeURIComponent(q)}${more}`, {
    headers: { Authorization: `Bearer ${tokens[as]}` },
  });
  expect([q, response.status]).toEqual([q, 200]);
  const answer: Answer = JSON.parse(await response.text());
  return answer;
}

const found = ({ items }: Answer, kind: string): string[] =>
  items.flatMap((item) => (item.kind === kind ? `${item.device_name} ${item.interface}` : [])).toSorted();

/** The first record of a kind on any device, with the device. */
function some<K extends Kind>(kind: K) {
  for (const { name } of simulator.devices) {
    const [record] = simulator.truth(name, kind);
    if (record !== undefined) return { name, record };
  }
  throw new Error(`nobody has ${kind}`);
}

describe('search', () => {
  it('a MAC address in every notation: the ports that have it, on every device, and none besides', async () => {
    const { record } = some('mac_table');
    const truth = simulator.devices
      .flatMap(({ name }) =>
        simulator.truth(name, 'mac_table').flatMap((one) => (one.mac === record.mac ? `${name} ${one.interface}` : [])),
      )
      .toSorted();
    expect(truth.length).toBeGreaterThan(0);
    const digits = record.mac.replaceAll(':', '');
    const dotted = digits.match(/.{4}/g)!.join('.');
    for (const q of [record.mac, dotted, record.mac.toUpperCase().replaceAll(':', '-')]) {
      const answer = await search(q);
      expect([q, answer.kind, found(answer, 'mac')]).toEqual([q, 'mac', truth]);
    }
  });

  it('an address, a prefix, a host name, a description', async () => {
    const arp = some('arp');
    const address = await search(arp.record.address, 'viewer');
    expect(address.kind).toBe('address');
    expect(address.items.some((item) => item.kind === 'arp' && item.device_name === arp.name)).toBe(true);
    const route = some('ospf_routes');
    const prefix = await search(route.record.network);
    expect(prefix.kind).toBe('prefix');
    expect(prefix.items.filter((item) => item.kind === 'route' && item.device_name === route.name)[0]?.match).toContain(
      route.record.network,
    );
    const [device] = simulator.devices;
    const named = await search(device!.name.toUpperCase());
    expect(named.kind).toBe('name');
    expect(named.items.filter((item) => item.kind === 'device').map((item) => item.device_name)).toEqual([device!.name]);
    expect(named.items.some((item) => item.kind === 'neighbor')).toBe(true);
    const described = simulator.devices
      .flatMap(({ name }) => simulator.truth(name, 'interfaces').map((port) => ({ name, port })))
      .find(({ port }) => port.description !== null)!;
    const ports = await search(described.port.description!);
    expect(found(ports, 'interface')).toContain(`${described.name} ${described.port.name}`);
  });

  it('a text of configurations: its lines with their numbers for operators; a viewer is told that they were not searched', async () => {
    const { name } = simulator.devices[1]!;
    const lines = simulator.configuration(name).text.split('\n');
    const secret = lines.find((line) => line.startsWith('snmp-server community'))!;
    const answer = await search(secret.toLowerCase());
    const hits = answer.items.filter((item) => item.kind === 'configuration');
    expect(hits).toMatchObject([{ device_name: name, match: secret, line: lines.indexOf(secret) + 1 }]);
    expect(hits[0]!.task_identifier).toMatch(/^\d{8}T\d{6}Z-/);
    expect(answer.incomplete).toEqual([]);
    const community = secret.split(' ')[2]!;
    const viewer = await search(community, 'viewer');
    expect(viewer.items).toEqual([]);
    expect(viewer.incomplete).toEqual([{ part: 'configuration', reason: expect.stringContaining('operators only') }]);
    const many = await search('interface', 'operator', '&limit=3');
    expect(many.items.filter((item) => item.kind === 'configuration')).toHaveLength(3);
    expect(many.incomplete.map((one) => one.part)).toEqual(['configuration']);
  });

  it('nothing that is typed is a pattern, and nothing costs a 5xx', async () => {
    for (const q of [
      '%',
      '_',
      '\\',
      "'; drop table devices; --",
      '(((',
      '10.0.0.0/99',
      '::ffff:1.2.3.4',
      '1.2.3',
      'aa:bb',
      '"',
      '☃',
    ])
      expect([q, (await search(q)).items.filter((item) => item.kind === 'device')]).toEqual([q, []]);
    for (const query of ['', '?q=', '?q=%20', '?q=%00', `?q=${'x'.repeat(300)}`, '?q=a&limit=0', '?q=a&surprise=1']) {
      const { status } = await fetch(`${api.url}/api/search${query}`, {
        headers: { Authorization: `Bearer ${tokens['viewer']}` },
      });
      expect([query, status]).toEqual([query, 422]);
    }
    expect((await fetch(`${api.url}/api/search?q=a`)).status).toBe(401);
  });
});
