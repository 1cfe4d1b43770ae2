import type { Database } from '../../stores/database.ts';
import type { Graph } from '../../topology/model.ts';

/** The graph of the snapshot that a job took. */
export async function graphOf({ sql }: Pick<Database, 'sql'>, jobId: string): Promise<Graph> {
  const [row] = await sql<{ graph: Graph }[]>`select graph from topology_snapshots where job_id = ${jobId}`;
  if (row === undefined) throw new Error(`job ${jobId} has no snapshot`);
  return row.graph;
}

/** Physical links as `a port -- b port`, both ends by name and in order, each as often as it is there. */
export function wires(graph: Graph): string[] {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  return graph.links
    .filter((link) => link.kind === 'physical')
    .map(({ a, b }) => wire([names.get(a.node)!, a.interface], [names.get(b.node)!, b.interface]))
    .sort();
}

export function wire(...ends: [device: string, port: string | null][]): string {
  return ends
    .map(([device, port]) => `${device} ${port}`)
    .sort()
    .join(' -- ');
}
