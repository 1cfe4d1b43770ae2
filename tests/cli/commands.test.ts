import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { BackupDiff, BackupText } from '../../contracts/backup.ts';
import { CONTRACTS } from '../../contracts/http/index.ts';
import { of, useCliLab } from './cli-lab.ts';
import { startOnTerminal } from './run.ts';

const { jobs, devices, topology, deadLetters, search, backups, discovery } = CONTRACTS;
/** A name that the API takes and a terminal must not see: C1 controls and a turn of direction. */
const HOSTILE = 'evil\u009b31m\u202exe';

const { lab, env, run, json, untried } = useCliLab('127.65.0.1');

// Each call is a process; on a machine at work one takes seconds.
describe('the command line', { timeout: 240_000 }, () => {
  it('adds, imports, lists, shows and removes devices', async () => {
    await writeFile(
      join(lab.folder, 'in.csv'),
      'name,host,platform,tags,enabled\nsw-1,192.0.2.1,cisco_ios,edge;lab,false\nsw-2,not a host,cisco_ios,,false\n',
    );
    const part = await run('devices', 'import', 'in.csv');
    expect([part.code, part.err]).toEqual([9, '']);
    expect(part.out).toMatch(/^1 created, 0 updated, 1 failed\nROW {2}FIELD +ERROR\n +2 {2}\S*host +must be an address/);
    const added = [
      'devices',
      'add',
      HOSTILE,
      '--host',
      '192.0.2.9',
      '--platform',
      'linux',
      '--group',
      'branch',
      '--tag',
      'x',
      '--disabled',
    ];
    expect(await json(of(devices.createDevice, 201), ...added)).toMatchObject({ name: HOSTILE, tags: ['x'], enabled: false });
    const listed = await json(of(devices.listDevices), 'devices', 'list', '--enabled', 'no');
    expect(listed).toMatchObject({ items: [{ name: HOSTILE }, { name: 'sw-1' }], next_cursor: null });
    const first = (await run('devices', 'list', '--limit', '1')).err;
    expect(first).toMatch(/^There are more: --limit 10, or --cursor \S+\n$/);
    expect(await json(of(devices.getDevice), 'devices', 'show', 'sw-1')).toMatchObject({ tags: ['edge', 'lab'] });
    expect((await run('devices', 'show', 'sw-1')).out).toMatch(/^tags +edge, lab$/m);
    expect((await run('devices', 'remove', 'sw-1')).out).toBe('removed sw-1\n');
    const refused = await run('devices', 'add', 'sw-3', '--host', 'bad host', '--platform', 'Bad!');
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toMatch(/^cairn: \S*(host|platform).*\n {2}also: \S*(host|platform) must be.*\n$/);
  });

  it('never lets a device talk to the terminal', async () => {
    for (const columns of [60, 100]) {
      const { code, out } = await startOnTerminal(['devices', 'list'], columns, { env: env() }).done;
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex
      expect(out.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain('evil\\x9b31m\\u202exe');
      for (const line of out.replaceAll(/\u001b\[\d+m/g, '').split('\r\n'))
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
    const [bare, piped] = await Promise.all([
      startOnTerminal(['devices', 'list'], 80, { env: { ...env(), NO_COLOR: '1' } }).done,
      run('devices', 'list', '--json'),
    ]);
    expect(bare.out).not.toContain('\u001b');
    expect(piped.out).not.toMatch(/[\u007f-\u009f\u202e]/);
    expect((await run('__complete', '--', 'devices', 'show', '--url', lab.api.url, '')).out).not.toContain('evil');
    const other = startOnTerminal(['devices', 'health', `${HOSTILE}\u001b[2J`], 80, { env: env() });
    const { code, out } = await other.done;
    expect([code, out]).toEqual([2, expect.not.stringContaining('\u001b')]);
    await json(z.null(), 'devices', 'remove', HOSTILE);
  });

  it('discovers and waits, and knows the topology', async () => {
    const ran = await run('discover', '--all', '--wait');
    expect(ran.err).toMatch(/^discovery of 4 devices started: \S+\n/);
    expect([ran.code, ran.out]).toEqual([
      0,
      expect.stringMatching(/^topology\.discover \S+: completed\n4 devices: 4 completed, 0 failed, 0 cancelled, in \d+ s\n$/),
    ]);
    const started = await json(
      of(discovery.discoverAsync, 202),
      'discover',
      lab.simulator.devices[0]!.name,
      '--kind',
      'arp,interfaces',
      '--without-cache',
    );
    const { job_id } = started as { job_id: string };
    const over = await run('jobs', 'watch', job_id, '--json');
    expect(over.code).toBe(0);
    expect(of(jobs.getJob).parse(JSON.parse(over.out))).toMatchObject({
      job_id,
      status: 'completed',
      total_devices: 1,
      params: { kinds: ['arp', 'interfaces'] },
    });

    const graph = (await json(of(topology.getTopology), 'topology', 'show')) as {
      nodes: { name: string; kind: string }[];
      links: unknown[];
    };
    expect(graph.links.length).toBeGreaterThan(0);
    expect((await run('topology', 'show')).out.split('\n')).toHaveLength(graph.nodes.length + 2);
    await json(of(topology.getTopology), 'topology', 'links');
    expect((await run('topology', 'links')).out.split('\n')).toHaveLength(graph.links.length + 2);
    const { items } = (await json(of(topology.listSnapshots), 'topology', 'snapshots')) as { items: { id: string }[] };
    expect(await json(of(topology.getSnapshot), 'topology', 'show', '--snapshot', items[0]!.id)).toEqual(graph);
    const [a, b] = lab.simulator.devices;
    expect(await json(of(topology.findTopologyPath), 'topology', 'path', a!.name, b!.name)).toMatchObject({
      from: { name: a!.name },
    });
    expect((await run('topology', 'path', a!.name, b!.name)).out).toContain(b!.name);
    await json(of(topology.topologyStatistics), 'topology', 'statistics');
    expect((await run('topology', 'export', '--format', 'dot')).out).toMatch(/^(strict )?graph /);
    expect(JSON.parse((await run('topology', 'export', '--json')).out)).toMatchObject({ nodes: expect.any(Array) });
    expect((await run('topology', 'export', '--format', 'dot', '--json')).code).toBe(2);
    const same = await json(of(topology.diffTopology), 'topology', 'diff', '--from', items[0]!.id, '--to', items[0]!.id);
    expect(same).toMatchObject({ unchanged: true });
    // There is one snapshot, for the other discovery was without the caches.
    expect(items).toHaveLength(1);
    const none = await run('topology', 'diff');
    expect([none.code, none.out]).toEqual([4, '']);
  });

  it('collects configurations, shows them, their history and what changed', async () => {
    const [device] = lab.simulator.devices;
    const { name } = device!;
    expect(await run('collect', '--all', '--wait')).toMatchObject({ code: 0 });
    const nothing = await run('diff', name);
    expect([nothing.code, nothing.err]).toEqual([4, `cairn: ${name} has one version: there is nothing to compare\n`]);
    lab.simulator.change(name, { kind: 'edit_config' });
    await json(of(jobs.createJob, 202), 'collect', name).then((job) => run('jobs', 'watch', (job as { job_id: string }).job_id));
    const { items } = (await json(of(backups.listBackups), 'history', name, '--changed')) as {
      items: { task_identifier: string; sha256: string }[];
    };
    expect(items).toHaveLength(2);
    expect((await run('history', name)).out).toContain(items[0]!.task_identifier);
    const text = (await run('show-config', name)).out;
    expect((await json(BackupText, 'show-config', name, items[0]!.task_identifier)).text).toBe(text);
    expect((await run('show-config', name, items[1]!.task_identifier)).out).not.toBe(text);
    const diff = await run('diff', name);
    expect(diff.out).toMatch(/^--- .*\n\+\+\+ .*\n@@/);
    expect(await json(BackupDiff, 'diff', name, items[1]!.task_identifier, items[0]!.task_identifier)).toMatchObject({
      diff: diff.out,
    });
    expect((await run('diff', name, items[1]!.task_identifier, '--context', '0')).out.length).toBeLessThan(diff.out.length);
    const colored = await startOnTerminal(['diff', name], 100, { env: env() }).done;
    expect(colored.out).toContain('\u001b[32m+');
    const found = await json(of(search.search), 'search', 'hostname');
    expect(found).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ kind: 'configuration' })]) });
    expect((await run('search', 'no such text anywhere')).out).toBe('Nothing found.\n');
  });

  it('a job that is partial is 9, one that failed 8; they can be retried, their dead letters settled', async () => {
    const [bad, good] = lab.simulator.devices;
    await lab.simulator.setFault(bad!.name, 'auth');
    const partial = await run('collect', bad!.name, good!.name, '--wait');
    expect(partial.code).toBe(9);
    expect(partial.out).toMatch(/completed, partial\n2 devices: 1 completed, 1 failed/);
    expect(partial.out).toMatch(new RegExp(`^FAILED +OUTCOME +ERROR\n${bad!.name} +auth_failed`, 'm'));
    const jobId = partial.err.match(/started: (\S+)/)![1]!;
    const dry = await json(of(jobs.retryJob), 'jobs', 'retry', jobId, '--dry-run');
    expect(dry).toMatchObject({ devices: 1, items: [{ device_name: bad!.name }] });
    expect((await run('jobs', 'retry', jobId, '--outcome', 'auth_failed', '--dry-run')).out).toMatch(/^it would be 1 device\n/);
    const again = await run('jobs', 'retry', jobId, '--wait', '--json');
    expect([again.code, of(jobs.getJob).parse(JSON.parse(again.out))]).toMatchObject([8, { status: 'failed', retry_of: jobId }]);

    await json(of(jobs.listJobDevices), 'jobs', 'devices', jobId, '--status', 'failed');
    expect((await run('jobs', 'devices', jobId)).out.split('\n')).toHaveLength(4);
    await json(of(jobs.listJobLog), 'jobs', 'log', jobId, '--level', 'error,warn');
    expect((await run('jobs', 'log', jobId)).out).toContain(bad!.name);
    expect(await json(of(jobs.listJobs), 'jobs', 'list', '--status', 'completed,failed', '--since', '1h')).toMatchObject({
      items: expect.any(Array),
    });
    expect((await run('jobs', 'list', '--type', 'fleet.collect')).out).toContain(jobId);
    expect(await json(of(jobs.getJob), 'jobs', 'show', jobId)).toMatchObject({ partial: true });
    expect((await run('jobs', 'show', jobId)).out).toMatch(/^status +completed, partial$/m);
    expect(await json(of(CONTRACTS.deviceHealth.getDeviceHealth), 'devices', 'health', bad!.name)).toMatchObject({
      last_outcome: 'auth_failed',
    });

    const { items } = (await json(of(deadLetters.listDeadLetters), 'dead-letters', 'list')) as {
      items: { fingerprint: string }[];
    };
    const { fingerprint } = items[0]!;
    expect((await run('dead-letters', 'list')).out).toContain(fingerprint);
    for (const verb of ['ignore', 'reopen'] as const)
      await json(of(deadLetters[`${verb}DeadLetters`]), 'dead-letters', verb, fingerprint);
    await json(of(deadLetters.listDeadLettersOfGroup), 'dead-letters', 'show', fingerprint);
    await lab.simulator.setFault(bad!.name, null);
    await run('devices', 'reset-circuit', bad!.name).then(({ out }) => expect(out).toMatch(/^circuit +closed$/m));
    const replay = (await json(of(deadLetters.replayDeadLetters, 202), 'dead-letters', 'replay', fingerprint)) as {
      jobs: { job_id: string }[];
    };
    expect((await run('jobs', 'watch', replay.jobs[0]!.job_id)).code).toBe(0);
    const settled = await run('dead-letters', 'resolve', fingerprint);
    expect([settled.code, settled.err]).toEqual([4, `cairn: There is no group of dead letters to settle ${fingerprint}.\n`]);
  });

  it('was tried command by command', () => {
    expect(untried('collecting')).toEqual([]);
  });
});
