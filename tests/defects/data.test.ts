import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS, type Kind } from '../../core/facts.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { commitDevices, type DeviceCommit } from '../../stores/commit-devices.ts';
import { loadNetwork } from '../../stores/network.ts';
import { createTestDatabase } from '../support/database.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { cachedRecords, expectTruth, sorted } from '../support/facts.ts';
import { graphOf, wire, wires } from '../support/topology.ts';

/** Two spines and twelve leaves, so that there are a leaf1 and a leaf10. */
const DEVICES = 14;
const LEAF = 'pod1-leaf1';

let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;
let job: string;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.47.0.1' }),
  ]);
  await cluster.startWorker();
  ids = await cluster.addDevices(simulator.devices);
  job = await cluster.discover(ids);
  expect(await cluster.wait(job)).toBe('completed');
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

/** Discovers one device again. */
async function again(name: string): Promise<string> {
  const next = await cluster.discover(new Map([[name, ids.get(name)!]]));
  await cluster.wait(next);
  return next;
}

async function caches(name: string): Promise<Map<Kind, string[]>> {
  const all = await Promise.all(
    KINDS.map(async (kind) => [kind, sorted(await cachedRecords(cluster.database, ids.get(name)!, kind))] as const),
  );
  return new Map(all);
}

/** What the simulated cables are, as the snapshot should have them. */
const cables = (): string[] => simulator.links.map(({ a, b }) => wire([a.device, a.interface], [b.device, b.interface])).sort();

