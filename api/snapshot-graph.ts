import type { Graph } from '../topology/model.ts';
import { withMetadata } from '../topology/graph.ts';
import type { Database } from '../stores/database.ts';
import { readNewestSnapshot, readSnapshot, type Snapshot } from '../stores/snapshots.ts';
import { notFound } from './problems.ts';

/** A snapshot by id, or the newest; null where no discovery has finished yet. */
export async function findSnapshot(database: Pick<Database, 'sql'>, id: string | undefined): Promise<Snapshot | null> {
  if (id === undefined) return readNewestSnapshot(database);
  const snapshot = await readSnapshot(database, id);
  if (snapshot === null) throw notFound('snapshot', id);
  return snapshot;
}

/** The graph of a snapshot; without one a graph of nothing. */
export function graphOf(snapshot: Snapshot | null): Graph {
  if (snapshot === null) return withMetadata([], []);
  const graph: Graph = JSON.parse(snapshot.graph);
  return graph;
}

/** The JSON text of a graph with the snapshot it is; the graph passes through unparsed. */
export function graphJson(snapshot: Snapshot | null): string[] {
  if (snapshot === null) return [JSON.stringify({ ...graphOf(null), snapshot: null })];
  const { graph, ...row } = snapshot;
  return [graph.trimEnd().slice(0, -1), `,"snapshot":${JSON.stringify(row)}}`];
}
