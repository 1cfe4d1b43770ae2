import { describe, expect, it } from 'vitest';
import { diffGraphs } from '../../../topology/diff.ts';
import { withMetadata } from '../../../topology/graph.ts';
import { drawn, link, node } from './graph-of.ts';
import { device, graphOf } from './network.ts';

describe('diffGraphs', () => {
  it('tells what came and what went', () => {
    const diff = diffGraphs(drawn('a-b', 'b-c'), drawn('b-c', 'c-d'));
    expect(diff.unchanged).toBe(false);
    expect(diff.nodes.added.map(({ id }) => id)).toEqual(['d']);
    expect(diff.nodes.removed.map(({ id }) => id)).toEqual(['a']);
    expect(diff.links.added.map(({ id }) => id)).toEqual(['c-d']);
    expect(diff.links.removed.map(({ id }) => id)).toEqual(['a-b']);
    expect([...diff.nodes.changed, ...diff.links.changed]).toEqual([]);
  });

  it.each([
    ['confirmed', { confirmed: false }],
    ['kind', { kind: 'layer3' as const }],
    ['a', { a: { node: 'a', interface: 'Gi0/1' } }],
    ['evidence', { evidence: [] }],
  ])('tells that %s of a link has changed', (field, change) => {
    const nodes = [node('a'), node('b')];
    const diff = diffGraphs(withMetadata(nodes, [link('a-b')]), withMetadata(nodes, [link('a-b', change)]));
    expect(diff.links.changed).toEqual([{ id: 'a-b', before: link('a-b'), after: link('a-b', change), fields: [field] }]);
    expect(diff.unchanged).toBe(false);
  });

  it.each([
    ['name', { name: 'renamed' }],
    ['kind', { kind: 'unmanaged' as const }],
    ['platform', { platform: 'frr' }],
    ['site', { site: 'fra' }],
    ['addresses', { addresses: ['10.0.0.1'] }],
    ['reason', { reason: 'because' }],
  ])('tells that %s of a node has changed', (field, change) => {
    const diff = diffGraphs(withMetadata([node('a')], []), withMetadata([node('a', change)], []));
    expect(diff.nodes.changed.map(({ fields }) => fields)).toEqual([[field]]);
  });

  it('does not count the time of collection', () => {
    const nodes = [node('a'), node('b')];
    const later = link('a-b', { evidence: [{ kind: 'lldp', device_id: 'a', collected_at: '2027-01-01T00:00:00Z' }] });
    expect(diffGraphs(withMetadata(nodes, [link('a-b')]), withMetadata(nodes, [later])).unchanged).toBe(true);
  });

  it('follows a real change: a wire is moved and a neighbour is taken into the inventory', () => {
    const core = (port: string) =>
      device('core', { lldp_neighbors: [{ local_interface: port, neighbor_name: 'leaf', neighbor_interface: 'Gi0/1' }] });
    const diff = diffGraphs(graphOf(core('Gi0/1')), graphOf(core('Gi0/2'), device('leaf')));
    expect(diff.nodes.added.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['leaf device']);
    expect(diff.nodes.removed.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['leaf unmanaged']);
    expect(diff.links.added.map(({ a, b }) => [a.interface, b.interface])).toEqual([['Gi0/2', 'Gi0/1']]);
    expect(diff.links.removed).toHaveLength(1);
  });
});
