import { toDot } from './export-dot.ts';
import { toGraphml } from './export-graphml.ts';
import { toMermaid } from './export-mermaid.ts';
import type { Graph } from './model.ts';

/** Every format a graph can be written in: how, and what the file is. */
export const EXPORTS = {
  graphml: { write: toGraphml, content_type: 'application/graphml+xml; charset=utf-8', extension: 'graphml' },
  dot: { write: toDot, content_type: 'text/vnd.graphviz; charset=utf-8', extension: 'dot' },
  mermaid: { write: toMermaid, content_type: 'text/vnd.mermaid; charset=utf-8', extension: 'mmd' },
  json: { write: toJson, content_type: 'application/json; charset=utf-8', extension: 'json' },
} as const satisfies Record<string, { write: (graph: Graph) => string; content_type: string; extension: string }>;

export type ExportFormat = keyof typeof EXPORTS;

export function exportGraph(graph: Graph, format: ExportFormat): string {
  return EXPORTS[format].write(graph);
}

/** `<` and the line separators of JavaScript are escaped, so that the text may also stand inside a script element. */
function toJson(graph: Graph): string {
  return JSON.stringify(graph, null, 2).replace(
    /[<\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
