import type { Graph } from '../topology/model.ts';
import { withMetadata } from '../topology/graph.ts';
import { graphOfSome } from '../topology/some-devices.ts';
import type { StoredClaim } from '../topology/stored-claims.ts';
import type { Database } from '../stores/database.ts';
import type { Scope } from '../stores/scope.ts';
import { devicesInScope, readNewestSnapshot, readSnapshot, type Snapshot, type SnapshotRow } from '../stores/snapshots.ts';
import { notFound } from './problems.ts';

type Has = Pick<Database, 'sql'>;

/** A snapshot as the caller may see it; `graph` is JSON text. */
export type SeenSnapshot = SnapshotRow & { graph: string };

/** A snapshot by id, or the newest; null where no discovery has finished yet. */
export async function findSnapshot(database: Has, scope: Scope, id: string | undefined): Promise<SeenSnapshot | null> {
  if (id === undefined) return newestSnapshot(database, scope, 0);
  const snapshot = await readSnapshot(database, scope, id);
  if (snapshot === null) throw notFound('snapshot', id);
  return seen(database, scope, snapshot);
}

/** The newest snapshot, or the one before it (`skip` 1); null if there is none. */
export async function newestSnapshot(database: Has, scope: Scope, skip: 0 | 1): Promise<SeenSnapshot | null> {
  const snapshot = await readNewestSnapshot(database, scope, skip);
  return snapshot === null ? null : seen(database, scope, snapshot);
}

async function seen(database: Has, scope: Scope, { claims: text, ...snapshot }: Snapshot): Promise<SeenSnapshot> {
  if (scope.groups === null) return snapshot;
  const claims: StoredClaim[] = JSON.parse(text ?? '[]');
  const graph = graphOfSome({ graph: graphOf(snapshot), claims }, await devicesInScope(database, scope));
  return { ...snapshot, nodes: graph.nodes.length, links: graph.links.length, graph: JSON.stringify(graph) };
}

/** The graph of a snapshot; without one a graph of nothing. */
export function graphOf(snapshot: SeenSnapshot | null): Graph {
  if (snapshot === null) return withMetadata([], []);
  const graph: Graph = JSON.parse(snapshot.graph);
  return graph;
}

/** The JSON text of a graph with the snapshot it is; the graph passes through unparsed. */
export function graphJson(snapshot: SeenSnapshot | null): string[] {
  if (snapshot === null) return [JSON.stringify({ ...graphOf(null), snapshot: null })];
  const { graph, ...row } = snapshot;
  return [graph.trimEnd().slice(0, -1), `,"snapshot":${JSON.stringify(row)}}`];
}
