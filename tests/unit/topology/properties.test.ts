import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LldpNeighbor } from '../../../core/facts.ts';
import { diffGraphs } from '../../../topology/diff.ts';
import { buildGraph } from '../../../topology/graph.ts';
import type { Graph } from '../../../topology/model.ts';
import type { NetworkDevice } from '../../../topology/network.ts';
import { AT, cdp, device, iface, lldp } from './network.ts';

/** Few different values, so that devices share, contradict and half-match each other. */
const names = fc.constantFrom('sw1', 'sw10', 'SW1.a.com', 'sw1.b.com', 'core', 'ap', null);
const macs = fc.constantFrom('00:11:22:00:00:01', '00:11:22:00:00:02', '00:11:22:00:00:03', '00:00:5e:00:01:01', null);
const addresses = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fe80::1', '2001:db8::1', null);
const ports = fc.constantFrom('Gi0/1', 'GigabitEthernet0/1', 'Gi0/2', 'Te1/1', 'Po1', 'Vlan1', '7', '00:11:22:00:00:02', null);

const neighbor = fc.record({
  local_interface: ports.map((port) => port ?? ''),
  neighbor_name: names,
  neighbor_interface: ports,
  neighbor_address: addresses,
  chassis_id: macs,
});

const rows = fc.record({
  interfaces: fc.array(
    fc.record({
      name: ports.map((port) => port ?? ''),
      mac: macs,
      addresses: fc.array(
        addresses.map((address) => `${address}/24`),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 4 },
  ),
  lldp_neighbors: fc.array(neighbor, { maxLength: 5 }),
  cdp_neighbors: fc.array(neighbor, { maxLength: 3 }),
  mac_table: fc.array(fc.record({ mac: macs.map((mac) => mac ?? ''), interface: ports }), { maxLength: 5 }),
  static_routes: fc.array(fc.record({ next_hop: addresses, interface: ports }), { maxLength: 3 }),
});

const network = fc
  .array(fc.tuple(names, addresses, fc.constantFrom('cisco_ios', 'juniper_junos', 'linux', 'mikrotik_routeros'), rows), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) =>
    all.map(([name, host, platform, facts], index) =>
      device(name ?? `device${index}`, facts, { id: `id${index}`, host: host ?? '', platform }),
    ),
  );

/** The same network, with the devices and the rows of every table in another order. */
const shuffled = network.chain((devices) =>
  fc.tuple(
    fc.constant(devices),
    fc.shuffledSubarray(devices, { minLength: devices.length }),
    fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })).map((stream) => stream),
  ),
);

function reorder(devices: NetworkDevice[], random: Iterator<number>): NetworkDevice[] {
  const key = () => Number(random.next().value);
  const mixed = (records: object[]) =>
    records
      .map((record) => ({ record, at: key() }))
      .sort((a, b) => a.at - b.at)
      .map(({ record }) => record);
  return devices.map((one) => ({
    ...one,
    facts: Object.fromEntries(Object.entries(one.facts).map(([kind, fact]) => [kind, { ...fact, records: mixed(fact.records) }])),
  }));
}

function check(graph: Graph, devices: NetworkDevice[]): void {
  const ids = new Set(graph.nodes.map((node) => node.id));
  expect(ids.size).toBe(graph.nodes.length);
  expect(new Set(graph.links.map((link) => link.id)).size).toBe(graph.links.length);
  for (const { id } of devices) expect(ids.has(id)).toBe(true);
  for (const link of graph.links) {
    expect(ids.has(link.a.node) && ids.has(link.b.node)).toBe(true);
    expect(link.evidence.length).toBeGreaterThan(0);
    expect(new Set(link.evidence.map((found) => `${found.kind} ${found.device_id}`)).size).toBe(link.evidence.length);
    if (link.confirmed) expect(new Set([link.a.node, link.b.node]).size === 1 || link.evidence.length > 1).toBe(true);
  }
  for (const node of graph.nodes) {
    expect(node.kind === 'device').toBe(node.device_id !== null);
    expect(node.kind === 'device').toBe(node.reason === null);
    // A neighbour that is no device is there because a link goes to it.
    if (node.kind !== 'device') expect(graph.links.some((link) => link.a.node === node.id || link.b.node === node.id)).toBe(true);
  }
}

