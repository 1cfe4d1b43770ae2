import { AppError, invalid } from '../../core/errors.ts';
import type { holds } from '../../contracts/http/holds.ts';
import { findGroup } from '../../stores/collection-groups.ts';
import type { Principal } from '../auth.ts';
import { deleteHold, findHold, insertHold, liftPauses, listHolds } from '../../stores/holds.ts';
import type { ApiDeps } from '../deps.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

async function groupOf({ database }: ApiDeps, principal: Principal, reference: string) {
  const group = await findGroup(database, principal, reference);
  if (group === null) throw notFound('collection group', reference);
  return group;
}

/** @throws AppError `forbidden` */
function requireSystem({ role, groups }: Principal, detail: string): void {
  if (role !== 'admin' || groups !== null) throw new AppError('forbidden', detail);
}

const now = { starts_at: null, ends_at: null };

export const holdHandlers: Handlers<typeof holds> = {
  async listHolds({ deps, principal, query }) {
    return { status: 200, body: { items: await listHolds(deps.database, principal, query.all) } };
  },
  async createHold({ deps, body, principal, audit }) {
    const { group, starts_at = null, ends_at = null, ...rest } = body;
    if (ends_at !== null && Date.parse(ends_at) <= Math.max(Date.now(), starts_at === null ? 0 : Date.parse(starts_at)))
      throw invalid('/ends_at', 'must be after its beginning and in the future');
    const group_id = group === undefined ? null : (await groupOf(deps, principal, group)).id;
    if (group_id === null) requireSystem(principal, 'Only an admin of all devices may hold the whole system.');
    const hold = await insertHold(deps.database, { ...rest, group_id, starts_at, ends_at, created_by: principal.name });
    audit.detail = { id: hold.id, kind: hold.kind, group_id };
    return { status: 201, body: hold };
  },
  async deleteHold({ deps, params, principal, audit }) {
    const found = await findHold(deps.database, principal, params.id);
    if (found === null) throw notFound('hold', params.id);
    if (found.group_id === null) requireSystem(principal, 'Only an admin of all devices may lift it from the whole system.');
    await deleteHold(deps.database, found.id);
    audit.detail = { id: found.id, kind: found.kind, group_id: found.group_id };
    return { status: 204 };
  },
  async pauseCollectionGroup({ deps, params, body, principal, audit }) {
    const group = await groupOf(deps, principal, params.id);
    const reason = body?.reason ?? 'paused by hand';
    audit.detail = { group_id: group.id, group: group.name };
    return {
      status: 202,
      body: await insertHold(deps.database, { kind: 'pause', group_id: group.id, reason, ...now, created_by: principal.name }),
    };
  },
  async resumeCollectionGroup({ deps, principal, params, audit }) {
    const group = await groupOf(deps, principal, params.id);
    audit.detail = { group_id: group.id, group: group.name };
    if ((await liftPauses(deps.database, group.id)) === 0)
      throw new AppError('conflict', `The group ${group.name} is not paused.`);
    return { status: 202, body: { message: 'Devices that waited are logged in to within half a minute.' } };
  },
  async pauseSystem({ deps, body, principal }) {
    const reason = body?.reason ?? 'paused by hand';
    return {
      status: 202,
      body: await insertHold(deps.database, { kind: 'pause', group_id: null, reason, ...now, created_by: principal.name }),
    };
  },
  async resumeSystem({ deps }) {
    if ((await liftPauses(deps.database, null)) === 0) throw new AppError('conflict', 'The system is not paused.');
    return { status: 202, body: { message: 'Devices that waited are logged in to within half a minute.' } };
  },
};
