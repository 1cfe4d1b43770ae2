import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { findNode } from '../../../topology/find-node.ts';
import { withMetadata } from '../../../topology/graph.ts';
import { neighbourhood } from '../../../topology/neighbourhood.ts';
import { findPath } from '../../../topology/path.ts';
import { drawn, link, node } from './graph-of.ts';

const route = (paths: ReturnType<typeof findPath>['paths']) =>
  paths.map((hops) => hops.map((hop) => `${hop.from.name}:${hop.from.interface} ${hop.to.name}:${hop.to.interface}`).join(' > '));

describe('findPath', () => {
  it('gives the hops with the interfaces, from the side of the asker', () => {
    const graph = drawn('a:1-b:2', 'c:4-b:3', 'c:5-d:6', 'a:7-e:8', 'e:9-f:10', 'f:11-g:12', 'g:13-d:14');
    expect(findPath(graph, 'a', 'd')).toEqual({
      from: { id: 'a', name: 'a' },
      to: { id: 'd', name: 'd' },
      length: 3,
      paths: [
        [hop('a:1-b:2', ['a', '1'], ['b', '2']), hop('c:4-b:3', ['b', '3'], ['c', '4']), hop('c:5-d:6', ['c', '5'], ['d', '6'])],
      ],
      truncated: false,
    });
  });

  const hop = (id: string, from: [string, string], to: [string, string]) => ({
    link: id,
    kind: 'physical',
    confirmed: true,
    from: { node: from[0], name: from[0], interface: from[1] },
    to: { node: to[0], name: to[0], interface: to[1] },
  });

  it('gives every path of the shortest length on request, parallel links included', () => {
    const graph = drawn('a:1-b:1', 'a:2-b:2', 'b:3-d:3', 'a:4-c:4', 'c:5-d:5', 'a:6-x:6', 'x:7-y:7', 'y:8-d:8');
    const { paths, length, truncated } = findPath(graph, 'a', 'd', { all: true });
    expect(length).toBe(2);
    expect(truncated).toBe(false);
    expect(route(paths).sort()).toEqual(['a:1 b:1 > b:3 d:3', 'a:2 b:2 > b:3 d:3', 'a:4 c:4 > c:5 d:5']);
    expect(findPath(graph, 'a', 'd', { all: true, limit: 2 })).toMatchObject({
      truncated: true,
      paths: [expect.anything(), expect.anything()],
    });
    expect(findPath(graph, 'a', 'd', { all: true, limit: 3 }).truncated).toBe(false);
  });

  it('prefers wires to layer 3 links and confirmed links to others', () => {
    const graph = withMetadata([node('a'), node('b')], [link('a:0~b:0'), link('a:1-b:1', { confirmed: false }), link('a:2-b:2')]);
    expect(route(findPath(graph, 'a', 'b').paths)).toEqual(['a:2 b:2']);
    expect(route(findPath(graph, 'a', 'b', { kind: 'layer3' }).paths)).toEqual(['a:0 b:0']);
  });

  it('has no path between parts that are not connected, and an empty one from a node to itself', () => {
    expect(findPath(drawn('a-b', 'c-d'), 'a', 'd')).toMatchObject({ length: null, paths: [] });
    expect(findPath(drawn('a-b'), 'a', 'a')).toMatchObject({ length: 0, paths: [[]] });
    expect(findPath(drawn('a~b'), 'a', 'b', { kind: 'physical' })).toMatchObject({ length: null });
  });

  it('does not lead through a node that may be two devices, but leads to it', () => {
    const graph = withMetadata(
      [node('a'), node('x', { kind: 'ambiguous', device_id: null, reason: 'two' }), node('b')],
      [link('a-x'), link('x-b')],
    );
    expect(findPath(graph, 'a', 'b').length).toBeNull();
    expect(findPath(graph, 'a', 'x').length).toBe(1);
    expect(findPath(graph, 'x', 'b').length).toBe(1);
  });

  it('is as long from either end, and no shorter path exists', () => {
    const edges = fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(7)), {
      selector: ([a, b]) => `${a}-${b}`,
      minLength: 1,
      maxLength: 14,
    });
    fc.assert(
      fc.property(edges, (pairs) => {
        const graph = drawn(...pairs.map(([a, b]) => `n${a}-n${b}`));
        const distances = floydWarshall(pairs);
        for (const one of graph.nodes) {
          for (const other of graph.nodes) {
            const expected = distances.get(`${one.id} ${other.id}`) ?? null;
            const { length, paths } = findPath(graph, one.id, other.id, { all: true });
            expect(length).toBe(expected);
            for (const path of paths) {
              expect(path).toHaveLength(expected ?? -1);
              expect(path.map((step) => step.from.node).concat(other.id)).toEqual([one.id, ...path.map((step) => step.to.node)]);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

function floydWarshall(pairs: [number, number][]): Map<string, number> {
  const ids = [...new Set(pairs.flat())].map((id) => `n${id}`);
  const distances = new Map(ids.map((id) => [`${id} ${id}`, 0]));
  for (const [a, b] of pairs.filter(([a, b]) => a !== b)) {
    distances.set(`n${a} n${b}`, 1);
    distances.set(`n${b} n${a}`, 1);
  }
  for (const k of ids) {
    for (const i of ids) {
      for (const j of ids) {
        const through = (distances.get(`${i} ${k}`) ?? Infinity) + (distances.get(`${k} ${j}`) ?? Infinity);
        if (through < (distances.get(`${i} ${j}`) ?? Infinity)) distances.set(`${i} ${j}`, through);
      }
    }
  }
  return distances;
}

describe('findNode', () => {
  const graph = withMetadata(
    [
      node('1', { name: 'sw1.example.com' }),
      node('2', { name: 'SW2' }),
      node('3', { name: 'sw3.a' }),
      node('4', { name: 'sw3.b' }),
      node('5', { name: '1' }),
    ],
    [],
  );

  it.each([
    ['1', '1'],
    ['sw1.EXAMPLE.com', '1'],
    ['sw1', '1'],
    [' sw2 ', '2'],
  ])('finds %s by id, then name, then name without domain', (text, id) => expect(findNode(graph, text).id).toBe(id));

  it('refuses what is unknown or means several, and names them', () => {
    expect(() => findNode(graph, 'sw')).toThrow(new AppError('not_found', 'The topology has no node sw'));
    expect(() => findNode(graph, 'sw3')).toThrow(
      new AppError('conflict', 'Several nodes are called sw3: sw3.a (3), sw3.b (4). Give the id of one'),
    );
    expect(() => findPath(graph, '1', 'nobody')).toThrow(AppError);
  });
});

describe('neighbourhood', () => {
  const graph = drawn('a-b', 'b-c', 'c-d', 'a-e', 'b-e', 'e-e');
  const ids = (depth: number) =>
    neighbourhood(graph, 'a', depth)
      .nodes.map((node) => node.id)
      .sort();

  it('has the nodes within the depth and every link between them', () => {
    expect([0, 1, 2, 3, 99].map(ids)).toEqual([
      ['a'],
      ['a', 'b', 'e'],
      ['a', 'b', 'c', 'e'],
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c', 'd', 'e'],
    ]);
    const one = neighbourhood(graph, 'a', 1);
    expect(one.links.map(({ id }) => id)).toEqual(['a-b', 'a-e', 'b-e', 'e-e']);
    expect(one.metadata).toMatchObject({ devices: 3, physical_links: 4 });
  });
});