describe('every network', () => {
  it('gives the same graph in whatever order its devices and rows come', () => {
    fc.assert(
      fc.property(shuffled, ([devices, others, random]) => {
        expect(buildGraph({ devices: reorder(others, random[Symbol.iterator]()) })).toEqual(buildGraph({ devices }));
      }),
      { numRuns: 200 },
    );
  });

  it('gives a graph whose ids are unique, whose links end at its nodes, and whose strangers have a reason', () => {
    fc.assert(
      fc.property(network, (devices) => check(buildGraph({ devices }), devices)),
      { numRuns: 200 },
    );
  });

  it('differs from itself in nothing, also when it is collected again', () => {
    fc.assert(
      fc.property(network, (devices) => {
        const later = devices.map((one) => ({
          ...one,
          facts: Object.fromEntries(
            Object.entries(one.facts).map(([kind, fact]) => [kind, { ...fact, collected_at: '2027-01-01T00:00:00Z' }]),
          ),
        }));
        expect(diffGraphs(buildGraph({ devices }), buildGraph({ devices: later }))).toMatchObject({ unchanged: true });
      }),
      { numRuns: 100 },
    );
  });
});

describe('rows that a store may leave out', () => {
  it('are MAC rows of nobody managed and further routes through the same next hop', () => {
    fc.assert(
      fc.property(network, (devices) => {
        const macs = new Set(devices.flatMap(({ facts }) => (facts.interfaces?.records ?? []).flatMap((row) => row.mac ?? [])));
        const thinned = devices.map((one) => {
          const { mac_table: table, static_routes: routes, ...facts } = one.facts;
          const hops = new Map(routes?.records.map((row) => [`${row.next_hop} ${row.interface}`, row]));
          return {
            ...one,
            facts: {
              ...facts,
              ...(table && { mac_table: { ...table, records: table.records.filter((row) => macs.has(row.mac)) } }),
              ...(routes && { static_routes: { ...routes, records: [...hops.values()] } }),
            },
          };
        });
        expect(buildGraph({ devices: thinned })).toEqual(buildGraph({ devices }));
      }),
      { numRuns: 100 },
    );
  });
});

