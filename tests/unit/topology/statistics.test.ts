import { expect, it } from 'vitest';
import { withMetadata } from '../../../topology/graph.ts';
import { statistics } from '../../../topology/statistics.ts';
import { link, node } from './graph-of.ts';
import { AT, device, graphOf } from './network.ts';

it('statistics count nodes, links, evidence, platforms and sites, and name what deserves a look', () => {
  const stranger = { device_id: null, kind: 'unmanaged' as const, reason: 'unknown' };
  const graph = withMetadata(
    [
      node('a', { site: 'fra' }),
      node('b', { site: 'fra', platform: 'frr' }),
      node('c', { platform: null }),
      node('alone', { site: 'muc' }),
      node('loop'),
      node('u', stranger),
      node('x', { ...stranger, kind: 'ambiguous' }),
    ],
    [
      link('a:1-b:1', {
        evidence: [
          { kind: 'lldp', device_id: 'a', collected_at: AT },
          { kind: 'lldp', device_id: 'b', collected_at: AT },
          { kind: 'mac', device_id: 'b', collected_at: AT },
        ],
      }),
      link('a:2-b:2', { confirmed: false }),
      link('a:3-u:1', { confirmed: false }),
      link('a:4-c:1', { confirmed: false, evidence: [{ kind: 'mac', device_id: 'a', collected_at: AT }] }),
      link('b:5~c:2', { confirmed: false }),
      link('c:6-x:1', { confirmed: false }),
      link('loop:1-loop:2'),
    ],
  );
  expect(statistics(graph)).toEqual({
    nodes: { total: 7, device: 5, unmanaged: 1, ambiguous: 1 },
    links: { total: 7, physical: 6, layer3: 1, confirmed: 2, unconfirmed: 5 },
    evidence: { lldp: 5, cdp: 0, mac: 2, ospf: 1, bgp: 0, static: 0 },
    platforms: [
      { platform: 'cisco_ios', devices: 3 },
      { platform: 'frr', devices: 1 },
      { platform: 'unknown', devices: 1 },
    ],
    sites: [
      { site: 'fra', devices: 2 },
      { site: 'unknown', devices: 2 },
      { site: 'muc', devices: 1 },
    ],
    isolated: [
      { id: 'alone', name: 'alone' },
      { id: 'loop', name: 'loop' },
    ],
    one_sided: ['a:2-b:2'],
    most_connected: [
      { id: 'a', name: 'a', neighbors: 3, links: 4 },
      { id: 'c', name: 'c', neighbors: 3, links: 3 },
      { id: 'b', name: 'b', neighbors: 2, links: 3 },
      { id: 'u', name: 'u', neighbors: 1, links: 1 },
      { id: 'x', name: 'x', neighbors: 1, links: 1 },
    ],
  });
});

it('statistics name at most ten of the most connected, and hold for an empty network', () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({ local_interface: `Gi0/${index}`, neighbor_name: `n${index}` }));
  const graph = graphOf(device('core', { lldp_neighbors: rows }));
  expect(statistics(graph).most_connected).toHaveLength(10);
  expect(statistics(graph).most_connected[0]).toMatchObject({ name: 'core', neighbors: 20 });
  expect(statistics(graphOf())).toMatchObject({ nodes: { total: 0 }, links: { total: 0 }, isolated: [], most_connected: [] });
});
