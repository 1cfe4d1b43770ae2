import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problem, startApi, type TestApi } from './harness.ts';
import { plant, type Caller, type World } from './support/scope-world.ts';

let api: TestApi;
let world: World;
let operatorB: Caller;

beforeAll(async () => {
  api = await startApi({ temporal: true });
  world = await plant(api);
  operatorB = await world.as([world.b.group], 'operator');
});
afterAll(() => api?.stop());

describe('a device', () => {
  const NEW = { host: '127.0.0.1', platform: 'cisco_ios' };
  const detail = async (sent: ReturnType<Caller>) => {
    const { code, errors } = problem(await sent);
    return [code, ...errors.map((error) => `${error.pointer} ${error.detail}`)];
  };

  it('is made in a group in scope only, with credentials and a jump host in scope', async () => {
    const post = (fields: object) => operatorB('POST', '/devices', { ...NEW, name: 'mine', ...fields });
    const own = { collection_group_id: world.b.group };
    expect(await detail(post({}))).toEqual(['validation_failed', '/collection_group_id must be one of your collection groups']);
    expect(await detail(post({ collection_group_id: world.a.group }))).toEqual([
      'validation_failed',
      '/collection_group_id is no collection group',
    ]);
    expect(await detail(post({ ...own, credential_id: world.a.credential }))).toEqual([
      'validation_failed',
      '/credential_id is no credential',
    ]);
    expect(await detail(post({ ...own, jump_device_id: world.a.device }))).toEqual([
      'validation_failed',
      '/jump_device_id is no device',
    ]);
    const made = await post({ ...own, credential_id: world.b.credential, jump_device_id: world.b.device });
    expect(made.status).toBe(201);
  });

  it('stays in the groups in scope', async () => {
    const patch = (fields: object) => operatorB('PATCH', '/devices/mine', fields);
    expect(await detail(patch({ collection_group_id: world.a.group }))).toEqual([
      'validation_failed',
      '/collection_group_id is no collection group',
    ]);
    expect(await detail(patch({ collection_group_id: null }))).toEqual([
      'validation_failed',
      '/collection_group_id must be one of your collection groups',
    ]);
    expect((await patch({ site: 'here' })).status).toBe(200);
  });

  it('keeps a jump host and credentials that others gave it', async () => {
    const { sql } = api.database;
    await sql`update devices set jump_device_id = ${world.a.device}, credential_id = ${world.a.credential} where name = 'mine'`;
    expect((await operatorB('PATCH', '/devices/mine', { site: 'there' })).status).toBe(200);
    await sql`update devices set jump_device_id = ${world.b.device}, credential_id = ${world.b.credential} where name = 'mine'`;
  });

  it('that is foreign is not said to be behind a jump host, and is not renamed, imported over or deleted', async () => {
    const { sql } = api.database;
    const read = () => sql`select name, host, site, collection_group_id from devices where id = ${world.a.device}`;
    const before = await read();
    await sql`update devices set jump_device_id = ${world.b.device} where id = ${world.a.device}`;
    await sql`update devices set jump_device_id = null where name = 'mine'`;
    expect(problem(await operatorB('DELETE', `/devices/${world.b.device}`)).detail).toContain('jump host of another device');
    await sql`update devices set jump_device_id = null where id = ${world.a.device}`;
    const devices = [
      { ...NEW, name: 'zulua-sw1', collection_group: 'bravob-group' },
      { ...NEW, name: 'fresh', collection_group: 'bravob-group' },
      { ...NEW, name: 'lone' },
      { name: 'mine', collection_group: null },
    ];
    const { json } = await operatorB<{ created: number; failed: { row: number; errors: { pointer: string }[] }[] }>(
      'POST',
      '/devices/import',
      { devices },
    );
    expect(json.created).toBe(1);
    expect(json.failed.map(({ row, errors }) => [row, ...errors.map((error) => error.pointer)])).toEqual([
      [1, '/name'],
      [3, '/collection_group_id'],
      [4, '/collection_group_id'],
    ]);
    expect(
      await detail(operatorB('POST', '/devices', { ...NEW, name: 'zulua-sw1', collection_group_id: world.b.group })),
    ).toEqual(['conflict', '/name is the name of another device']);
    expect(await read()).toEqual(before);
  });
});
