import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import type { JobEngine } from '../../core/job-engine.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { readJobState, recordRun } from '../../stores/job-state.ts';
import { launchJob, type LaunchRequest } from '../../stores/steer/launch-job.ts';
import { reprioritise } from '../../stores/steer/prioritise-job.ts';
import { createTestDatabase } from '../support/database.ts';

let test: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
const warnings: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
});
afterAll(async () => {
  await database?.close();
  await test?.drop();
});

/** Temporal that is away for some calls and there for others: the real one cannot be made to. */
const deps = (engine: Partial<JobEngine>) => ({
  database,
  log: { warn: (_about: object, message: string) => void warnings.push(message) },
  engine: {
    start: async () => uuidv7(),
    signal: async () => true,
    cancel: async () => true,
    setTurn: async () => undefined,
    ...engine,
  },
});
const away = (): Promise<never> => Promise.reject(new AppError('temporal_unavailable', 'Temporal does not answer.'));
const request = (origin: string | null): LaunchRequest => ({
  type: 'fleet.collect',
  owner: 'anna',
  priority: 5,
  devices: [],
  origin,
  params: {
    kinds: ['configuration'],
    cache_results: false,
    snapshot: false,
    device_time_limit: 120,
    command_time_limit: 10,
    job_time_limit: 1800,
    lock_wait: 60,
  },
});

async function running(): Promise<string> {
  const { job_id } = await launchJob(deps({}), request(null));
  await recordRun(database, job_id, uuidv7());
  return job_id;
}
const priorityOf = async (id: string): Promise<number | undefined> => (await readJobState(database, id))?.priority;

it('an origin that started a job gives that job, as it is now', async () => {
  const origin = `key ${uuidv7()}`;
  const first = await launchJob(deps({}), request(origin));
  expect(first.status).toBe('pending');
  await database.sql`update jobs set status = 'completed' where id = ${first.job_id}`;
  expect(await launchJob(deps({}), request(origin))).toEqual({ job_id: first.job_id, status: 'completed' });
});

it('a priority that the job has not heard of is taken back', async () => {
  const job = await running();
  await expect(reprioritise(deps({ signal: away }), job, 9, 'anna')).rejects.toMatchObject({ code: 'temporal_unavailable' });
  expect(await priorityOf(job)).toBe(5);
});

it('one that it has heard of stays, also where its workflow tasks keep their turn, and that is told', async () => {
  const job = await running();
  warnings.length = 0;
  await reprioritise(deps({ setTurn: away }), job, 9, 'anna');
  expect(await priorityOf(job)).toBe(9);
  expect(warnings).toEqual(['the workflow tasks of a job keep their turn']);
});
