import { portName, printable } from './export-text.ts';
import type { Graph, GraphNode } from './model.ts';

const SHAPES: Record<GraphNode['kind'], [string, string]> = {
  device: ['[', ']'],
  unmanaged: ['(', ')'],
  ambiguous: ['{{', '}}'],
};

/**
 * A Mermaid flowchart (mermaid.js.org, flowchart syntax): boxes are managed devices, rounded ones unmanaged neighbours, hexagons
 * ambiguous ones; dotted lines are layer 3 links. Nodes are numbered, because ids may hold what Mermaid reads as syntax.
 */
export function toMermaid(graph: Graph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.id, `n${index}`]));
  return [
    'flowchart LR',
    ...graph.nodes.map((node) => {
      const [open, close] = SHAPES[node.kind];
      return `  ${ids.get(node.id)}${open}${label(node.name)}${close}`;
    }),
    ...graph.links.map((link) => {
      const line = link.kind === 'layer3' ? '-.-' : '---';
      return `  ${ids.get(link.a.node)} ${line}|${label(`${portName(link.a)} - ${portName(link.b)}`)}| ${ids.get(link.b.node)}`;
    }),
    '',
  ].join('\n');
}

/** Everything that Mermaid, Markdown or HTML could read as its own becomes an entity code, `#60;` for `<`. */
function label(text: string): string {
  const escaped = printable(text).replace(/[^\p{L}\p{N} ._:/@+,()-]/gu, (char) => `#${char.codePointAt(0)};`);
  return `"${escaped}"`;
}
