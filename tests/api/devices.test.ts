import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { devices } from '../../contracts/http/devices.ts';
import { problem, startApi, type Answered, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const post = (body: unknown) => api.send<{ id: string }>('POST', '/api/devices', { body, as: 'operator' });
const pointers = async (answer: Promise<Answered>) => problem(await answer).errors.map((error) => error.pointer);
const good = (name: string, more: Record<string, unknown> = {}) => ({ name, host: '192.0.2.1', platform: 'cisco_ios', ...more });
const idOf = async (answer: ReturnType<typeof post>) => (await answer).json.id;

test('a device is added with its defaults, read by id and name, changed and removed', async () => {
  const added = await post(good(' core 1 ', { tags: ['a', 'b', 'a'] }));
  expect(added.status).toBe(201);
  const { id, ...device } = added.json;
  expect(added.headers.get('location')).toBe(`/api/devices/${id}`);
  expect(device).toMatchObject({
    name: 'core 1',
    host: '192.0.2.1',
    port: 22,
    platform: 'cisco_ios',
    transport: 'ssh',
    credential_id: null,
    collection_group_id: null,
    site: null,
    tags: ['a', 'b'],
    enabled: true,
    external_id: null,
    host_key: null,
  });
  for (const reference of [id, id.toUpperCase(), 'core%201']) {
    expect((await api.send('GET', `/api/devices/${reference}`)).json).toEqual(added.json);
  }
  const patched = await api.send('PATCH', '/api/devices/core%201', { body: { site: 'x', port: 2222, tags: [] } });
  expect(patched.json).toMatchObject({ id, site: 'x', port: 2222, tags: [], platform: 'cisco_ios' });
  const replaced = await api.send('PUT', `/api/devices/${id}`, { body: { ...good('core1'), id } });
  expect(replaced.json).toMatchObject({ id, name: 'core1', site: null, port: 22 });
  expect(await pointers(api.send('PUT', `/api/devices/${id}`, { body: { ...good('core1'), id: crypto.randomUUID() } }))).toEqual([
    '/id',
  ]);
  expect((await api.send('DELETE', `/api/devices/${id}`)).status).toBe(204);
  expect(problem(await api.send('DELETE', `/api/devices/${id}`)).status).toBe(404);
  expect(problem(await api.send('PATCH', `/api/devices/${id}`, { body: {} })).status).toBe(404);
});

describe('a bad device', () => {
  const cases: [string, unknown, string[]][] = [
    ['nothing', {}, ['/name', '/host', '/platform']],
    ['an unknown field', good('x', { colour: 1 }), ['/colour']],
    ['a name that is an id', good(crypto.randomUUID()), ['/name']],
    ['a name of two lines', good('a\nb'), ['/name']],
    ['a name with NUL', good('a\0b'), ['/name']],
    ['a blank name', good('  '), ['/name']],
    ['a URL for an ssh host', good('x', { host: 'http://192.0.2.1' }), ['/host']],
    ['options in a host', good('x', { host: '-oProxyCommand=x' }), ['/host']],
    ['an address for an http host', good('x', { transport: 'http' }), ['/host']],
    ['a password in a URL', good('x', { transport: 'http', host: 'http://u:p@192.0.2.1' }), ['/host']],
    ['another port than that of the URL', good('x', { transport: 'http', host: 'http://192.0.2.1:8000', port: 9000 }), ['/port']],
    ['a port out of range', good('x', { port: 70_000 }), ['/port']],
    ['a port with a fraction', good('x', { port: 22.5 }), ['/port']],
    ['a platform with blanks', good('x', { platform: 'Cisco IOS' }), ['/platform']],
    ['a transport that is none', good('x', { transport: 'telnet' }), ['/transport']],
    ['a tag with a comma', good('x', { tags: ['ok', 'a,b'] }), ['/tags/1']],
    ['a credential that is not there', good('x', { credential_id: crypto.randomUUID() }), ['/credential_id']],
    ['a group that is not there', good('x', { collection_group_id: crypto.randomUUID() }), ['/collection_group_id']],
    ['a jump host that is not there', good('x', { jump_device_id: crypto.randomUUID() }), ['/jump_device_id']],
    ['ids that are none', good('x', { credential_id: 'main', id: '7' }), ['/id', '/credential_id']],
  ];
  test.each(cases)('%s', async (_, body, expected) => {
    const answer = problem(await post(body));
    expect(answer).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(answer.errors.map((error) => error.pointer).sort()).toEqual(expected.toSorted());
  });

  test('no device came of it', async () => {
    expect((await api.send('GET', '/api/devices?q=x')).json).toEqual({ items: [], next_cursor: null });
  });
});

test('names and ids are unique, and a device may bring its id', async () => {
  const id = crypto.randomUUID();
  expect(await idOf(post(good('twin', { id })))).toBe(id);
  const byName = problem(await post(good('twin')));
  expect([byName.status, byName.code, byName.errors[0]!.pointer]).toEqual([409, 'conflict', '/name']);
  expect(problem(await post(good('other', { id }))).errors[0]!.pointer).toBe('/id');
  await post(good('third'));
  expect(problem(await api.send('PATCH', '/api/devices/third', { body: { name: 'twin' } })).code).toBe('conflict');
});

test('a device of an API takes its port from its base URL', async () => {
  const http = { transport: 'http', external_id: '17' };
  const id = await idOf(post(good('a1', { ...http, host: 'http://192.0.2.9:8000/base' })));
  expect((await api.send('GET', `/api/devices/${id}`)).json).toMatchObject({ port: 8000, transport: 'http', external_id: '17' });
  const moved = await api.send('PATCH', `/api/devices/${id}`, { body: { host: 'https://192.0.2.9' } });
  expect(moved.json).toMatchObject({ host: 'https://192.0.2.9', port: 443 });
  expect(await pointers(api.send('PATCH', `/api/devices/${id}`, { body: { transport: 'ssh' } }))).toEqual(['/host']);
});

test('what is in use cannot be removed', async () => {
  const credential = await idOf(
    api.send<{ id: string }>('POST', '/api/credentials', { body: { name: 'used', username: 'u', password: 'p' } }),
  );
  const group = await idOf(
    api.send<{ id: string }>('POST', '/api/collection-groups', { body: { name: 'used', queue_id: 'used' } }),
  );
  const jump = await idOf(post(good('jump')));
  const id = await idOf(post(good('user', { credential_id: credential, collection_group_id: group, jump_device_id: jump })));
  for (const path of ['credentials/used', 'collection-groups/used', 'devices/jump']) {
    const answer = problem(await api.send('DELETE', `/api/${path}`));
    expect([path, answer.code, answer.detail.includes('user')]).toEqual([path, 'conflict', true]);
  }
  expect(await pointers(api.send('PATCH', `/api/devices/${id}`, { body: { jump_device_id: id } }))).toEqual(['/jump_device_id']);
  await api.send('DELETE', `/api/devices/${id}`);
  for (const path of ['credentials/used', 'collection-groups/used', 'devices/jump']) {
    expect((await api.send('DELETE', `/api/${path}`)).status).toBe(204);
  }
});

test('lists are cut into pages and filtered', async () => {
  const group = await idOf(
    api.send<{ id: string }>('POST', '/api/collection-groups', { body: { name: 'paged', queue_id: 'paged' } }),
  );
  for (let index = 0; index < 7; index++) {
    await post(
      good(`page${index}`, {
        site: 'paged',
        tags: ['p%', `n${index}`],
        collection_group_id: index < 3 ? group : null,
        enabled: index > 0,
      }),
    );
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await api.client.call(devices.listDevices, {
      query: { site: 'paged', limit: 3, ...(cursor ? { cursor } : {}) },
    });
    seen.push(...body.items.map((device) => device.name));
    expect(body.items.length).toBeLessThanOrEqual(3);
    cursor = body.next_cursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(['page0', 'page1', 'page2', 'page3', 'page4', 'page5', 'page6']);
  const count = async (query: string) => (await api.send<{ items: unknown[] }>('GET', `/api/devices?${query}`)).json.items.length;
  expect(await count('group=paged')).toBe(3);
  expect(await count(`group=${group}&enabled=false`)).toBe(1);
  expect(await count('tag=n4')).toBe(1);
  expect(await count('q=PAGE&platform=cisco_ios')).toBe(7);
  expect(await count('q=age_')).toBe(0);
  expect(await count('group=nowhere')).toBe(0);
});
