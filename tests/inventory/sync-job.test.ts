import { describe, expect, it } from 'vitest';
import { createClient } from '../../api/client.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import { tasks } from '../../contracts/http/tasks.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import type { Job } from '../../contracts/job.ts';
import { until } from '../support/cluster.ts';
import { netboxDevice } from './support/netbox-data.ts';
import type { Answer } from './support/source-server.ts';
import { TOKEN, useSyncLab, type Told } from './support/sync-lab.ts';

const { lab, source, start, ended, sync } = useSyncLab();

/** The log of a job that is over; what an older transaction might come before is shown a little later. */
async function lines({ job_id: id, message }: Job): Promise<string[]> {
  let shown: string[] = [];
  await until('the log shows its last line', async () => {
    const { body } = await lab.api.client.call(jobs.listJobLog, { params: { id }, query: { limit: 1000 } });
    shown = body.items.filter((one) => one.event === 'log').map((one) => one.message);
    return message !== null && shown.includes(message);
  });
  return shown;
}

const devices = () =>
  lab.cluster.database.sql<
    {
      name: string;
      enabled: boolean;
      host: string;
      source: string | null;
      source_key: string | null;
      gone: boolean;
      updated: string;
    }[]
  >`
    select name, enabled, host, source, source_key, vanished_at is not null as gone, updated_at::text as updated from devices order by name`;

