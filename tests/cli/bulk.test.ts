import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobs } from '../../contracts/http/jobs.ts';
import { insertGroup } from '../../stores/collection-groups.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { runCli, startOnTerminal, type Ran } from './run.ts';

let cluster: Cluster;
let api: ApiProcess;
const ids = new Map<string, string>();

beforeAll(async () => {
  cluster = await startCluster();
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
  const group = await insertGroup(cluster.database, { name: 'far', queue_id: 'far', login_rate: null, max_sessions: null });
  for (const name of ['a', 'b', 'c']) {
    ids.set(name, randomUUID());
    await cluster.database.sql`insert into devices (id, name, host, port, platform, transport, collection_group_id)
      values (${ids.get(name)!}, ${name}, '127.0.0.1', 9, 'cisco_ios', 'ssh', ${group.id})`;
  }
});
afterAll(() => cluster?.stop());

const env = (): Record<string, string> => ({ CAIRN_URL: api.url, CAIRN_TOKEN: api.token });
const run = (...args: string[]): Promise<Ran> => runCli(args, { env: env(), input: '' });
/** Nobody runs them: no worker serves the group. */
const waiting = (owner: string): Promise<string> =>
  cluster.discover(new Map(), {}, { owner, devices: [...ids].map(([name, id]) => ({ id, name, queue_id: 'far' })) });
const started = (ran: Ran): string => /started: (\S+)/.exec(ran.out + ran.err)?.[1] ?? '';
const status = async (id: string): Promise<string> => (await cluster.job(id)).status;

describe('many at once on the command line', { timeout: 240_000 }, () => {
  it('counts, asks, acts and shows what became of each', async () => {
    const open = [await waiting('anna'), await waiting('anna'), await waiting('ben')];
    const dry = await run('jobs', 'pause', '--owner', 'anna', '--dry-run');
    expect([dry.code, dry.out]).toEqual([0, expect.stringMatching(/^it would be 2 jobs\nID +NAME +STATUS\n/)]);
    const silent = await run('jobs', 'cancel', '--owner', 'anna');
    expect([silent.code, silent.err]).toEqual([2, expect.stringContaining('--yes is missing: this is for 2 jobs')]);
    const none = await run('jobs', 'cancel');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('filter is required')]);
    const both = await run('jobs', 'cancel', open[0]!, '--all');
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('cannot be combined')]);

    const refused = startOnTerminal(['jobs', 'cancel', '--owner', 'anna'], 100, { env: env() });
    await until('it asks', () => refused.said().includes('cancel: 2 jobs. Go on? [y/N]'));
    refused.child.stdin!.write('n\n');
    expect((await refused.done).out).toContain('Nothing was done.');
    for (const id of open) expect(await status(id)).toBe('in_progress');

    const paused = await run('jobs', 'pause', '--owner', 'anna', '--yes', '--wait');
    expect([paused.code, paused.out]).toEqual([
      0,
      expect.stringMatching(/^jobs\.bulk \S+: completed\n2 targets: 2 completed, 0 failed/),
    ]);
    // Batches that nobody takes are still out: the pause is heard, and not over.
    expect(await status(open[0]!)).toMatch(/^paus(ing|ed)$/);
    const items = await run('jobs', 'items', started(paused));
    expect(items.out).toMatch(/^TARGET +NAME +STATE +DONE \(UTC\) +MESSAGE\n/);
    expect(items.out).toContain(`${open[0]} topology.discover of anna`.replace(' topology', '  topology'));
    expect((await run('jobs', 'resume', '--status', 'paused,pausing', '--yes', '--wait')).code).toBe(0);
    expect((await run('jobs', 'priority', '8', open[2]!)).out).toBe(`${open[2]}: priority 8\n`);
    expect((await run('jobs', 'priority', '2', '--owner', 'anna', '--yes', '--wait')).code).toBe(0);
    const view = (await api.client.call(jobs.getJob, { params: { id: open[0]! } })).body;
    expect(view.priority).toBe(2);

    const agreed = startOnTerminal(['jobs', 'cancel', '--all', '--wait'], 100, { env: env() });
    await until('it asks', () => agreed.said().includes('Go on? [y/N]'));
    agreed.child.stdin!.write('y\n');
    expect((await agreed.done).code).toBe(0);
    for (const id of open) expect(await cluster.wait(id)).toBe('cancelled');
  });

  it('retries, cancels a group, and changes devices', async () => {
    const before = await run('jobs', 'retry', '--owner', 'ben', '--job-status', 'cancelled', '--dry-run', '--json');
    expect(JSON.parse(before.out)).toMatchObject({ action: 'retry', total: 1 });
    const retried = await run('jobs', 'retry', '--owner', 'ben', '--yes', '--wait');
    expect(retried.code).toBe(0);
    expect((await run('jobs', 'retry', '--owner', 'ben', '--dry-run')).out).toBe('it would be 0 jobs\n');
    const cancelled = await run('groups', 'cancel', 'far');
    expect([cancelled.code, cancelled.out]).toEqual([0, expect.stringMatching(/^cancel in 1 job\(s\) started: /)]);
    expect(await cluster.wait(started(cancelled))).toBe('completed');

    expect((await run('devices', 'bulk', 'add_tag', '--all', '--yes')).err).toContain('add_tag needs one');
    expect((await run('devices', 'bulk', 'add_tag', 'core', '--match', 'a', '--yes', '--wait')).out).toContain(
      '1 target: 1 completed',
    );
    expect((await run('devices', 'bulk', 'set_group', '-', '--tag', 'core', '--yes', '--wait')).code).toBe(0);
    const [row] = await cluster.database.sql`select tags, collection_group_id from devices where name = 'a'`;
    expect(row).toEqual({ tags: ['core'], collection_group_id: null });
    const wrong = await run('devices', 'bulk', 'explode', '--all');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('must be one of enable, disable')]);
  });
});
