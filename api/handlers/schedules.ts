import type { schedules } from '../../contracts/http/schedules.ts';
import { findSchedule, listSchedules, type ScheduleRow } from '../../stores/schedules.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Principal } from '../auth.ts';
import type { ApiDeps } from '../deps.ts';
import type { Handlers } from '../endpoint.ts';
import { requireJobRole } from '../job-role.ts';
import { notFound } from '../problems.ts';
import { previewTimes } from '../schedules/preview.ts';
import { backfill, pause, trigger, unpause } from '../schedules/control.ts';
import { viewSchedule, viewSchedules } from '../schedules/view.ts';
import { createSchedule, removeSchedule, updateSchedule } from '../schedules/write.ts';

async function scheduleOf(deps: ApiDeps, principal: Principal, reference: string): Promise<ScheduleRow> {
  const row = await findSchedule(deps.database, principal, reference);
  if (row === null) throw notFound('schedule', reference);
  return row;
}

/** The same for whoever changes it: what a schedule starts, only those may steer who may start it. */
async function ownOf(deps: ApiDeps, reference: string, principal: Principal): Promise<ScheduleRow> {
  const row = await scheduleOf(deps, principal, reference);
  requireJobRole(principal, row.type);
  return row;
}

const named = ({ id, name }: ScheduleRow) => ({ id, name });

export const scheduleHandlers: Handlers<typeof schedules> = {
  async listSchedules({ deps, principal, query: { limit, cursor } }) {
    const rows = await listSchedules(deps.database, principal, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    const { items, next_cursor } = pageOf(rows, limit, (row) => [row.name]);
    return { status: 200, body: { items: await viewSchedules(deps, items), next_cursor } };
  },
  async createSchedule({ deps, body, principal, audit }) {
    requireJobRole(principal, body.type);
    const row = await createSchedule(deps, principal, body);
    audit.detail = { ...named(row), type: row.type };
    return { status: 201, body: await viewSchedule(deps, row), headers: { Location: `/api/schedules/${row.id}` } };
  },
  async getSchedule({ deps, principal, params }) {
    return { status: 200, body: await viewSchedule(deps, await scheduleOf(deps, principal, params.id)) };
  },
  async updateSchedule({ deps, params, body, principal, audit }) {
    const row = await updateSchedule(deps, principal, await ownOf(deps, params.id, principal), body);
    audit.detail = { ...named(row), fields: Object.keys(body) };
    return { status: 200, body: await viewSchedule(deps, row) };
  },
  async deleteSchedule({ deps, params, principal, audit }) {
    const row = await ownOf(deps, params.id, principal);
    audit.detail = named(row);
    await removeSchedule(deps, row);
    return { status: 204 };
  },
  async pauseSchedule({ deps, params, body, principal, audit }) {
    const row = await ownOf(deps, params.id, principal);
    audit.detail = named(row);
    await pause(deps, row, body?.note ?? `paused by ${principal.name}`);
    return { status: 200, body: await viewSchedule(deps, row) };
  },
  async unpauseSchedule({ deps, params, body, principal, audit }) {
    const row = await ownOf(deps, params.id, principal);
    audit.detail = named(row);
    await unpause(deps, row, body?.note ?? `unpaused by ${principal.name}`);
    return { status: 200, body: await viewSchedule(deps, row) };
  },
  async triggerSchedule({ deps, params, body, principal, audit }) {
    const row = await ownOf(deps, params.id, principal);
    audit.detail = named(row);
    await trigger(deps, row, body?.overlap);
    return { status: 202, body: await viewSchedule(deps, row) };
  },
  async backfillSchedule({ deps, params, body, principal, audit }) {
    const row = await ownOf(deps, params.id, principal);
    audit.detail = { ...named(row), start: body.start, end: body.end };
    const runs = await backfill(deps, row, body);
    audit.detail = { ...audit.detail, runs };
    return { status: 202, body: await viewSchedule(deps, row) };
  },
  async previewSchedule({ deps, body, audit }) {
    audit.skip = true;
    return { status: 200, body: await previewTimes(deps, body.spec, body.count) };
  },
};
