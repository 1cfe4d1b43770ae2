import { evidenceKinds, printable } from './export-text.ts';
import type { Graph, GraphLink, GraphNode } from './model.ts';

type Fields<T> = readonly (readonly [name: string, type: 'string' | 'boolean', read: (thing: T) => string | null])[];

const NODE_FIELDS: Fields<GraphNode> = [
  ['name', 'string', (node) => node.name],
  ['kind', 'string', (node) => node.kind],
  ['device_id', 'string', (node) => node.device_id],
  ['platform', 'string', (node) => node.platform],
  ['site', 'string', (node) => node.site],
  ['addresses', 'string', (node) => node.addresses.join(' ') || null],
  ['reason', 'string', (node) => node.reason],
];

const LINK_FIELDS: Fields<GraphLink> = [
  ['source_interface', 'string', (link) => link.a.interface],
  ['target_interface', 'string', (link) => link.b.interface],
  ['link_kind', 'string', (link) => link.kind],
  ['evidence', 'string', evidenceKinds],
  ['confirmed', 'boolean', (link) => String(link.confirmed)],
];

/** GraphML (graphml.graphdrawing.org, structure and attributes), undirected; unknown values are left out. */
export function toGraphml(graph: Graph): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys('node', NODE_FIELDS),
    ...keys('edge', LINK_FIELDS),
    '  <graph id="topology" edgedefault="undirected">',
    ...graph.nodes.flatMap((node) => element(`node id="${escapeXml(node.id)}"`, 'node', NODE_FIELDS, node)),
    ...graph.links.flatMap((link) => {
      const ends = `source="${escapeXml(link.a.node)}" target="${escapeXml(link.b.node)}"`;
      return element(`edge id="${escapeXml(link.id)}" ${ends}`, 'edge', LINK_FIELDS, link);
    }),
    '  </graph>',
    '</graphml>',
    '',
  ].join('\n');
}

function keys<T>(of: 'node' | 'edge', fields: Fields<T>): string[] {
  return fields.map(([name, type]) => `  <key id="${of}_${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>`);
}

function element<T>(opening: string, of: 'node' | 'edge', fields: Fields<T>, thing: T): string[] {
  const data = fields.flatMap(([name, , read]) => {
    const value = read(thing);
    return value === null ? [] : `      <data key="${of}_${name}">${escapeXml(value)}</data>`;
  });
  return [`    <${opening}>`, ...data, `    </${of}>`];
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Line ends and tabs as references, because attributes and parsers would normalise them. */
export function escapeXml(text: string): string {
  return printable(text).replace(/[&<>"'\t\n\r]/g, (char) => ENTITIES[char] ?? `&#${char.charCodeAt(0)};`);
}
