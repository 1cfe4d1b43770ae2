import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPORTS, exportGraph } from '../../../topology/export.ts';
import { printable } from '../../../topology/export-text.ts';
import { withMetadata } from '../../../topology/graph.ts';
import type { Graph } from '../../../topology/model.ts';
import { link, node } from './graph-of.ts';
import { parseDot, parseMermaid, parseXml } from './parse.ts';

const NASTY = [
  'plain',
  'quo"te and \\ backslash\\',
  '<script>alert("x")</script> & &amp; &lt;',
  'two\nlines\r\nand\ttab',
  "it's ]]> `code` #35; #quot; |pipe| [x] {y} (z)",
  'end',
  '\u0000\u0007\u001b\u009fcontrol',
  'Zürich 東京 🗼',
  '\ud800 half',
  '--> <!-- -->',
  '"];evil [label="',
];

function nasty(names: string[]): Graph {
  const nodes = names.map((name, index) => node(`id${index}`, { name, site: name, reason: name, platform: null }));
  const links = names.map((name, index) =>
    link(`id0-id${index}`, {
      id: `link${index}`,
      a: { node: 'id0', interface: name },
      b: { node: `id${index}`, interface: null },
      confirmed: index % 2 === 0,
    }),
  );
  return withMetadata(nodes, links);
}

/** What a DOT string makes of line ends. */
const lines = (text: string) => text.replace(/\r\n|\r/g, '\n');

function check(names: string[]): void {
  const graph = nasty(names);
  const clean = names.map(printable);

  const xml = parseXml(exportGraph(graph, 'graphml'));
  expect(xml.filter(({ tag }) => tag === 'node').map(({ attributes }) => attributes.id)).toEqual(graph.nodes.map(({ id }) => id));
  expect(xml.filter(({ attributes }) => attributes.key === 'node_name').map(({ text }) => text)).toEqual(clean);
  expect(xml.filter(({ attributes }) => attributes.key === 'edge_source_interface').map(({ text }) => text)).toEqual(clean);
  expect(xml.filter(({ tag }) => tag === 'edge').map(({ attributes }) => attributes.target)).toEqual(
    graph.links.map(({ b }) => b.node),
  );

  const dot = parseDot(exportGraph(graph, 'dot'));
  expect(dot.filter(({ ids }) => ids.length === 1).map(({ attributes }) => attributes.label)).toEqual(clean.map(lines));
  expect(dot.filter(({ ids }) => ids.length === 2).map(({ attributes }) => attributes.taillabel)).toEqual(clean.map(lines));
  expect(dot.filter(({ ids }) => ids.length === 2).map(({ ids }) => ids)).toEqual(
    graph.links.map(({ a, b }) => [a.node, b.node]),
  );

  const mermaid = parseMermaid(exportGraph(graph, 'mermaid'));
  expect(mermaid.nodes).toEqual(clean);
  expect(mermaid.links).toEqual(clean.map((name, index) => ({ from: 0, to: index, label: `${name} - ?` })));

  expect(JSON.parse(exportGraph(graph, 'json'))).toEqual(JSON.parse(JSON.stringify(graph)));
}

describe('exports are read back as they were, whatever the names hold', () => {
  it('for names made to break them', () => check(NASTY));

  it('for any names', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...'"\\<>&\n\r\t#;|[]{}()`\'a '.split('')), minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), (names) => check(names)),
      { numRuns: 150 },
    );
  });

  it('for a name of 10 KB', () => check(['<"&\\'.repeat(2500)]));
});

describe('exports', () => {
  const graph = withMetadata(
    [
      node('a', { addresses: ['10.0.0.1', '10.0.0.2'] }),
      node('u', { kind: 'unmanaged', device_id: null, reason: 'No managed device has its name u' }),
      node('x', { kind: 'ambiguous', device_id: null, reason: 'several' }),
    ],
    [link('a:1-u:2'), link('a:3-x:4', { confirmed: false }), link('a:5~u:6')],
  );

  it('of every format name their type and extension', () => {
    expect(Object.keys(EXPORTS)).toEqual(['graphml', 'dot', 'mermaid', 'json']);
    for (const { content_type, extension } of Object.values(EXPORTS)) {
      expect(content_type).toMatch(/^[a-z]+\/[a-z.+]+; charset=utf-8$/);
      expect(extension).toMatch(/^[a-z]+$/);
    }
  });

  it('in GraphML declare each key once and carry every field that is known', () => {
    const elements = parseXml(exportGraph(graph, 'graphml'));
    const keys = elements.filter(({ tag }) => tag === 'key').map(({ attributes }) => attributes.id);
    expect(new Set(keys).size).toBe(keys.length);
    const used = elements.filter(({ tag }) => tag === 'data').map(({ attributes }) => attributes.key);
    expect(used.every((key) => keys.includes(key))).toBe(true);
    expect(elements.find(({ attributes }) => attributes.key === 'node_addresses')?.text).toBe('10.0.0.1 10.0.0.2');
    expect(elements.filter(({ attributes }) => attributes.key === 'edge_confirmed').map(({ text }) => text)).toEqual([
      'true',
      'false',
      'true',
    ]);
  });

  it('in DOT and Mermaid tell confirmed, one-sided and layer 3 links and the kinds of nodes apart', () => {
    const dot = parseDot(exportGraph(graph, 'dot'));
    expect(dot.map(({ attributes }) => attributes.style)).toEqual([undefined, 'dashed', 'dotted', 'solid', 'dashed', 'dotted']);
    const mermaid = exportGraph(graph, 'mermaid').split('\n');
    expect(mermaid).toEqual([
      'flowchart LR',
      '  n0["a"]',
      '  n1("u")',
      '  n2{{"x"}}',
      '  n0 ---|"1 - 2"| n1',
      '  n0 ---|"3 - 4"| n2',
      '  n0 -.-|"5 - 6"| n1',
      '',
    ]);
  });

  it('in JSON can stand in a script element', () => {
    expect(exportGraph(nasty(['</script><!--\u2028']), 'json')).not.toMatch(/[<\u2028]/);
  });

  it('of an empty graph are complete documents', () => {
    const empty = withMetadata([], []);
    expect(parseXml(exportGraph(empty, 'graphml')).map(({ tag }) => tag)).toContain('graph');
    expect(parseDot(exportGraph(empty, 'dot'))).toEqual([]);
    expect(exportGraph(empty, 'mermaid')).toBe('flowchart LR\n');
  });
});
