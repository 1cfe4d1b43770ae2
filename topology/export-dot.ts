import { evidenceKinds, portName, printable } from './export-text.ts';
import type { Graph, GraphLink, GraphNode } from './model.ts';

const NODE_STYLES: Record<GraphNode['kind'], string> = {
  device: 'shape=box',
  unmanaged: 'shape=box, style=dashed',
  ambiguous: 'shape=box, style=dotted',
};

/** Graphviz DOT (graphviz.org, the DOT language). Solid: confirmed; dashed: reported by one end; dotted: layer 3. */
export function toDot(graph: Graph): string {
  return [
    'graph topology {',
    ...graph.nodes.map((node) => `  ${quote(node.id)} [label=${label(node.name)}, ${NODE_STYLES[node.kind]}];`),
    ...graph.links.map((link) => {
      const ports = `taillabel=${label(portName(link.a))}, headlabel=${label(portName(link.b))}`;
      const ends = `${quote(link.a.node)} -- ${quote(link.b.node)}`;
      return `  ${ends} [${ports}, style=${style(link)}, tooltip=${label(evidenceKinds(link))}];`;
    }),
    '}',
    '',
  ].join('\n');
}

function style(link: GraphLink): string {
  return link.kind === 'layer3' ? 'dotted' : link.confirmed ? 'solid' : 'dashed';
}

function quote(text: string): string {
  return `"${printable(text)
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\r?\n|\r/g, '\\n')}"`;
}

/** Labels also read HTML entities, so an ampersand is written as one. */
function label(text: string): string {
  return quote(text.replace(/&/g, '&amp;'));
}
