import type { topology } from '../../contracts/http/topology.ts';
import { listSnapshots, readNewestSnapshot } from '../../stores/snapshots.ts';
import { diffGraphs } from '../../topology/diff.ts';
import { exportGraph, EXPORTS } from '../../topology/export.ts';
import { findPath } from '../../topology/path.ts';
import { statistics } from '../../topology/statistics.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';
import { findSnapshot, graphJson, graphOf } from '../snapshot-graph.ts';

const JSON_MEDIA = 'application/json; charset=utf-8';

export const topologyHandlers: Handlers<typeof topology> = {
  async getTopology({ deps }) {
    return { status: 200, chunks: graphJson(await findSnapshot(deps.database, undefined)), media: JSON_MEDIA };
  },
  async listSnapshots({ deps, query: { limit, cursor } }) {
    const before = decodeCursor(CURSORS.newest, cursor);
    const last = before === null ? null : { created_at: before[0], id: before[1] };
    const rows = await listSnapshots(deps.database, last, limit + 1);
    return {
      status: 200,
      body: pageOf(
        rows,
        limit,
        (row) => [row.created_at, row.id],
        (row) => row,
      ),
    };
  },
  async getSnapshot({ deps, params }) {
    return { status: 200, chunks: graphJson(await findSnapshot(deps.database, params.id)), media: JSON_MEDIA };
  },
  async diffTopology({ deps, query }) {
    const to = await findSnapshot(deps.database, query.to);
    const from =
      query.from === undefined ? await readNewestSnapshot(deps.database, 1) : await findSnapshot(deps.database, query.from);
    if (to === null || from === null) throw notFound('snapshot', 'to compare with: a difference takes two discoveries');
    const [{ graph: _before, ...older }, { graph: _after, ...newer }] = [from, to];
    return { status: 200, body: { from: older, to: newer, ...diffGraphs(graphOf(from), graphOf(to)) } };
  },
  async findTopologyPath({ deps, query: { from, to, snapshot, ...options } }) {
    const graph = graphOf(await findSnapshot(deps.database, snapshot));
    return { status: 200, body: findPath(graph, from, to, options) };
  },
  async topologyStatistics({ deps, query }) {
    return { status: 200, body: statistics(graphOf(await findSnapshot(deps.database, query.snapshot))) };
  },
  async exportTopology({ deps, query: { format, snapshot } }) {
    const found = await findSnapshot(deps.database, snapshot);
    const { content_type: media, extension } = EXPORTS[format];
    const headers = { 'Content-Disposition': `attachment; filename="topology.${extension}"` };
    return { status: 200, chunks: [exportGraph(graphOf(found), format)], media, headers };
  },
};
