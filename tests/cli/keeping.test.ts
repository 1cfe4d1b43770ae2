import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { CONTRACTS } from '../../contracts/http/index.ts';
import { of, useCliLab } from './cli-lab.ts';
import { runCli } from './run.ts';

const { tokens, schedules, holds, stats } = CONTRACTS;
const { lab, env, run, json, tried, untried } = useCliLab('127.65.1.1');

// Each call is a process; on a machine at work one takes seconds.
describe('the command line', { timeout: 240_000 }, () => {
  it('keeps schedules', async () => {
    const created = await json(
      of(schedules.createSchedule, 201),
      'schedules',
      'create',
      'nightly',
      '--cron',
      '0 3 * * *',
      '--time-zone',
      'Europe/Berlin',
      '--all',
      '--note',
      'n',
    );
    expect(created).toMatchObject({ name: 'nightly', type: 'fleet.collect', params: { all: true }, state: 'active' });
    await writeFile(
      join(lab.folder, 's.json'),
      JSON.stringify({ type: 'topology.discover', params: { all: true }, spec: { interval: { every: '6h' } } }),
    );
    expect((await run('schedules', 'create', 'six', '--file', 's.json')).out).toMatch(/^every +21600 s$/m);
    const listed = (await json(of(schedules.listSchedules), 'schedules', 'list')) as { items: { name: string }[] };
    expect(listed.items.map(({ name }) => name)).toEqual(expect.arrayContaining(['nightly', 'six']));
    expect(await json(of(schedules.pauseSchedule), 'schedules', 'pause', 'nightly')).toMatchObject({ state: 'paused' });
    expect((await run('schedules', 'list')).out).toMatch(/^nightly +fleet\.collect +paused/m);
    expect((await run('schedules', 'unpause', 'nightly')).out).toBe('nightly: active\n');
    expect((await run('schedules', 'show', 'nightly')).out).toMatch(/^cron +0 3 \* \* \*$/m);
    await json(of(schedules.triggerSchedule, 202), 'schedules', 'trigger', 'nightly');
    await json(z.null(), 'schedules', 'delete', 'nightly');
    const preview = await json(of(schedules.previewSchedule), 'schedules', 'preview', '--every', '1h', '--count', '3');
    expect(preview).toMatchObject({ times: { length: 3 } });
    expect((await run('schedules', 'preview', '--cron', '0 3 * * *', '--count', '2')).out.split('\n')[0]).toMatch(
      /^LOCAL +OFFSET +UTC$/,
    );
    const bad = await run('schedules', 'preview', '--cron', 'never');
    expect([bad.code, bad.err]).toEqual([2, expect.stringMatching(/^cairn: \S*cron/)]);
  });

  it('keeps tokens, pauses groups, tells what goes on', async () => {
    const made = (await json(of(tokens.createToken, 201), 'tokens', 'create', 'ci', '--role', 'viewer', '--expires', '1d')) as {
      secret: string;
    };
    const as = (...args: string[]) => runCli([...args, '--token', made.secret], { env: env() });
    expect((await as('devices', 'list')).code).toBe(0);
    const denied = await as('tokens', 'list');
    expect([denied.code, denied.out, denied.err.split('\n').length]).toEqual([3, '', 2]);
    await json(of(tokens.listTokens), 'tokens', 'list');
    expect((await run('tokens', 'revoke', 'ci')).out).toBe('revoked ci\n');
    const revoked = await as('devices', 'list');
    expect([revoked.code, revoked.err]).toEqual([3, expect.stringContaining('a token comes from --token-file')]);

    expect(await json(of(CONTRACTS.collectionGroups.listCollectionGroups), 'groups', 'list')).toMatchObject({
      items: [{ state: 'no_worker' }],
    });
    expect(await json(of(holds.pauseCollectionGroup, 202), 'groups', 'pause', 'branch', '--reason', 'new cables')).toMatchObject({
      reason: 'new cables',
    });
    expect((await run('groups', 'resume', 'branch')).code).toBe(0);
    expect([(await run('groups', 'resume', 'branch')).code, (await run('devices', 'show', 'nobody')).code]).toEqual([5, 4]);
    expect(await json(of(stats.readStats), 'stats')).toMatchObject({ workers: [{ queues: expect.any(Array) }] });
    expect((await run('stats')).out).toMatch(/^WORKER .*\n.*cairn-jobs/);
    expect((await run('__complete', '--', 'devices', 'show', '')).out.trim().split('\n')).toEqual(
      lab.simulator.devices.map(({ name }) => name).sort(),
    );
  });

  it('keeps users, and lets them keep tokens of their own', async () => {
    const { users, me } = CONTRACTS;
    const made = await json(of(users.createUser, 201), 'users', 'create', 'alice', '--role', 'operator', '--groups', 'branch');
    expect(made).toMatchObject({ groups: [{ name: 'branch' }], oidc_subject: null });
    const { secret } = z
      .object({ secret: z.string() })
      .parse(await json(of(tokens.createToken, 201), 'tokens', 'create', 'alice-1', '--role', 'admin', '--user', 'alice'));
    tried.add('my-tokens list').add('my-tokens create').add('my-tokens revoke').add('whoami');
    const as = (...args: string[]) => runCli(args, { env: { ...env(), CAIRN_TOKEN: secret } });
    expect((await as('whoami')).out).toBe('alice, role operator, sees branch, by the token alice-1\n');
    const own = await as('my-tokens', 'create', 'alice-2', '--role', 'viewer', '--expires', '1d');
    expect([own.code, own.out]).toEqual([0, expect.stringMatching(/^cairn_\S+\nalice-2 is a token of the role viewer until /)]);
    expect((await as('my-tokens', 'list', '--json')).out).toContain('alice-2');
    expect((await as('my-tokens', 'revoke', 'alice-2')).out).toBe('revoked alice-2\n');
    of(me.listMyTokens).parse(JSON.parse((await as('my-tokens', 'list', '--json')).out));

    expect((await run('users', 'change', 'alice', '--groups', 'all')).out).toBe(
      'alice has the role operator and sees all devices\n',
    );
    expect((await run('users', 'change', 'alice', '--groups', 'none')).out).toContain('sees no devices');
    expect((await run('users', 'list')).out).toMatch(/^NAME.*\nalice +operator +no devices +yes +API tokens/);
    expect((await run('users', 'disable', 'alice')).out).toBe('disabled alice\n');
    expect((await as('whoami')).code).toBe(3);
    expect((await run('users', 'enable', 'alice')).code).toBe(0);
    expect((await as('whoami')).code).toBe(0);
    expect((await run('users', 'delete', 'alice')).out).toBe('deleted alice\n');
    const told = await run('audit', '--action', 'user.update', '--actor', 'admin', '--status', '200', '--since', '1h');
    expect(told.out).toMatch(
      /^AT \(UTC\) +ACTOR +ACTION +STATUS +PATH\n[\d: -]+ admin +user\.update +200 +\/api\/users\/alice\n/,
    );
    expect((await as('whoami')).code).toBe(3);
  });

  it('was tried command by command', () => {
    expect(untried('keeping')).toEqual([]);
  });
});
