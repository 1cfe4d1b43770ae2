import type { collectionGroups } from '../../contracts/http/collection-groups.ts';
import { changeGroup, deleteGroup, findGroup, insertGroup, listGroups, type GroupRow } from '../../stores/collection-groups.ts';
import { collectorQueue } from '../../core/queues.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';
import { adviceFor } from '../queues.ts';

/** A group with who serves it. */
async function withState(deps: ApiDeps, group: GroupRow) {
  const queue = collectorQueue(group.queue_id);
  const { state, workers } = await deps.queues.view(queue);
  return { ...group, state, workers, advice: state === 'no_worker' ? adviceFor(queue) : null };
}

export const collectionGroupHandlers: Handlers<typeof collectionGroups> = {
  async listCollectionGroups({ deps, principal, query: { limit, cursor } }) {
    const rows = await listGroups(deps.database, principal, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    const { items, next_cursor } = pageOf(rows, limit, (row) => [row.name]);
    return { status: 200, body: { items: await Promise.all(items.map((row) => withState(deps, row))), next_cursor } };
  },
  async createCollectionGroup({ deps, body, audit }) {
    const group = await insertGroup(deps.database, body);
    audit.detail = { id: group.id, name: group.name };
    return { status: 201, body: await withState(deps, group), headers: { Location: `/api/collection-groups/${group.id}` } };
  },
  async getCollectionGroup({ deps, principal, params }) {
    const group = await findGroup(deps.database, principal, params.id);
    if (group === null) throw notFound('collection group', params.id);
    return { status: 200, body: await withState(deps, group) };
  },
  async replaceCollectionGroup({ deps, principal, params, body, audit }) {
    const group = await changeGroup(deps.database, principal, params.id, body);
    if (group === null) throw notFound('collection group', params.id);
    audit.detail = { id: group.id, name: group.name };
    return { status: 200, body: await withState(deps, group) };
  },
  async updateCollectionGroup({ deps, principal, params, body, audit }) {
    const group = await changeGroup(deps.database, principal, params.id, body);
    if (group === null) throw notFound('collection group', params.id);
    audit.detail = { id: group.id, name: group.name, fields: Object.keys(body) };
    return { status: 200, body: await withState(deps, group) };
  },
  async deleteCollectionGroup({ deps, params }) {
    if (!(await deleteGroup(deps.database, params.id))) throw notFound('collection group', params.id);
    return { status: 204 };
  },
};