describe('wires', () => {
  /** A list of wires between ports that are used once, each seen from either or both ends by one or both protocols. */
  const wires = fc
    .uniqueArray(fc.tuple(fc.nat(4), fc.nat(30)), { selector: ([sw, port]) => `${sw} ${port}`, minLength: 2, maxLength: 24 })
    .chain((ends) =>
      fc.tuple(
        fc.constant(Array.from({ length: Math.floor(ends.length / 2) }, (_, index) => [ends[2 * index], ends[2 * index + 1]])),
        fc.array(fc.constantFrom('a', 'b', 'both'), { minLength: 12, maxLength: 12 }),
      ),
    );

  const build = (pairs: (readonly [number, number] | undefined)[][], seen: string[], flip: boolean) => {
    const devices = Array.from({ length: 5 }, (_, index) =>
      device(`sw${index}`, {
        interfaces: Array.from({ length: 31 }, (_, port) => iface({ name: `GigabitEthernet0/${port}`, mac: macOf(index, port) })),
      }),
    );
    const say = (from: readonly [number, number], to: readonly [number, number]) => {
      const row = { local_interface: `Gi0/${from[1]}`, neighbor_name: `sw${to[0]}`, neighbor_interface: `Gi0/${to[1]}` };
      const facts = devices[from[0]]?.facts;
      if (facts === undefined) return;
      facts.lldp_neighbors = {
        collected_at: AT,
        records: [...(facts.lldp_neighbors?.records ?? []), lldp({ ...row, chassis_id: macOf(...to) })],
      };
      facts.cdp_neighbors = { collected_at: AT, records: [...(facts.cdp_neighbors?.records ?? []), cdp(row)] };
    };
    pairs.forEach(([one, other], index) => {
      if (one === undefined || other === undefined) return;
      const [a, b] = flip ? [other, one] : [one, other];
      const side = seen[index] ?? 'both';
      if (side !== 'b') say(...([a, b] as const));
      if (side !== 'a') say(...([b, a] as const));
    });
    return buildGraph({ devices });
  };
  const macOf = (sw: number, port: number) => `02:00:00:00:0${sw}:${port.toString(16).padStart(2, '0')}`;

  it('are exactly as many links as wires, loops and parallel ones included', () => {
    fc.assert(
      fc.property(wires, ([pairs, seen]) => {
        const graph = build(pairs, seen, false);
        expect(graph.links).toHaveLength(pairs.length);
        expect(graph.metadata.confirmed_links).toBe(pairs.filter((_, index) => seen[index] === 'both').length);
        expect(graph.nodes).toHaveLength(5);
      }),
      { numRuns: 100 },
    );
  });

  it('have the same id from whichever end they are seen', () => {
    fc.assert(
      fc.property(wires, ([pairs, seen]) => {
        const ids = (graph: Graph) => graph.links.map((link) => link.id);
        expect(ids(build(pairs, seen, true))).toEqual(ids(build(pairs, seen, false)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('hostile rows', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      "'; DROP TABLE devices; --",
      '<script>alert(1)</script>',
      '\u0000\u0007\u001b[31m',
      '../../etc/passwd',
      '__proto__',
      'constructor',
      '𝕊\ud800',
    ),
    fc.nat(10_000).map((length) => 'x'.repeat(length)),
    fc.nat(3000).map((length) => 'a.'.repeat(length)),
    fc.nat(3000).map((length) => '((a'.repeat(length)),
    fc.constant(null),
  );
  const anything = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(undefined), fc.array(text, { maxLength: 2 }));
  const row = fc.dictionary(
    fc.constantFrom(
      'local_interface',
      'neighbor_name',
      'neighbor_interface',
      'neighbor_address',
      'chassis_id',
      'platform',
      'name',
      'description',
      'mac',
      'addresses',
      'interface',
      'next_hop',
      'type',
    ),
    anything,
  );
  const kinds = [
    'interfaces',
    'lldp_neighbors',
    'cdp_neighbors',
    'mac_table',
    'static_routes',
    'ospf_routes',
    'bgp_routes',
    'arp',
  ];
  const facts = fc.record(
    Object.fromEntries(
      kinds.map((kind) => [
        kind,
        fc.record({ records: fc.array(fc.oneof(row, fc.constant(null)), { maxLength: 4 }), collected_at: anything }),
      ]),
    ),
  );

  it('break nothing: names with SQL, HTML, control characters, 10 KB; null and wrong types everywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, facts), { maxLength: 4 }), (all) => {
        const devices = all.map(([name, host, found], index) => {
          const hostile: object = { name, host, platform: index === 0 ? name : 'cisco_ios', site: host, facts: found };
          return Object.assign(device(`d${index}`), hostile);
        });
        check(buildGraph({ devices }), devices);
      }),
      { numRuns: 150 },
    );
  });

  it('cost no more time than their length', () => {
    const long = `${'a.'.repeat(5000)}(${'b'.repeat(5000)})`;
    const neighbors: Partial<LldpNeighbor>[] = Array.from({ length: 200 }, (_, index) => ({
      local_interface: `${long}${index}`,
      neighbor_name: `${long}${index}`,
      neighbor_interface: `${long}/${index}`,
      chassis_id: long,
    }));
    const start = performance.now();
    const graph = buildGraph({ devices: [device(long, { lldp_neighbors: neighbors })] });
    expect(graph.links).toHaveLength(200);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
