import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Kind } from '../../core/facts.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { cachedRecords, sorted } from '../support/facts.ts';
import { NoLab, raiseLab, type Lab, type LabDevice } from '../support/lab.ts';
import { graphOf, wire, wires } from '../support/topology.ts';

const ROUTE_KINDS = { static_routes: 'static', ospf_routes: 'ospf', bgp_routes: 'bgp' } as const;
const ROUTES = Object.keys(ROUTE_KINDS) as (keyof typeof ROUTE_KINDS)[];

type Found = Record<string, unknown>;

/** The fields of records that the truth tells of. */
const only = (records: Found[], ...names: string[]): Found[] =>
  records.map((record) => Object.fromEntries(names.map((name) => [name, record[name]])));

function routesOf(device: LabDevice, kind: keyof typeof ROUTE_KINDS): Found[] {
  return device.routes
    .filter((route) => route.protocol === ROUTE_KINDS[kind])
    .flatMap(({ prefix, distance, metric, selected, next_hops }) =>
      next_hops.map((hop) => ({
        network: prefix,
        next_hop: hop.ip ?? null,
        // What a BGP next hop resolves to is another protocol's route.
        interface: hop.recursive === true ? null : (hop.interface ?? null),
        distance,
        metric,
        selected,
        vrf: null,
        ...(kind === 'static_routes' ? { blackhole: hop.blackhole === true } : {}),
      })),
    );
}

const neighborsOf = (device: LabDevice, kind: 'lldp_neighbors' | 'cdp_neighbors'): Found[] =>
  device[kind].map((one) => ({
    local_interface: one.local_interface,
    neighbor_name: one.device,
    neighbor_interface: one.interface,
  }));

