import { AppError } from '../core/errors.ts';
import { JOB_STATUSES, JOB_TYPES, isTerminalJob } from '../core/jobs.ts';
import { COLLECTOR_QUEUE, collectorQueue, JOBS_QUEUE } from '../core/queues.ts';
import { temporalScheduleId } from '../core/schedules.ts';
import type { Stats } from '../contracts/http/stats.ts';
import { countJobs } from '../stores/job-counts.ts';
import { listJobs } from '../stores/job-views.ts';
import { groupQueues, heldByWorker } from '../stores/queue-waits.ts';
import { listSchedules } from '../stores/schedules.ts';
import { UNSCOPED, type Scope } from '../stores/scope.ts';
import type { ApiDeps } from './deps.ts';
import { jobJson } from './job-json.ts';
import { stateOf, type QueueDescription } from './queues.ts';
import { remember } from './remember.ts';
import { readStarts, workersOf } from './workers.ts';

const FRESH_MS = 2000;
const DEADLINE_MS = 2000;
const ACTIVE = 100;
const SCHEDULED = 200;
const OPEN = JOB_STATUSES.filter((status) => !isTerminalJob(status));

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'namespace' | 'temporalUi' | 'queues'>;

/**
 * Reads what goes on among what is in scope, for each scope at most every two seconds however often it is asked. Of the queues a
 * scope shows those of its groups and the one that all jobs share.
 * @throws AppError `temporal_unavailable` where Temporal has not told all of it after two seconds
 */
export function createStats(deps: Deps): (scope: Scope) => Promise<Stats> {
  const ask = remember(FRESH_MS, async () => askTemporal(deps, await groupQueues(deps.database, UNSCOPED, null)));
  const read = remember(FRESH_MS, (key) => readStats(deps, readKey(key), ask('')));
  return (scope) => read(keyOf(scope));
}

/** All who see everything see the same. */
const keyOf = ({ name, groups }: Scope): string => (groups === null ? '' : JSON.stringify({ name, groups }));
function readKey(key: string): Scope {
  if (key === '') return UNSCOPED;
  const scope: Scope = JSON.parse(key);
  return scope;
}

async function readStats(deps: Deps, scope: Scope, asked: ReturnType<typeof askTemporal>): Promise<Stats> {
  const { database } = deps;
  const [{ queues: all, starts, next }, jobs, counts, held, groups, schedules] = await Promise.all([
    asked,
    listJobs(database, scope, { status: OPEN }, null, ACTIVE),
    countJobs(database, scope),
    heldByWorker(database, scope),
    groupQueues(database, scope, null),
    listSchedules(database, scope, null, SCHEDULED),
  ]);
  const shown = new Set([JOBS_QUEUE, ...groups.map((group) => collectorQueue(group.queue_id))]);
  const queues = scope.groups === null ? all : all.filter(({ queue }) => shown.has(queue));
  const backlog = await Promise.all(
    queues.map(async (found) => {
      const group = groups.find(({ queue_id }) => collectorQueue(queue_id) === found.queue)?.name ?? null;
      return { ...found, pollers: found.pollers.length, group, state: await stateOf(deps, found) };
    }),
  );
  const scheduled = schedules.map(({ id, name, type }) => {
    const known = next.get(temporalScheduleId(id));
    return { schedule_id: id, name, type, paused: known?.paused ?? false, next_run_at: known?.at ?? null };
  });
  return {
    at: new Date().toISOString(),
    workers: workersOf(queues, starts, held),
    active: jobs.map((job) => jobJson(deps, job)),
    active_jobs: OPEN.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0),
    scheduled: scheduled.toSorted((a, b) => (a.next_run_at ?? '~').localeCompare(b.next_run_at ?? '~')),
    registered: [...JOB_TYPES],
    backlog,
  };
}

interface NextRun {
  paused: boolean;
  /** RFC 3339; null where none is due any more. */
  at: string | null;
}

async function askTemporal(deps: Deps, groups: { queue_id: string }[]) {
  const { temporal, namespace } = deps;
  const collectors = [COLLECTOR_QUEUE, ...groups.map((group) => collectorQueue(group.queue_id))];
  const ask = temporal.connection.withDeadline(Date.now() + DEADLINE_MS, async () => {
    const [starts, next, ...queues] = await Promise.all([
      readStarts(temporal, namespace),
      nextRuns(deps),
      deps.queues.describe(JOBS_QUEUE, 'workflow'),
      deps.queues.describe(JOBS_QUEUE, 'activity'),
      ...collectors.map((queue): Promise<QueueDescription> => deps.queues.describe(queue, 'activity')),
    ]);
    return { starts, next, queues };
  });
  // The deadline is that of one call; what is tried again would take longer.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('temporal_unavailable', 'Temporal does not answer; try again.')), DEADLINE_MS);
  });
  try {
    return await Promise.race([ask, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** When each schedule is due next, by the id of its Temporal schedule. */
async function nextRuns({ temporal }: Deps): Promise<Map<string, NextRun>> {
  const found = new Map<string, NextRun>();
  for await (const { scheduleId, state, info } of temporal.schedule.list({ pageSize: 500 })) {
    found.set(scheduleId, { paused: state.paused, at: info?.nextActionTimes[0]?.toISOString() ?? null });
    if (found.size >= 10 * SCHEDULED) break;
  }
  return found;
}
