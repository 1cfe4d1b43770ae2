import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { launchRequest } from '../../api/launch.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { netboxDevice, netboxList } from './support/netbox-data.ts';
import { startSourceServer, type Answer, type Asked, type SourceServer } from './support/source-server.ts';
import { UNSCOPED } from '../../stores/scope.ts';

let cluster: Cluster;
let worker: WorkerProcess;
let box: SourceServer;
let answer: (asked: Asked) => Answer;
const list = [netboxDevice(1), netboxDevice(2), netboxDevice(3, { platform: { slug: 'vax' } })];
const good = (asked: Asked): Answer => netboxList(list, asked);

beforeAll(async () => {
  cluster = await startCluster();
  worker = await cluster.startWorker();
  box = await startSourceServer((asked) => answer(asked));
});

afterAll(async () => {
  await cluster?.stop();
  await box?.stop();
});

beforeEach(async () => {
  await cluster.database.sql`delete from devices`;
  answer = good;
});

async function start(): Promise<string> {
  const request = { source: { type: 'netbox' as const, name: 'box', url: box.url } };
  const wish = { type: 'inventory.sync', request, priority: 5, owner: 'test' } as const;
  return (await launchRequest({ ...cluster.deps, maxDevicesPerRequest: 100 }, UNSCOPED, wish)).job_id;
}

async function expectOnce(job: string): Promise<void> {
  expect(await cluster.wait(job)).toBe('completed');
  expect(await cluster.job(job)).toMatchObject({ partial: true, message: expect.stringContaining('2 created') as unknown });
  const rows = await cluster.database.sql`select name from devices order by name`;
  expect(rows.map((row) => String(row.name))).toEqual(['sw-1', 'sw-2']);
  const lines = await cluster.database.sql`select message from job_log where job_id = ${job} and event = 'log' order by id`;
  expect(lines.map((line) => String(line.message).split(' ')[0])).toEqual(['sw-3:', 'created', 'created', '3']);
}

describe('kill -9 of the worker', () => {
  it('while it reads: another one reads again and writes once', async () => {
    answer = () => () => undefined;
    const asked = box.asked.length;
    const job = await start();
    await until('the source is asked', () => box.asked.length > asked);
    await worker.kill();
    answer = good;
    worker = await cluster.startWorker();
    await expectOnce(job);
  });

  it('while it writes: nothing of it stays, another one writes all', async () => {
    const { sql } = cluster.database;
    const job = await sql.begin(async (tx) => {
      await tx`lock table devices in access exclusive mode`;
      const id = await start();
      await until('the worker waits to write', async () => {
        const rows =
          await sql`select 1 from pg_stat_activity where application_name = 'cairn-worker' and wait_event_type = 'Lock'`;
        return rows.length > 0;
      });
      await worker.kill();
      return id;
    });
    worker = await cluster.startWorker();
    await expectOnce(job);
  });

  it('SIGTERM while it reads hands the job on', async () => {
    answer = () => () => undefined;
    const asked = box.asked.length;
    const job = await start();
    await until('the source is asked', () => box.asked.length > asked);
    const stopped = worker.stop();
    answer = good;
    worker = await cluster.startWorker();
    await expectOnce(job);
    await stopped;
  });
});

describe('pause', () => {
  it('is heard before the job begins, and resume lets it go on', async () => {
    await worker.stop();
    const job = await start();
    await controlJob(cluster.deps, job, 'pause', 'test');
    worker = await cluster.startWorker();
    await until('the job is paused', async () => (await cluster.job(job)).status === 'paused');
    expect(await cluster.database.sql`select 1 from devices`).toHaveLength(0);
    await controlJob(cluster.deps, job, 'resume', 'test');
    await expectOnce(job);
  });
});