describe.each([
  { seed: 1, routers: 6, faults: true },
  { seed: 7, routers: 9, faults: false },
])('a real network of FRR routers, switches and hosts, seed $seed, $routers routers', ({ seed, routers, faults }) => {
  let lab: Lab | null = null;
  let cluster: Cluster;
  let missing: string | null = null;
  let ids: Map<string, string>;
  let job: string;

  beforeAll(async () => {
    try {
      lab = await raiseLab({ seed, routers });
    } catch (error) {
      if (!(error instanceof NoLab)) throw error;
      missing = `NOT RUN: ${error.message}`;
      return;
    }
    cluster = await startCluster();
    await cluster.startWorker();
    ids = await cluster.addDevices(lab.truth.devices.map((device) => access(device, 'linux')));
    job = await discover(ids);
  }, 900_000);

  afterAll(async () => {
    await cluster?.stop();
    await lab?.down();
  }, 120_000);

  function access(device: LabDevice, platform: 'linux' | 'frr') {
    const name = platform === 'frr' ? `${device.name} vtysh` : device.name;
    const username = platform === 'frr' ? 'lab' : 'linux';
    return { name, host: device.mgmt_ip, port: lab!.truth.access.port, platform, username, password: lab!.password };
  }

  async function discover(wanted: Map<string, string>, snapshot = true): Promise<string> {
    const started = await cluster.discover(wanted, { snapshot, device_time_limit: 60 });
    expect(await cluster.wait(started)).toBe('completed');
    return started;
  }

  const needsLab = (context: TestContext): Lab => lab ?? context.skip(missing ?? 'NOT RUN');

  async function cache(id: string, kind: Kind): Promise<Found[]> {
    const records = await cachedRecords(cluster.database, id, kind);
    if (!Array.isArray(records)) throw new Error(`no ${kind} of ${id}`);
    return records;
  }

  async function expectRoutes(device: LabDevice, id: string): Promise<void> {
    for (const kind of ROUTES) {
      const truth = routesOf(device, kind);
      const found = await cache(id, kind);
      const names = ['network', 'next_hop', 'interface', 'distance', 'metric', 'selected', 'vrf'];
      if (kind === 'static_routes') names.push('blackhole');
      expect([device.name, kind, sorted(only(found, ...names))]).toEqual([device.name, kind, sorted(truth)]);
    }
  }

  /** Everything that the truth tells of a device, both ways. */
  async function expectExact(device: LabDevice): Promise<void> {
    const id = ids.get(device.name)!;
    await expectRoutes(device, id);
    for (const kind of ['lldp_neighbors', 'cdp_neighbors'] as const) {
      const found = only(await cache(id, kind), 'local_interface', 'neighbor_name', 'neighbor_interface');
      expect([device.name, kind, sorted(found)]).toEqual([device.name, kind, sorted(neighborsOf(device, kind))]);
    }
    const macs = (await cache(id, 'mac_table')).filter((entry) => entry['type'] === 'dynamic');
    expect([device.name, sorted(only(macs, 'mac', 'interface', 'type'))]).toEqual([device.name, sorted(device.mac_table)]);
    const ports = (await cache(id, 'interfaces')).filter((port) => !['lo', 'br0'].includes(String(port['name'])));
    const named = ports.map(({ name, mac, addresses }) => ({
      name,
      mac,
      ip: Array.isArray(addresses) ? (addresses[0] ?? null) : null,
    }));
    expect([device.name, sorted(named)]).toEqual([device.name, sorted(only(device.interfaces, 'name', 'mac', 'ip'))]);
  }

  it('has what a network has: ECMP, blackholes, routes that lose, MAC tables', (context) => {
    const { truth } = needsLab(context);
    const routes = truth.devices.flatMap((device) => device.routes);
    expect(routes.some((route) => route.protocol === 'ospf' && route.next_hops.length > 1)).toBe(true);
    expect(routes.some((route) => route.next_hops.some((hop) => hop.blackhole))).toBe(true);
    expect(routes.some((route) => !route.selected)).toBe(true);
    expect(truth.devices.some((device) => device.mac_table.length > 0)).toBe(true);
  });

  it('every device as Linux: every route, MAC address, interface and neighbour, and none besides', async (context) => {
    const { truth } = needsLab(context);
    expect(new Set((await cluster.devices(job)).map((row) => `${row.status} ${row.outcome} ${row.attempts}`))).toEqual(
      new Set(['completed ok 1']),
    );
    for (const device of truth.devices) await expectExact(device);
  });

  it('the snapshot has every device and every link, and none besides', async (context) => {
    const { truth } = needsLab(context);
    const graph = await graphOf(cluster.database, job);
    expect(graph.nodes.map((node) => `${node.kind} ${node.name}`).sort()).toEqual(
      truth.devices.map((device) => `device ${device.name}`).sort(),
    );
    expect(wires(graph)).toEqual(truth.links.map(({ a, b }) => wire([a.device, a.interface], [b.device, b.interface])).sort());
    // Every adjacency of the routes runs over one of these wires, so that nothing else is a link.
    expect(graph.links.map((link) => `${link.kind} ${link.confirmed}`)).toEqual(truth.links.map(() => 'physical true'));
    const routers = new Set(truth.devices.filter(({ role }) => role === 'router').map(({ name }) => ids.get(name)!));
    for (const kind of ['ospf', 'bgp']) {
      const carrying = graph.links.filter((link) => link.evidence.some((evidence) => evidence.kind === kind));
      expect([kind, carrying.length > 0]).toEqual([kind, true]);
      for (const { a, b } of carrying) expect([routers.has(a.node), routers.has(b.node)]).toEqual([true, true]);
    }
  });

  it('every router at its vtysh prompt: the same routes', async (context) => {
    const { truth } = needsLab(context);
    const all = truth.devices.filter((device) => device.role === 'router');
    const vtysh = await cluster.addDevices(all.map((device) => access(device, 'frr')));
    const second = await discover(vtysh, false);
    const kinds = await cluster.kinds(second);
    for (const device of all) {
      await expectRoutes(device, vtysh.get(`${device.name} vtysh`)!);
      const own = kinds.filter((kind) => kind.name === `${device.name} vtysh`);
      // What vtysh has no command for is said to be so.
      expect(own.filter((kind) => kind.outcome === 'unsupported').map((kind) => kind.kind)).toEqual([
        'arp',
        'cdp_neighbors',
        'lldp_neighbors',
        'mac_table',
      ]);
    }
    await cluster.database.sql`delete from devices where id = any(${[...vtysh.values()]}::uuid[])`;
  });

  if (!faults) return;

  it('devices that hang, stall and lose their sshd are told apart, and cost nobody else', async (context) => {
    const { truth } = needsLab(context);
    const broken: Record<string, { action: string; outcome: string; says: RegExp; attempts: number }> = {
      r2: { action: 'hang', outcome: 'timeout', says: /no answer for 3 s/, attempts: 1 },
      r3: { action: 'stall', outcome: 'timeout', says: /SSH handshake in time/, attempts: 3 },
      r5: { action: 'killssh', outcome: 'unreachable', says: /refused the connection/, attempts: 3 },
    };
    for (const [name, { action }] of Object.entries(broken)) await lab!.fault(action, name);
    await cluster.database.sql`delete from device_kinds`;
    const limits = { snapshot: false, command_time_limit: 3, device_time_limit: 8 };
    const third = await cluster.discover(ids, limits);
    expect(await cluster.wait(third)).toBe('completed');
    const rows = new Map((await cluster.devices(third)).map((row) => [row.name, row]));
    for (const [name, { outcome, says, attempts }] of Object.entries(broken)) {
      expect(rows.get(name)).toMatchObject({ status: 'failed', outcome, attempts });
      expect(rows.get(name)!.error).toMatch(says);
    }
    for (const device of truth.devices) {
      if (broken[device.name] !== undefined) continue;
      expect(rows.get(device.name)).toMatchObject({ status: 'completed', outcome: 'ok', attempts: 1 });
      await expectExact(device);
    }
    expect(await cluster.job(third)).toMatchObject({ partial: true });
    await lab!.fault('heal');
    const healed = await discover(ids);
    expect(new Set((await cluster.devices(healed)).map((row) => row.outcome))).toEqual(new Set(['ok']));
    for (const device of truth.devices) await expectExact(device);
  });
});
