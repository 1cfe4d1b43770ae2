import type { collectionGroups } from '../../contracts/http/collection-groups.ts';
import { changeGroup, deleteGroup, findGroup, insertGroup, listGroups } from '../../stores/collection-groups.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

export const collectionGroupHandlers: Handlers<typeof collectionGroups> = {
  async listCollectionGroups({ deps, query: { limit, cursor } }) {
    const rows = await listGroups(deps.database, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return {
      status: 200,
      body: pageOf(
        rows,
        limit,
        (row) => [row.name],
        (row) => row,
      ),
    };
  },
  async createCollectionGroup({ deps, body, audit }) {
    const group = await insertGroup(deps.database, body);
    audit.detail = { id: group.id, name: group.name };
    return { status: 201, body: group, headers: { Location: `/api/collection-groups/${group.id}` } };
  },
  async getCollectionGroup({ deps, params }) {
    const group = await findGroup(deps.database, params.id);
    if (group === null) throw notFound('collection group', params.id);
    return { status: 200, body: group };
  },
  async replaceCollectionGroup({ deps, params, body, audit }) {
    const group = await changeGroup(deps.database, params.id, body);
    if (group === null) throw notFound('collection group', params.id);
    audit.detail = { id: group.id, name: group.name };
    return { status: 200, body: group };
  },
  async updateCollectionGroup({ deps, params, body, audit }) {
    const group = await changeGroup(deps.database, params.id, body);
    if (group === null) throw notFound('collection group', params.id);
    audit.detail = { id: group.id, name: group.name, fields: Object.keys(body) };
    return { status: 200, body: group };
  },
  async deleteCollectionGroup({ deps, params }) {
    if (!(await deleteGroup(deps.database, params.id))) throw notFound('collection group', params.id);
    return { status: 204 };
  },
};
