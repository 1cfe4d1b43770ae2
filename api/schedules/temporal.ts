import {
  isGrpcServiceError,
  ScheduleNotFoundError,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client';
import { invalid } from '../../core/errors.ts';
import { keyword, summaryOf, turnOf } from '../../core/job-start.ts';
import { JOBS_QUEUE } from '../../core/queues.ts';
import {
  OVERLAPS,
  SCHEDULE_WORKFLOW,
  temporalScheduleId,
  type Overlap,
  type ScheduleInput,
  type Timing,
} from '../../core/schedules.ts';
import type { ScheduleRow } from '../../stores/schedules.ts';
import type { LaunchDeps } from '../launch.ts';
import { toTemporal } from './timing.ts';

/** What a schedule knows is asked of the workflow behind it, which on a busy server may answer only after its sticky timeout of 5 s. */
const DEADLINE_MS = 12_000;

type Deps = Pick<LaunchDeps, 'temporal'>;

/** How a schedule behaves, besides its times; what is not told stays as it is. */
export interface Behaviour {
  overlap?: Overlap | undefined;
  /** Seconds. */
  catch_up?: number | undefined;
  pause_on_failure?: boolean | undefined;
  paused?: boolean | undefined;
  note?: string | undefined;
}

const POLICIES = {
  skip: 'SKIP',
  buffer_one: 'BUFFER_ONE',
  buffer_all: 'BUFFER_ALL',
  cancel_other: 'CANCEL_OTHER',
  terminate_other: 'TERMINATE_OTHER',
  allow_all: 'ALLOW_ALL',
} as const satisfies Record<Overlap, string>;
export type OverlapPolicy = (typeof POLICIES)[Overlap];

export const toPolicy = (overlap: Overlap): OverlapPolicy => POLICIES[overlap];
export function fromPolicy(policy: string | undefined): Overlap {
  return OVERLAPS.find((name) => POLICIES[name] === policy) ?? 'skip';
}

/**
 * Calls Temporal about a schedule. `null` where it knows no such schedule.
 * @throws AppError `validation_failed` for a spec that Temporal refuses; whatever it throws when it is away
 */
export async function callTemporal<T>(deps: Deps, call: () => Promise<T>): Promise<T | null> {
  try {
    return await deps.temporal.connection.withDeadline(Date.now() + DEADLINE_MS, call);
  } catch (error) {
    if (error instanceof ScheduleNotFoundError || isUnknown(error)) return null;
    // The SDK's way to tell INVALID_ARGUMENT.
    if (error instanceof TypeError)
      throw invalid(/time ?zone/i.test(error.message) ? '/spec/time_zone' : '/spec', `is refused by Temporal: ${error.message}`);
    throw error;
  }
}

/** How a call that the SDK does not wrap tells NOT_FOUND. */
function isUnknown(error: unknown): boolean {
  const code: number = isGrpcServiceError(error) ? error.code : 0;
  return code === 5;
}

export function handleOf(deps: Deps, scheduleId: string): ScheduleHandle {
  return deps.temporal.schedule.getHandle(temporalScheduleId(scheduleId));
}

export const describeSchedule = (deps: Deps, scheduleId: string): Promise<ScheduleDescription | null> =>
  callTemporal(deps, () => handleOf(deps, scheduleId).describe());

/** What Temporal starts; the job itself is chosen when it is due. */
function actionOf(row: ScheduleRow): ScheduleOptions['action'] {
  const args: [ScheduleInput] = [{ schedule_id: row.id }];
  const action = {
    type: 'startWorkflow' as const,
    workflowType: SCHEDULE_WORKFLOW,
    workflowId: temporalScheduleId(row.id),
    taskQueue: JOBS_QUEUE,
    args,
    typedSearchAttributes: [keyword('CairnOwner', row.owner)],
    staticSummary: summaryOf(`schedule ${row.name}: ${row.type}`),
    // Sent by the SDK, but missing in its type (1.24).
    priority: turnOf(row),
  };
  return action;
}

export async function createTemporalSchedule(
  deps: Deps,
  row: ScheduleRow,
  timing: Timing,
  { overlap = 'skip', catch_up = 0, pause_on_failure = false, paused = false, note }: Behaviour,
): Promise<void> {
  await callTemporal(deps, () =>
    deps.temporal.schedule.create({
      scheduleId: temporalScheduleId(row.id),
      spec: toTemporal(timing),
      action: actionOf(row),
      policies: { overlap: toPolicy(overlap), catchupWindow: catch_up * 1000, pauseOnFailure: pause_on_failure },
      state: { paused, ...(note === undefined ? {} : { note }) },
    }),
  );
}

/** False where Temporal has no such schedule. */
export async function updateTemporalSchedule(
  deps: Deps,
  row: ScheduleRow,
  timing: Timing | undefined,
  to: Behaviour,
): Promise<boolean> {
  const done = await callTemporal(deps, async () => {
    await handleOf(deps, row.id).update((was) => ({
      spec: timing === undefined ? was.spec : toTemporal(timing),
      action: actionOf(row),
      policies: {
        overlap: to.overlap === undefined ? was.policies.overlap : toPolicy(to.overlap),
        catchupWindow: to.catch_up === undefined ? was.policies.catchupWindow : to.catch_up * 1000,
        pauseOnFailure: to.pause_on_failure ?? was.policies.pauseOnFailure,
      },
      state: { ...was.state, paused: to.paused ?? was.state.paused, ...(to.note === undefined ? {} : { note: to.note }) },
    }));
    return true;
  });
  return done === true;
}
