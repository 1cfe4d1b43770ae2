import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { MAX_BATCH_SIZE } from '../../core/batches.ts';
import { PROGRESS_QUERY, type JobProgress } from '../../core/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { opened } from '../support/opened.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';

/** Events after which Temporal says that a history is long; 4,096 on a usual server. */
const LONG = 60;
const DEVICES = 24;
/** More batches than are in flight at once. */
const MANY = 102 * MAX_BATCH_SIZE;

let servers: OwnServers;
let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;

beforeAll(async () => {
  servers = await startOwnServers({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': LONG } });
  [cluster, simulator] = await Promise.all([
    startCluster(servers),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.50.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  await cluster.startWorker({ CAIRN_MAX_SESSIONS: '6' });
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await servers?.stop();
});

beforeEach(() => {
  simulator.reset();
  simulator.setLatency(100);
});

const handle = (job: string) => cluster.deps.temporal.workflow.getHandle(job);
const runId = async (job: string): Promise<string> => (await handle(job).describe()).runId;
const phase = async (job: string): Promise<string> => (await handle(job).query<JobProgress>(PROGRESS_QUERY)).phase;
const statusOf = async (job: string): Promise<string> => (await cluster.job(job)).status;

/** What the run that is there now was given by the one before. */
async function given(job: string): Promise<{ job_id: string; carried?: { paused: boolean; paused_ms: number } }> {
  const { events } = await handle(job).fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const { data } = (await opened(cluster.deps.temporal, payload)) as { data: Uint8Array };
  return JSON.parse(Buffer.from(data).toString('utf8'));
}

describe('a job whose history gets too long goes on in a new run', () => {
  it('with what is left: every device once, the right end', async () => {
    // Devices that were deleted since: batches without sessions.
    const devices = Array.from({ length: MANY }, (_, index) => ({ id: uuidv7(), name: `gone${index}`, queue_id: null }));
    const job = await cluster.discover(new Map(), { snapshot: false }, { devices });
    const first = await runId(job);
    expect(await cluster.wait(job)).toBe('failed');
    expect(await runId(job)).not.toBe(first);
    expect(await given(job)).toMatchObject({ job_id: job, carried: { paused: false } });
    expect(await cluster.job(job)).toMatchObject({ message: `0 of ${MANY} device(s) completed, ${MANY} failed, 0 cancelled` });
    const [said] = await cluster.database.sql<{ lines: number; devices: number }[]>`
      select count(*)::int as lines, count(distinct device_id)::int as devices from job_log where job_id = ${job} and event = 'device'`;
    expect(said).toEqual({ lines: MANY, devices: MANY });
    await until('the run is closed', async () => (await handle(job).describe()).status.name === 'COMPLETED');
  });

  it('paused, where it was paused', async () => {
    const job = await cluster.discover(ids, { snapshot: false });
    const first = await runId(job);
    await until('it has begun', () => simulator.counters().totals.logins > 0);
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('another run is paused', async () => (await runId(job)) !== first && (await phase(job)) === 'paused');
    expect(await statusOf(job)).toBe('paused');
    const carried = await given(job);
    expect(carried).toMatchObject({ job_id: job, carried: { paused: true } });
    expect(carried.carried!.paused_ms).toBeGreaterThan(0);
    expect(simulator.counters().totals.open_sessions).toBe(0);
    const { commands } = simulator.counters().totals;
    await expect(controlJob(cluster.deps, job, 'pause', 'tester')).rejects.toMatchObject({ code: 'conflict' });
    expect(simulator.counters().totals.commands).toBe(commands);
    await controlJob(cluster.deps, job, 'resume', 'tester');
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({
      partial: false,
      message: `${DEVICES} of ${DEVICES} device(s) completed, 0 failed, 0 cancelled`,
    });
    expect(simulator.counters().totals.overlapping_sessions).toBe(0);
  });

  it('running, where it was resumed while the old run still drained', async () => {
    simulator.setLatency(400);
    const job = await cluster.discover(ids, { snapshot: false });
    await until('sessions are open', () => simulator.counters().totals.open_sessions === 6);
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('the workflow knows', async () => (await phase(job)) === 'pausing');
    await controlJob(cluster.deps, job, 'resume', 'tester');
    simulator.setLatency(20);
    // Whether the old run still ends it depends on how full its history was; either way nothing is lost.
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({
      message: `${DEVICES} of ${DEVICES} device(s) completed, 0 failed, 0 cancelled`,
    });
  });

  it('cancelled, where it is cancelled in a later run', async () => {
    const job = await cluster.discover(ids, { snapshot: false });
    const first = await runId(job);
    await until('it has begun', () => simulator.counters().totals.logins > 0);
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('another run is there', async () => (await runId(job)) !== first);
    await controlJob(cluster.deps, job, 'cancel', 'tester');
    expect(await cluster.wait(job)).toBe('cancelled');
    expect(await cluster.locks()).toBe(0);
  });
});
