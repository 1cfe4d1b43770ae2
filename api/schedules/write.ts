import { AppError, validationError } from '../../core/errors.ts';
import { DEFAULT_CATCH_UP } from '../../core/schedules.ts';
import { TASKS } from '../../contracts/tasks.ts';
import type { NewSchedule, SchedulePatch } from '../../contracts/schedule.ts';
import type { JobRequest } from '../../core/job-request.ts';
import type { JobType } from '../../core/jobs.ts';
import { resolveJob } from '../../stores/resolve-job.ts';
import {
  changeSchedule,
  deleteSchedule,
  insertSchedule,
  newScheduleId,
  scopeOf,
  withSchedule,
  type ScheduleRow,
} from '../../stores/schedules.ts';
import type { Scope } from '../../stores/scope.ts';
import type { ApiDeps } from '../deps.ts';
import { fieldErrors, notFound } from '../problems.ts';
import { requireTimes } from './preview.ts';
import { callTemporal, createTemporalSchedule, handleOf, updateTemporalSchedule } from './temporal.ts';

/** Whom the parameters mean must be there now, so that a wrong name is told at once and not at night. */
async function requireDevices(deps: ApiDeps, scope: Scope, type: JobType, params: JobRequest): Promise<void> {
  await resolveJob(deps.database, scope, type, params, { limit: deps.maxDevicesPerRequest, at: '/params', probe: true });
}

/**
 * Stores the plan and sets up its Temporal schedule, or neither. Its runs never choose devices that are not in scope now.
 * @throws AppError `validation_failed`, `conflict` for a name that is taken; what Temporal throws when it is away
 */
export async function createSchedule(deps: ApiDeps, scope: Scope, body: NewSchedule): Promise<ScheduleRow> {
  const { name, type, params, priority, spec, ...behaviour } = body;
  await requireDevices(deps, scope, type, params);
  await requireTimes(deps, spec);
  const id = newScheduleId();
  return withSchedule(deps.database, id, async (tx) => {
    const row = await insertSchedule(tx, id, { name, type, params, priority, owner: scope.name, groups: scope.groups });
    await createTemporalSchedule(deps, row, spec, behaviour);
    return row;
  });
}

/**
 * Changes the plan, its Temporal schedule or both, or nothing. A new `spec` also sets up again what Temporal no longer has.
 * @throws AppError as above; `conflict` where Temporal has no schedule that could be changed
 */
export async function updateSchedule(deps: ApiDeps, scope: Scope, was: ScheduleRow, patch: SchedulePatch): Promise<ScheduleRow> {
  // Whoever sees all changes what another one may see as little as that one himself does.
  const within = scope.name === was.owner ? scope : scopeOf(was);
  const { name, params: told, priority, spec, ...behaviour } = patch;
  const params = told === undefined ? undefined : paramsOf(was.type, told);
  if (params !== undefined) await requireDevices(deps, within, was.type, params);
  if (spec !== undefined) await requireTimes(deps, spec);
  return withSchedule(deps.database, was.id, async (tx) => {
    const row = await changeSchedule(tx, was.id, { name, params, priority }, within.groups);
    if (row === null) throw notFound('schedule', was.id);
    const inTemporal = { name, priority, spec, ...behaviour };
    if (Object.values(inTemporal).every((value) => value === undefined)) return row;
    if (await updateTemporalSchedule(deps, row, spec, behaviour)) return row;
    const { catch_up = DEFAULT_CATCH_UP, ...rest } = behaviour;
    if (spec !== undefined) await createTemporalSchedule(deps, row, spec, { catch_up, ...rest });
    else if (Object.values(behaviour).some((value) => value !== undefined)) throw missing(row);
    return row;
  });
}

/** Removes both; what Temporal no longer has is no error. */
export async function removeSchedule(deps: ApiDeps, row: ScheduleRow): Promise<void> {
  await withSchedule(deps.database, row.id, async (tx) => {
    if (!(await deleteSchedule(tx, row.id))) throw notFound('schedule', row.id);
    await callTemporal(deps, () => handleOf(deps, row.id).delete());
  });
}

export function missing(row: ScheduleRow): AppError {
  return new AppError(
    'conflict',
    `Temporal has no schedule for ${row.name}: send spec (PATCH) to set it up again, or delete it.`,
  );
}

function paramsOf(type: JobType, told: Record<string, unknown>): JobRequest {
  const parsed = TASKS[type].params.safeParse(told, { reportInput: true });
  if (parsed.success) return parsed.data;
  const errors = fieldErrors('body', parsed.error.issues);
  throw validationError(errors.map(({ pointer, detail }) => ({ pointer: `/params${pointer}`, detail })));
}
