import type { topology } from '../../contracts/http/topology.ts';
import { listSnapshots } from '../../stores/snapshots.ts';
import { diffGraphs } from '../../topology/diff.ts';
import { exportGraph, EXPORTS } from '../../topology/export.ts';
import { findPath } from '../../topology/path.ts';
import { statistics } from '../../topology/statistics.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';
import { findSnapshot, graphJson, graphOf, newestSnapshot } from '../snapshot-graph.ts';

const JSON_MEDIA = 'application/json; charset=utf-8';

export const topologyHandlers: Handlers<typeof topology> = {
  async getTopology({ deps, principal }) {
    return { status: 200, chunks: graphJson(await findSnapshot(deps.database, principal, undefined)), media: JSON_MEDIA };
  },
  async listSnapshots({ deps, principal, query: { limit, cursor } }) {
    const before = decodeCursor(CURSORS.newest, cursor);
    const last = before === null ? null : { created_at: before[0], id: before[1] };
    const rows = await listSnapshots(deps.database, principal, last, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.created_at, row.id]) };
  },
  async getSnapshot({ deps, principal, params }) {
    return { status: 200, chunks: graphJson(await findSnapshot(deps.database, principal, params.id)), media: JSON_MEDIA };
  },
  async diffTopology({ deps, principal, query }) {
    const to = await findSnapshot(deps.database, principal, query.to);
    const from =
      query.from === undefined
        ? await newestSnapshot(deps.database, principal, 1)
        : await findSnapshot(deps.database, principal, query.from);
    if (to === null || from === null) throw notFound('snapshot', 'to compare with: a difference takes two discoveries');
    const [{ graph: _before, ...older }, { graph: _after, ...newer }] = [from, to];
    return { status: 200, body: { from: older, to: newer, ...diffGraphs(graphOf(from), graphOf(to)) } };
  },
  async findTopologyPath({ deps, principal, query: { from, to, snapshot, ...options } }) {
    const graph = graphOf(await findSnapshot(deps.database, principal, snapshot));
    return { status: 200, body: findPath(graph, from, to, options) };
  },
  async topologyStatistics({ deps, principal, query }) {
    return { status: 200, body: statistics(graphOf(await findSnapshot(deps.database, principal, query.snapshot))) };
  },
  async exportTopology({ deps, principal, query: { format, snapshot } }) {
    const found = await findSnapshot(deps.database, principal, snapshot);
    const { content_type: media, extension } = EXPORTS[format];
    const headers = { 'Content-Disposition': `attachment; filename="topology.${extension}"` };
    return { status: 200, chunks: [exportGraph(graphOf(found), format)], media, headers };
  },
};