describe('what the nearest predecessor gets wrong about data', () => {
  it('defect 7: one login for all commands of a device, not one for each', () => {
    const { devices, totals } = simulator.counters();
    expect(Object.values(devices).map((device) => device.logins)).toEqual(Array(DEVICES).fill(1));
    expect(totals.connections).toBe(DEVICES);
    for (const { commands } of Object.values(devices)) {
      expect(Object.keys(commands).filter((command) => command.startsWith('show ')).length).toBeGreaterThanOrEqual(KINDS.length);
    }
  });

  it('defect 11: VLANs, prefix lengths and every other field arrive, on every device', async () => {
    for (const [name, id] of ids) await expectTruth(cluster, simulator, { jobId: job, name, id });
    const macs = (await caches(LEAF)).get('mac_table')!;
    expect(macs.some((entry) => /"vlan":10/.test(entry))).toBe(true);
    const { sql } = cluster.database;
    const [bare] = await sql<{ n: number }[]>`select count(*)::int as n from (select network from static_routes union all
      select network from ospf_routes union all select network from bgp_routes) r where network !~ '/[0-9]+$'`;
    expect(bare!.n).toBe(0);
  });

  it('defect 12: neighbours have their management address, and leaf1 is not taken for leaf10', async () => {
    const cdp = simulator.truth('pod1-spine1', 'cdp_neighbors');
    const own = cdp.find((neighbor) => neighbor.neighbor_name?.startsWith(`${LEAF}.`));
    expect(own?.neighbor_address).toBe(simulator.device(LEAF).host);
    expect((await caches('pod1-spine1')).get('cdp_neighbors')).toEqual(sorted(cdp));
    const graph = await graphOf(cluster.database, job);
    const managed = wires({
      ...graph,
      links: graph.links.filter((link) => [link.a, link.b].every((end) => [...ids.values()].includes(end.node))),
    });
    // Exactly the cables there are: none missing, none invented, each with the ports of both ends.
    expect(managed).toEqual(cables());
    expect(managed.filter((line) => line.includes(`${LEAF} `)).length).toBe(2);
    expect(managed.filter((line) => line.includes('pod1-leaf10 ')).length).toBe(2);
  });

  it('defect 13: members of an aggregate are links of their own, and neighbours nobody knows stay', async () => {
    const graph = await graphOf(cluster.database, job);
    const between = wires(graph).filter((line) => line.includes('pod1-spine1 ') && line.includes('pod1-spine2 '));
    expect(between.length).toBe(2);
    const strangers = graph.nodes.filter((node) => node.kind === 'unmanaged');
    expect(strangers.map((node) => node.name).sort()).toEqual(
      ['isp1.carrier.example', ...Array.from({ length: 12 }, (_, index) => `ap-pod1-leaf${index + 1}`)].sort(),
    );
    for (const node of strangers) {
      expect(node.reason).toBeTruthy();
      expect(graph.links.some((link) => link.a.node === node.id || link.b.node === node.id)).toBe(true);
    }
  });

  it('defect 9: an empty answer clears the cache and the link', async () => {
    for (const table of ['lldp_neighbors', 'cdp_neighbors'] as const) simulator.change(LEAF, { kind: 'clear', table });
    const [cable] = simulator.links.filter((link) => [link.a.device, link.b.device].includes(LEAF));
    const ends = [cable!.a, cable!.b];
    const own = ends.find((end) => end.device === LEAF)!;
    simulator.change(LEAF, { kind: 'remove_link', interface: own.interface });
    const gone = wire([cable!.a.device, cable!.a.interface], [cable!.b.device, cable!.b.interface]);
    expect(wires(await graphOf(cluster.database, job))).toContain(gone);
    const other = ends.find((end) => end !== own)!.device;
    await again(other);
    const cleared = await again(LEAF);
    expect(await cluster.devices(cleared)).toMatchObject([{ outcome: 'ok', error: null }]);
    expect((await cluster.kinds(cleared)).filter((kind) => kind.outcome === 'empty').map((kind) => kind.kind)).toEqual([
      'cdp_neighbors',
      'lldp_neighbors',
    ]);
    expect((await caches(LEAF)).get('lldp_neighbors')).toEqual([]);
    expect((await caches(LEAF)).get('cdp_neighbors')).toEqual([]);
    expect(wires(await graphOf(cluster.database, cleared))).not.toContain(gone);
    // What was true then stays in the history.
    expect(wires(await graphOf(cluster.database, job))).toContain(gone);
    for (const table of ['lldp_neighbors', 'cdp_neighbors'] as const) simulator.change(LEAF, { kind: 'restore', table });
    simulator.change(LEAF, { kind: 'restore_link', interface: own.interface });
    await again(other);
    expect(await cluster.devices(await again(LEAF))).toMatchObject([{ outcome: 'ok' }]);
  });

  it('defect 10: the caches of a device are replaced all or not at all', async () => {
    const before = await caches(LEAF);
    const [cable] = simulator.links.filter((link) => [link.a.device, link.b.device].includes(LEAF));
    const own = [cable!.a, cable!.b].find((end) => end.device === LEAF)!;
    // Changes routes, ARP, interfaces and neighbours; the last table to be written refuses them.
    simulator.change(LEAF, { kind: 'remove_link', interface: own.interface });
    await cluster.database.sql`alter table lldp_neighbors add constraint refuse check (position < 0) not valid`;
    const refused = await again(LEAF);
    await cluster.database.sql`alter table lldp_neighbors drop constraint refuse`;
    expect(await cluster.devices(refused)).toMatchObject([{ status: 'failed', outcome: 'error' }]);
    expect((await cluster.devices(refused))[0]!.error).toContain('could not be stored');
    expect(await caches(LEAF)).toEqual(before);
    await again(LEAF);
    const after = await caches(LEAF);
    const changed = KINDS.filter((kind) => JSON.stringify(after.get(kind)) !== JSON.stringify(before.get(kind)));
    expect(changed).toEqual(expect.arrayContaining(['ospf_routes', 'arp', 'interfaces', 'cdp_neighbors', 'lldp_neighbors']));
    simulator.change(LEAF, { kind: 'restore_link', interface: own.interface });
  });

  it('defect 14: text that is not understood is `parse_failed`, with the text kept, and clears nothing', async () => {
    const before = (await caches('pod1-leaf2')).get('arp');
    await simulator.setFault('pod1-leaf2', { kind: 'garbage', command: 'show ip arp' });
    const next = await again('pod1-leaf2');
    await simulator.setFault('pod1-leaf2', null);
    const arp = (await cluster.kinds(next)).find((kind) => kind.kind === 'arp');
    expect(arp).toMatchObject({ outcome: 'parse_failed', rows: 0 });
    expect(arp!.error).toContain('show ip arp');
    expect((await caches('pod1-leaf2')).get('arp')).toEqual(before);
    const [raw] = await cluster.database.sql<{ output: string; job_id: string; template: string | null }[]>`
      select output, job_id, template from command_outputs
      where device_id = ${ids.get('pod1-leaf2')!} and command = 'show ip arp'`;
    expect(raw).toMatchObject({ job_id: next, template: 'cisco_ios_show_ip_arp.textfsm' });
    expect(raw!.output.length).toBeGreaterThan(100);
    expect(raw!.output).not.toContain('Internet');
  });

  it('defect 15: the number of queries does not grow with rows, neighbours or devices', async () => {
    const own = await createTestDatabase();
    let queries: string[] = [];
    const sql = postgres(own.url, { max: 1, onnotice: () => undefined, debug: (_connection, query) => queries.push(query) });
    try {
      const commit = (device: number, rows: number): DeviceCommit => ({
        job_id: '018f0000-0000-7000-8000-000000000001',
        device_id: `018f0000-0000-7000-8000-0000000001${String(device).padStart(2, '0')}`,
        name: `sw${device}`,
        token: null,
        kinds: {
          ospf_routes: {
            outcome: 'ok',
            rows,
            duration_ms: 1,
            error: null,
            commands: ['show ip route ospf'],
            records: Array.from({ length: rows }, (_, index) => ({
              network: `10.${index % 256}.${Math.floor(index / 256)}.0/24`,
              next_hop: `192.0.2.${index % 250}`,
              interface: `Te1/1/${index % 40}`,
              distance: 110,
              metric: 2,
              vrf: null,
              selected: true,
              route_type: 'intra',
              area: null,
            })),
          },
        },
        outputs: [],
        cache: true,
        verdict: { status: 'completed', outcome: 'ok', error: null },
        host_keys: [],
        collected_at: new Date(),
      });
      const all = Array.from({ length: 30 }, (_, device) => commit(device, 1000));
      await sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
        values (${all[0]!.job_id}, 'topology.discover', 'in_progress', '{}', 'test', 5, 30)`;
      for (const { device_id, name } of all) {
        await sql`insert into devices (id, name, host, port, platform, transport) values (${device_id}, ${name}, '192.0.2.1', 22, 'cisco_ios', 'ssh')`;
      }
      const statements = async (work: () => Promise<unknown>): Promise<number> => {
        queries = [];
        await work();
        return queries.length;
      };
      await statements(() => commitDevices({ sql }, [commit(0, 1)]));
      const one = await statements(() => commitDevices({ sql }, [commit(0, 2)]));
      const many = await statements(() => commitDevices({ sql }, all));
      const [stored] = await sql<{ n: number }[]>`select count(*)::int as n from ospf_routes`;
      expect(stored!.n).toBe(30_000);
      expect([one > 3, many]).toEqual([true, one]);
      const network = await statements(() => loadNetwork({ sql }));
      expect(network).toBeLessThan(30);
    } finally {
      await sql.end();
      await own.drop();
    }
  });
});
