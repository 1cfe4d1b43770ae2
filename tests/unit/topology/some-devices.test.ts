import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../topology/graph.ts';
import { buildGraph, buildTopology } from '../../../topology/graph.ts';
import type { Graph } from '../../../topology/model.ts';
import type { NetworkDevice } from '../../../topology/network.ts';
import { graphOfSome } from '../../../topology/some-devices.ts';
import { AT, device } from './network.ts';

const MAC = '02:00:00:00:00:0a';
const row = (local_interface: string, neighbor_name: string | null, neighbor_interface: string | null, more: object = {}) => ({
  local_interface,
  neighbor_name,
  neighbor_interface,
  ...more,
});

/** A wire a–b that both tell and one b–c; a telephone that a and b both see, each under its own name; a and b also see each other's routes. */
const NETWORK: NetworkDevice[] = [
  device('a', {
    interfaces: [{ name: 'Gi0/1', mac: MAC, addresses: ['10.0.0.1/30'] }],
    lldp_neighbors: [row('Gi0/1', 'b', 'Gi0/1'), row('Gi0/9', 'secret-phone', 'p1', { chassis_id: '02:00:00:00:00:99' })],
    static_routes: [{ network: '10.9.0.0/16', next_hop: '10.0.0.2', selected: true }],
  }),
  device('b', {
    interfaces: [
      { name: 'Gi0/1', addresses: ['10.0.0.2/30'] },
      { name: 'Gi0/2', addresses: [] },
    ],
    lldp_neighbors: [
      row('Gi0/1', 'said-by-b', 'port-said-by-b', { chassis_id: MAC }),
      row('Gi0/2', 'c', 'Gi0/2'),
      row('Gi0/8', 'phone', 'p1', { chassis_id: '02:00:00:00:00:99' }),
    ],
    static_routes: [{ network: '10.8.0.0/16', next_hop: '10.0.0.1', selected: true }],
  }),
  device('c', { interfaces: [{ name: 'Gi0/2' }], lldp_neighbors: [row('Gi0/2', 'b', 'Gi0/2')] }),
];

/** As a snapshot keeps it. */
const kept = (devices: NetworkDevice[]): Topology => JSON.parse(JSON.stringify(buildTopology({ devices })));
const some = (...names: string[]): Graph => graphOfSome(kept(NETWORK), new Set(names.map((name) => `id-${name}`)));
const links = (graph: Graph) => {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  return graph.links
    .map(({ a, b }) =>
      [a, b]
        .map((end) => `${names.get(end.node)} ${end.interface}`)
        .toSorted()
        .join(' -- '),
    )
    .toSorted();
};

describe('the graph of some devices', () => {
  it('of all is the graph', () => {
    const { nodes, links: all, metadata } = some('a', 'b', 'c');
    const whole = buildGraph({ devices: NETWORK });
    expect({ nodes, metadata }).toEqual({ nodes: whole.nodes, metadata: whole.metadata });
    const byId = (graph: Pick<Graph, 'links'>) => graph.links.toSorted((x, y) => x.id.localeCompare(y.id));
    expect(byId({ links: all })).toEqual(byId(whole));
  });

  it('has the links between them, and another device as they tell of it', () => {
    const graph = some('b', 'c');
    expect(links(graph)).toEqual(['b Gi0/1 -- said-by-b port-said-by-b', 'b Gi0/2 -- c Gi0/2', 'b Gi0/8 -- phone p1']);
    expect(graph.nodes.find((node) => node.name === 'said-by-b')).toEqual({
      id: expect.stringMatching(/^neighbor:/),
      name: 'said-by-b',
      device_id: null,
      kind: 'unmanaged',
      platform: null,
      site: null,
      addresses: [],
      reason: `No managed device has its chassis id ${MAC}, name said-by-b`,
    });
    expect(graph.metadata).toMatchObject({ devices: 2, unmanaged: 2, physical_links: 3, layer3_links: 0, confirmed_links: 1 });
  });

  it('holds nothing of the others: the same as if these had said what they please', () => {
    const other = device(
      'a',
      { interfaces: [{ name: 'other', mac: MAC }] },
      { site: 'elsewhere', host: '192.0.2.1', platform: 'arista_eos' },
    );
    const shown = new Set(['id-b', 'id-c']);
    expect(graphOfSome(kept([other, ...NETWORK.slice(1)]), shown)).toEqual(some('b', 'c'));
    expect(JSON.stringify(some('b', 'c'))).not.toMatch(/id-a|secret|"name":"a"|10\.0\.0\.1"/);
  });

  it('names those among them that a neighbour may be, and no others', () => {
    const twin = (name: string) => device(name, { interfaces: [{ name: 'Gi0/1', mac: '02:00:00:00:00:77' }] });
    const topology = kept([
      device('x', { lldp_neighbors: [row('Gi0/1', null, 'p', { chassis_id: '02:00:00:00:00:77' })] }),
      twin('y'),
      twin('z'),
    ]);
    const reasonOf = (...names: string[]) =>
      graphOfSome(topology, new Set(names))
        .nodes.filter((node) => node.device_id === null)
        .map((node) => node.reason);
    expect(reasonOf('id-x', 'id-y', 'id-z')).toEqual([expect.stringMatching(/^May be one of 2 devices: y .*, z /)]);
    expect(reasonOf('id-x', 'id-y')).toEqual([expect.stringMatching(/^May be y \(/)]);
    expect(reasonOf('id-x')).toEqual(['No managed device has its chassis id 02:00:00:00:00:77']);
  });

  it('of a snapshot without what was said has the links between them only', () => {
    const { graph } = kept(NETWORK);
    expect(links(graphOfSome({ graph, claims: [] }, new Set(['id-b', 'id-c'])))).toEqual(['b Gi0/2 -- c Gi0/2']);
    expect(graphOfSome({ graph, claims: [] }, new Set()).nodes).toEqual([]);
    expect(graph.links.flatMap((link) => link.evidence).every((evidence) => evidence.collected_at === AT)).toBe(true);
  });
});
