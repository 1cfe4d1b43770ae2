import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { commitDevices } from '../../stores/commit-devices.ts';
import type { Database } from '../../stores/database.ts';
import { endJob } from '../../stores/job-state.ts';
import { createEventRows, type EventRows } from './event-rows.ts';

let rows: EventRows;
let database: Database;
beforeAll(async () => {
  rows = await createEventRows();
  database = rows.database;
});
afterAll(() => rows.stop());
beforeEach(async () => {
  await database.sql`delete from webhooks`;
});

describe('the end of a job', () => {
  const rest = { status: 'failed', outcome: 'timeout', error: 'too late' } as const;
  const all = ['job.completed', 'job.partial', 'job.failed', 'job.cancelled'];
  const end = (job: string, status: 'cancelled' | null = null) => endJob(database, job, { status, rest, error: null });

  it('is told by its own name, once, to those who want it', async () => {
    await rows.addWebhook('all', all);
    await rows.addWebhook('partial', ['job.partial']);
    const [one, two] = [await rows.addDevice(), await rows.addDevice()];
    const done = async (job: string, device: string) =>
      database.sql`update job_devices set status = 'completed', outcome = 'ok' where job_id = ${job} and device_id = ${device}`;
    const completed = await rows.addJob([one]);
    await done(completed, one);
    await end(completed);
    const partial = await rows.addJob([one, two]);
    await done(partial, one);
    await end(partial);
    const failed = await rows.addJob([one]);
    await end(failed);
    const cancelled = await rows.addJob([one]);
    await end(cancelled, 'cancelled');
    for (const job of [completed, partial, failed, cancelled]) await end(job);
    const outbox = await rows.told();
    const ofAll = outbox.filter(({ name }) => name === 'all');
    expect(ofAll.map(({ event, payload }) => [event, payload['job_id']])).toEqual([
      ['job.completed', completed],
      ['job.partial', partial],
      ['job.failed', failed],
      ['job.cancelled', cancelled],
    ]);
    expect(outbox.filter(({ name }) => name === 'partial').map(({ event }) => event)).toEqual(['job.partial']);
    expect(ofAll[1]!.payload).toMatchObject({
      type: 'topology.discover',
      status: 'completed',
      partial: true,
      owner: 'test',
      total_devices: 2,
      completed_devices: 1,
      failed_devices: 1,
      cancelled_devices: 0,
      failures: [{ device_id: two, device_name: 'name-1', status: 'failed', outcome: 'timeout', error: 'too late' }],
      links: { job: `/api/jobs/${partial}`, devices: `/api/jobs/${partial}/devices` },
    });
    expect(ofAll[0]!.payload).toMatchObject({ failures: [], partial: false });
    expect(ofAll[0]!.payload['completed_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

describe('configuration.changed', () => {
  const digest = (text: string): string => text.repeat(64).slice(0, 64);
  let clock = 0;

  async function backup(device: string, content: string, more: { changed_by?: string; status?: 'success' | 'timeout' } = {}) {
    const job = await rows.addJob([device], 'device.collect');
    const token = await rows.lock(device, job);
    const success = (more.status ?? 'success') === 'success';
    const version = {
      artifact: `a/${content}`,
      sha256: digest(content),
      content_sha256: digest(content),
      bytes: 9,
      volatile_lines: [],
    };
    await commitDevices(database, [
      {
        job_id: job,
        device_id: device,
        name: 'sw1',
        token,
        kinds: {},
        outputs: [],
        cache: false,
        verdict: success
          ? { status: 'completed', outcome: 'ok', error: null }
          : { status: 'failed', outcome: 'timeout', error: 'x' },
        host_keys: [],
        backup: {
          task_id: uuidv7(),
          platform: 'cisco_ios',
          status: more.status ?? 'success',
          timestamp: new Date(Date.UTC(2026, 0, 1) + ++clock * 1000),
          log: [],
          changed_by: more.changed_by ?? null,
          version: success ? version : null,
          suspicious: false,
          lines_added: 4,
          lines_removed: 2,
          actor: 'test',
        },
        collected_at: new Date(),
      },
    ]);
    return job;
  }

  it('is told for a new version after the first, with who changed it and where to look', async () => {
    await rows.addWebhook('hook', ['configuration.changed']);
    await rows.addWebhook('other', ['device.failing'], { threshold: 9 });
    const device = await rows.addDevice();
    await backup(device, 'a');
    await backup(device, 'a');
    await backup(device, 'b', { status: 'timeout' });
    expect(await rows.events()).toEqual([]);
    const job = await backup(device, 'b', { changed_by: 'alice' });
    await backup(device, 'b');
    const [change, ...more] = await rows.told();
    expect(more).toEqual([]);
    const [first, second] = await database.sql<{ task_identifier: string }[]>`
      select task_identifier from backups where device_id = ${device} and changed order by id`;
    const [from, to] = [first!.task_identifier, second!.task_identifier];
    expect(change).toMatchObject({ name: 'hook', event: 'configuration.changed' });
    expect(change!.payload).toEqual({
      device_id: device,
      device_name: 'sw1',
      job_id: job,
      task_identifier: to,
      previous_task_identifier: from,
      changed_by: 'alice',
      lines_added: 4,
      lines_removed: 2,
      links: {
        device: `/api/devices/${device}`,
        job: `/api/jobs/${job}`,
        backup: `/api/devices/${device}/backups/${to}`,
        diff: `/api/devices/${device}/backups/${from}/diff/${to}`,
      },
    });
  });
});
