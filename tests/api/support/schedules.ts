import type { Schedule } from '../../../contracts/schedule.ts';
import { temporalScheduleId } from '../../../core/schedules.ts';
import type { Answered, TestApi } from '../harness.ts';

export const NIGHTLY = {
  name: 'nightly',
  type: 'fleet.collect',
  params: { all: true },
  spec: { cron: '30 2 * * *', time_zone: 'Europe/Berlin' },
};

let n = 0;
/** A schedule like the nightly one, with a name of its own. */
export const unnamed = (more: object) => ({ ...NIGHTLY, name: `s${n++}`, ...more });

export const postSchedule = (api: TestApi, body: unknown, as: 'operator' | 'viewer' = 'operator'): Promise<Answered<Schedule>> =>
  api.send<Schedule>('POST', '/api/schedules', { body, as });

/** Schedules of Temporal that have no row in the database. */
export async function strangers(api: TestApi): Promise<string[]> {
  const rows = await api.database.sql<{ id: string }[]>`select id from schedules`;
  const ids = new Set(rows.map((row) => temporalScheduleId(row.id)));
  const known: string[] = [];
  for await (const { scheduleId } of api.deps.temporal.schedule.list()) known.push(scheduleId);
  return known.filter((id) => id.startsWith('cairn-schedule-') && !ids.has(id));
}