describe('inventory.sync', () => {
  it('makes the devices of a NetBox, by rules, and nothing the second time', async () => {
    lab.list[1] = netboxDevice(2, { site: { name: 'Bonn' } });
    const rules = [
      { match: { name: '^sw-', site: 'berlin' }, set: { credential: 'lab', collection_group: 'berlin', tags: ['lab'] } },
    ];
    const first = await sync({ rules });
    expect(first).toMatchObject({ status: 'completed', partial: false, error: null, total_devices: 0 });
    expect(first.message).toBe(
      '3 records read: 3 created, 0 updated, 0 disabled, 0 removed, 0 unchanged, 0 skipped, 0 with a problem',
    );
    expect((await lines(first)).slice(0, 2)).toEqual([
      'created sw-1 (10.0.0.1, cisco_ios)',
      'created sw-2 (10.0.0.2, cisco_ios)',
    ]);
    const rows = await lab.cluster.database.sql`
      select d.name, d.host, d.port, d.platform, d.transport, d.site, d.tags, d.enabled, d.source, d.source_key, d.external_id, c.name as credential, g.name as grp
      from devices d left join credentials c on c.id = d.credential_id left join collection_groups g on g.id = d.collection_group_id order by d.name`;
    const common = { port: 22, platform: 'cisco_ios', transport: 'ssh', enabled: true, source: 'box', external_id: null };
    expect([...rows]).toEqual([
      {
        ...common,
        name: 'sw-1',
        host: '10.0.0.1',
        site: 'Berlin',
        tags: ['core-net', 'lab'],
        source_key: '1',
        credential: 'lab',
        grp: 'berlin',
      },
      {
        ...common,
        name: 'sw-2',
        host: '10.0.0.2',
        site: 'Bonn',
        tags: ['core-net'],
        source_key: '2',
        credential: null,
        grp: null,
      },
      {
        ...common,
        name: 'sw-3',
        host: '10.0.0.3',
        site: 'Berlin',
        tags: ['core-net', 'lab'],
        source_key: '3',
        credential: 'lab',
        grp: 'berlin',
      },
    ]);
    const before = await devices();
    expect((await sync({ rules })).message).toContain('0 created, 0 updated, 0 disabled, 0 removed, 3 unchanged');
    expect(await devices()).toEqual(before);
  });

  it('follows changes: an address, a swap of names, one that goes, comes back, and goes for good', async () => {
    await sync();
    lab.list = [netboxDevice(1, { name: 'sw-2' }), netboxDevice(2, { name: 'sw-1', primary_ip: { address: '10.9.9.9/8' } })];
    const second = await sync();
    expect(second.message).toContain('0 created, 2 updated, 1 disabled');
    expect(await lines(second)).toEqual([
      'updated sw-1: name sw-1 → sw-2',
      'updated sw-2: name sw-2 → sw-1, host 10.0.0.2 → 10.9.9.9',
      'disabled sw-3: the source gives it no more',
      second.message,
    ]);
    expect(await devices()).toMatchObject([
      { name: 'sw-1', source_key: '2', host: '10.9.9.9', enabled: true },
      { name: 'sw-2', source_key: '1', enabled: true },
      { name: 'sw-3', enabled: false, gone: true },
    ]);
    lab.list.push(netboxDevice(3));
    await sync();
    expect((await devices())[2]).toMatchObject({ name: 'sw-3', enabled: true, gone: false });
    lab.list.pop();
    await sync();
    await lab.cluster.database.sql`update devices set vanished_at = now() - interval '31 days' where name = 'sw-3'`;
    expect((await sync()).message).toContain('0 removed');
    expect((await sync({ remove_after_days: 30 })).message).toContain('1 removed');
    expect((await devices()).map((one) => one.name)).toEqual(['sw-1', 'sw-2']);
  });

  it('one bad record costs one record, and the job is partial', async () => {
    lab.list[1] = netboxDevice(2, { platform: { slug: 'vax' } });
    const job = await sync();
    expect(job).toMatchObject({ status: 'completed', partial: true });
    expect(job.message).toContain('2 created, 0 updated, 0 disabled, 0 removed, 0 unchanged, 0 skipped, 1 with a problem');
    expect((await lines(job))[0]).toBe('sw-2: Cairn has no platform for "vax": a rule may set one');
  });

  it('a dry run tells all and changes nothing', async () => {
    await sync();
    const before = await devices();
    lab.list = [netboxDevice(1, { primary_ip: { address: '10.9.9.9/8' } }), netboxDevice(2), netboxDevice(4)];
    const job = await sync({ dry_run: true });
    expect(job).toMatchObject({ status: 'completed' });
    expect(job.message).toMatch(/^dry run, nothing was changed: 3 records read: 1 created, 1 updated, 1 disabled/);
    expect((await lines(job)).slice(0, 3)).toEqual([
      'would create sw-4 (10.0.0.4, cisco_ios)',
      'would update sw-1: host 10.0.0.1 → 10.9.9.9',
      'would disable sw-3: the source gives it no more',
    ]);
    expect(await devices()).toEqual(before);
  });

  it('devices made by hand are taken over only where that is asked for', async () => {
    await lab.cluster.addDevices([{ name: 'sw-1', host: 'h', port: 2222, platform: 'frr', username: 'u', password: 'p' }]);
    const refused = await sync();
    expect(refused).toMatchObject({ partial: true });
    expect((await devices())[0]).toMatchObject({ name: 'sw-1', host: 'h', source: null });
    await sync({ adopt: true });
    expect((await devices())[0]).toMatchObject({ name: 'sw-1', host: '10.0.0.1', source: 'box', source_key: '1' });
  });

  it.each([
    ['an empty answer', [], /^nothing was done: the source box gave no device at all/],
    ['a third of the answer', [netboxDevice(1)], /^nothing was done: the source box gives too little: 2 of its 3/],
  ])('%s changes nothing unless it is forced', async (_what, left, message) => {
    await sync();
    const before = await devices();
    lab.list = left;
    const job = await sync();
    expect(job).toMatchObject({ status: 'failed', partial: false });
    expect(job.message).toMatch(message);
    expect(job.error).toContain('force: true');
    expect(await devices()).toEqual(before);
    expect(await sync({ force: true })).toMatchObject({ status: 'completed' });
    expect((await devices()).filter((one) => one.enabled)).toHaveLength(left.length);
  });

  it.each([
    [
      'a source that refuses',
      { answer: { status: 403, json: { detail: `Invalid token ${TOKEN}` } } },
      'refuses access to /api/dcim/devices/ with 403',
    ],
    ['a source that is none', { answer: { text: '<html>' } }, 'answered a page, not JSON'],
    [
      'a rule that names a credential that is not there',
      {
        rules: [
          { match: {}, set: {} },
          { match: {}, set: { credential: 'nobody' } },
        ],
      },
      'rules/1/set/credential names the credential "nobody", which is not there',
    ],
    [
      'a rule that names a platform that Cairn does not have',
      { rules: [{ match: {}, set: { platform: 'vax' } }] },
      'rules/0/set/platform names the platform "vax", which is not there',
    ],
    ['the time limit', { answer: () => undefined, job_time_limit: 2 }, 'the time limit of the job was reached'],
  ])('%s: the job fails and says why', async (_what, { answer: told, ...params }: Told & { answer?: Answer }, message) => {
    if (told !== undefined) lab.answer = () => told;
    const job = await sync(params);
    expect(job).toMatchObject({ status: 'failed' });
    expect(job.error).toContain(message);
    expect(job.error).not.toContain(TOKEN);
    expect(await devices()).toEqual([]);
  });

  it('a cancel while the source is read changes nothing', async () => {
    lab.answer = () => () => undefined;
    const asked = lab.box.asked.length;
    const id = await start();
    await until('the source is asked', () => lab.box.asked.length > asked);
    await lab.api.client.call(jobs.cancelJob, { params: { id } });
    expect(await ended(id)).toMatchObject({ status: 'cancelled' });
    expect(await devices()).toEqual([]);
  });

  it('the token of the source is nowhere but at the source', async () => {
    await sync();
    expect(lab.box.asked.at(-1)!.authorization).toBe(`Token ${TOKEN}`);
    const [found] = await lab.cluster.database.sql`select 1 from jobs where params::text like ${`%${TOKEN}%`} union all
      select 1 from job_log where message || coalesce(data::text, '') like ${`%${TOKEN}%`}`;
    expect(found).toBeUndefined();
  });

  it('is launched as a task and by a schedule, and only by an admin', async () => {
    const params = { source: source() };
    const task = await lab.api.client.call(tasks.launchTask, { body: { task_type: 'inventory.sync', params } });
    expect(await ended(task.body.job_id)).toMatchObject({ status: 'completed' });
    const { body: schedule } = await lab.api.client.call(schedules.createSchedule, {
      body: { name: 'every night', type: 'inventory.sync', params, spec: { cron: '0 3 * * *' } },
    });
    lab.list.push(netboxDevice(4));
    await lab.api.client.call(schedules.triggerSchedule, { params: { id: schedule.id } });
    await until('the run of the schedule has made the device', async () => (await devices()).length === 4);
    const { body: token } = await lab.api.client.call(tokens.createToken, { body: { name: 'op', role: 'operator' } });
    const operator = createClient({ baseUrl: lab.api.url, token: token.secret });
    const body = { type: 'inventory.sync' as const, params };
    await expect(operator.call(jobs.createJob, { body })).rejects.toMatchObject({ code: 'forbidden' });
    await lab.api.client.call(schedules.deleteSchedule, { params: { id: schedule.id } });
  });
});
