import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import { JOBS_QUEUE } from '../../core/queues.ts';
import { loadSettings } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { findTemporalBinary } from '../../runtime/embedded/temporal-binary.ts';
import { createLogger } from '../../runtime/log.ts';
import { connectClient } from '../../runtime/temporal.ts';
import { connectWorker } from '../../runtime/temporal-worker.ts';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { createTestNamespace } from '../support/namespace.ts';
import { opened, textOf } from '../support/opened.ts';

const PLANTED = `planted${randomBytes(6).toString('hex')}`;

/** A text that is readable in bytes: as it is, or as JSON or base64 has it. */
const shows = (value: unknown, word: string): boolean => {
  const text = textOf(value);
  return [word, Buffer.from(word).toString('base64').slice(0, -4), Buffer.from(word).toString('hex')].some((form) =>
    text.includes(form),
  );
};

describe('what Temporal keeps of a job', () => {
  let cluster: Cluster;
  let simulator: Simulator;
  let oldKey: string;
  const newKey = randomBytes(32).toString('base64');

  beforeAll(async () => {
    [cluster, simulator] = await Promise.all([
      startCluster(),
      startSimulator({ devices: 4, platforms: ['cisco_ios'], host: '127.47.0.1' }),
    ]);
    oldKey = readFileSync(join(cluster.dataDir, 'secret.key'), 'utf8').trim();
  });
  afterAll(async () => {
    await cluster?.stop();
    await simulator?.stop();
  });

  const devices = (): Promise<Map<string, string>> => {
    const at = randomBytes(3).toString('hex');
    return cluster.addDevices(simulator.devices.map((device) => ({ ...device, name: `${PLANTED}-${at}-${device.name}` })));
  };

  it('shows no device, no parameter and no result; a paused job goes on with a new key, and then with it alone', async () => {
    const first = await cluster.startWorker();
    const ids = await devices();
    simulator.setLatency(300);
    const job = await cluster.discover(ids);
    await until('sessions are open', () => simulator.counters().totals.open_sessions > 0);
    await controlJob(cluster.deps, job, 'pause', 'test');
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused');
    await first.stop();
    simulator.setLatency(0);

    // The new key in its place, the old one for reading.
    const both = { CAIRN_SECRET_KEY: newKey, CAIRN_SECRET_KEY_PREVIOUS: oldKey };
    const [worker, api] = await Promise.all([cluster.startWorker(both), cluster.startApi(both)]);
    await api.client.call(jobs.resumeJob, { params: { id: job } });
    expect(await cluster.wait(job)).toBe('completed');
    expect((await cluster.devices(job)).map((row) => row.outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);

    const temporal = await connectClient(
      { address: cluster.env['TEMPORAL_ADDRESS']!, namespace: cluster.deps.namespace, ...PLAIN },
      undefined,
      createDataConverter({ keys: { current: decode(newKey), previous: [decode(oldKey)] } }),
    );
    const handle = temporal.workflow.getHandle(job);
    const raw = [await handle.fetchHistory(), (await handle.describe()).raw];
    const open = await opened(temporal, raw);
    expect([shows(raw, PLANTED), shows(open, PLANTED)]).toEqual([false, true]);
    // Ids, types and whose job it is are for searching.
    expect([shows(raw, job), shows(raw, 'discoverTopology')]).toEqual([true, true]);
    await temporal.connection.close();
    // The `temporal` CLI with the codec endpoint, and without it.
    const remote = ['--codec-endpoint', `${api.url}/api/codec`, '--codec-auth', `Bearer ${api.token}`];
    // As the summary of an activity, which it shows as base64 of JSON.
    const summary = Buffer.from(`"${PLANTED}`).toString('base64').slice(0, -4);
    expect([(await cli(job)).includes(summary), (await cli(job, remote)).includes(summary)]).toEqual([false, true]);

    // A schedule that the old key wrote, and a credential.
    const plan = {
      name: 'nightly',
      type: 'topology.discover' as const,
      params: { device_ids: [...ids.keys()] },
      spec: { cron: ['0 3 1 1 *'] },
    };
    const old = await cluster.startApi();
    await old.client.call(schedules.createSchedule, { body: plan });
    await old.stop();
    const rotated = await rotate(both);
    expect(rotated).toMatchObject({
      credentials: { resealed: expect.any(Number), unreadable: [] },
      webhooks: { resealed: 0, unreadable: [] },
    });
    expect(rotated.credentials.resealed).toBeGreaterThan(0);
    expect(rotated.schedules).toBeGreaterThan(0);
    expect((await rotate(both)).credentials).toEqual({ resealed: 0, unreadable: [] });

    // Without the old key.
    await Promise.all([worker.stop(), api.stop()]);
    const alone = { CAIRN_SECRET_KEY: newKey };
    const [lastWorker, last] = await Promise.all([cluster.startWorker(alone), cluster.startApi(alone)]);
    const { body } = await last.client.call(jobs.createJob, {
      body: { type: 'topology.discover', params: { device_ids: [...ids.keys()] } },
    });
    expect(await cluster.wait(body.job_id)).toBe('completed');
    expect((await cluster.devices(body.job_id)).map((row) => row.outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
    await last.client.call(schedules.triggerSchedule, { params: { id: 'nightly' }, body: {} });
    await until('the run of the schedule is over', async () => {
      const [row] = await cluster.database
        .sql`select status from jobs where schedule_id is not null and type = 'topology.discover'`;
      return row?.['status'] === 'completed';
    });
    await Promise.all([lastWorker.stop(), last.stop()]);
  }, 240_000);

  it('a worker with another key says so, and a right one takes over', async () => {
    const wrong = await cluster.startWorker({ CAIRN_SECRET_KEY: randomBytes(32).toString('base64'), CAIRN_GROUPS: 'nobody' });
    const job = await cluster.discover(await devices());
    await until('it says what is wrong', () =>
      wrong.log().includes('add the key it was encrypted with to CAIRN_SECRET_KEY_PREVIOUS'),
    );
    expect(wrong.log()).toContain('data in Temporal cannot be read');
    await wrong.stop();
    await cluster.startWorker({ CAIRN_SECRET_KEY: newKey, CAIRN_SECRET_KEY_PREVIOUS: oldKey });
    expect(await cluster.wait(job)).toBe('completed');
  }, 180_000);

  async function cli(job: string, more: string[] = []): Promise<string> {
    const { temporalBin, cacheDir } = loadSettings(process.env);
    const log = createLogger({ level: 'fatal', name: 'test' });
    const signal = new AbortController().signal;
    const { path } = await findTemporalBinary({ temporalBin, cacheDir, path: process.env.PATH ?? '', log, signal });
    const own = ['--address', cluster.env['TEMPORAL_ADDRESS']!, '--disable-config-file', '--disable-config-env'];
    const show = ['workflow', 'show', '-w', job, '-n', cluster.deps.namespace, '-o', 'json'];
    const { stdout } = await promisify(execFile)(path, [...show, ...own, ...more], { maxBuffer: 2 ** 26 });
    expect(stdout).toContain('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
    return stdout;
  }

  async function rotate(env: Record<string, string>): Promise<Rotated> {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/rotate-keys.ts'], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...cluster.env, ...env },
    });
    const report: Rotated = JSON.parse(stdout);
    return report;
  }
});

interface Rotated {
  credentials: { resealed: number; unreadable: string[] };
  schedules: number;
}

const PLAIN = { tls: undefined, apiKey: undefined, metadata: undefined };
const decode = (key: string): Buffer => Buffer.from(key, 'base64');

describe('what an activity says that fails', () => {
  it('is not readable: message, stack, details, heartbeat, and what the workflow makes of it', async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
    const dataConverter = createDataConverter({ keys: { current: randomBytes(32), previous: [] } });
    const namespace = await createTestNamespace(dataConverter);
    const connection = await connectWorker(namespace.target);
    const raws: unknown[] = [];
    const id = `fails-${Date.now()}`;
    const handle = namespace.client.workflow.getHandle(id);
    let calls = 0;
    const worker = await Worker.create({
      connection,
      namespace: namespace.namespace,
      dataConverter,
      taskQueue: JOBS_QUEUE,
      workflowBundle: await workflowBundle(loadSettings(process.env).cacheDir),
      activities: {
        async beginJob() {
          calls += 1;
          Context.current().heartbeat({ at: `${PLANTED}-heartbeat` });
          // The second call sees what was kept of the first.
          if (calls === 2) raws.push((await handle.describe()).raw);
          throw ApplicationFailure.create({
            message: `${PLANTED}-message`,
            details: [`${PLANTED}-details`],
            nonRetryable: calls === 2,
            cause: new Error(`${PLANTED}-cause`),
          });
        },
      },
    });
    const failed: unknown = await worker.runUntil(
      namespace.client.workflow
        .execute('discoverTopology', { workflowId: id, taskQueue: JOBS_QUEUE, args: [{ job_id: id }] })
        .catch((error: unknown) => error),
    );
    raws.push(await handle.fetchHistory(), (await handle.describe()).raw);
    const open = await opened(namespace.client, raws);
    for (const part of ['message', 'details', 'cause', 'heartbeat'])
      expect([part, shows(raws, `${PLANTED}-${part}`), shows(open, `${PLANTED}-${part}`)]).toEqual([part, false, true]);
    expect(shows(raws, PLANTED)).toBe(false);
    expect(shows(raws, 'Encoded failure')).toBe(true);
    expect(String((failed as { cause?: { cause?: Error } }).cause?.cause?.message ?? failed)).toContain(PLANTED);
    await connection.close();
    await namespace.close();
  });
});
