import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authenticate } from '../../api/auth.ts';
import { problem, startApi, type Answered, type TestApi } from './harness.ts';

let api: TestApi;
let berlin: string;
let paris: string;
beforeAll(async () => {
  api = await startApi();
  const group = async (name: string) =>
    (await api.send<{ id: string }>('POST', '/api/collection-groups', { body: { name, queue_id: name } })).json.id;
  [berlin, paris] = [await group('berlin'), await group('paris')];
});
afterAll(() => api.stop());

interface Group {
  id: string;
  name: string | null;
}
interface User {
  id: string;
  name: string;
  groups: Group[] | null;
}
interface Token extends User {
  secret: string;
  role: string;
}
const user = async (fields: object): Promise<User> => {
  const { status, json, text } = await api.send<User>('POST', '/api/users', { body: fields });
  expect(status, text).toBe(201);
  return json;
};
const token = async (fields: object): Promise<Token> => {
  const { status, json, text } = await api.send<Token>('POST', '/api/tokens', {
    body: { name: randomUUID().slice(0, 8), ...fields },
  });
  expect(status, text).toBe(201);
  return json;
};
const as = <T>(secret: string, method: string, path: string, body?: object): Promise<Answered<T>> =>
  api.send<T>(method, path, { as: null, headers: { Authorization: `Bearer ${secret}` }, body });
const me = (secret: string) => as<{ name: string; role: string; groups: Group[] | null }>(secret, 'GET', '/api/me');
const names = (groups: Group[] | null) => groups?.map(({ name }) => name) ?? null;

describe('users', () => {
  test('are made, read, listed, changed and deleted', async () => {
    const made = await user({
      name: 'alice',
      email: 'alice@example.net',
      role: 'operator',
      groups: ['paris', berlin.toUpperCase(), 'berlin'],
    });
    expect(made).toMatchObject({ name: 'alice', role: 'operator', enabled: true, oidc_issuer: null, follows_claims: false });
    expect(made.groups).toEqual([
      { id: berlin, name: 'berlin' },
      { id: paris, name: 'paris' },
    ]);
    expect((await api.send('GET', '/api/users/alice')).json).toEqual(made);
    expect((await api.send<{ items: User[] }>('GET', '/api/users?limit=1000')).json.items).toContainEqual(made);
    const changed = await api.send<User>('PATCH', `/api/users/${made.id}`, {
      body: { groups: null, role: 'viewer', email: null },
    });
    expect(changed.json).toMatchObject({ name: 'alice', groups: null, role: 'viewer', email: null });
    expect((await api.send<User>('PATCH', '/api/users/alice', { body: { groups: [] } })).json.groups).toEqual([]);
    expect((await api.send('DELETE', '/api/users/alice')).status).toBe(204);
    expect((await api.send('GET', '/api/users/alice')).status).toBe(404);
    expect((await api.send('PATCH', '/api/users/alice', { body: { role: 'viewer' } })).status).toBe(404);
  });

  test('what is wrong is named', async () => {
    const bad = async (body: object) =>
      problem(await api.send('POST', '/api/users', { body })).errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
    expect(await bad({ name: 'x', role: 'viewer', groups: ['berlin', 'rome'] })).toEqual(['/groups/1 is no collection group']);
    expect(await bad({ name: 'admin', role: 'viewer' })).toEqual(['/name `admin` is the name of the first token']);
    expect(await bad({ name: 'x', role: 'viewer', oidc_subject: 's' })).toEqual(['/oidc_issuer is needed with the other one']);
    await user({ name: 'here', role: 'viewer', oidc_issuer: 'https://i', oidc_subject: 's' });
    expect(await bad({ name: 'here', role: 'viewer' })).toEqual(['/name is the name of another user']);
    expect(await bad({ name: 'y', role: 'viewer', oidc_issuer: 'https://i', oidc_subject: 's' })).toEqual([
      '/oidc_subject is the subject of another user',
    ]);
    expect(problem(await api.send('PATCH', '/api/users/here', { body: { oidc_issuer: null } })).status).toBe(422);
  });

  test('and tokens of services have no name in common: who owns a job is one of them', async () => {
    await token({ name: 'service', role: 'viewer' });
    expect(problem(await api.send('POST', '/api/users', { body: { name: 'service', role: 'viewer' } })).code).toBe('conflict');
    await user({ name: 'bob', role: 'viewer' });
    expect(problem(await api.send('POST', '/api/tokens', { body: { name: 'bob', role: 'viewer' } })).code).toBe('conflict');
    expect(problem(await api.send('PATCH', '/api/tokens/service', { body: { name: 'bob' } })).code).toBe('conflict');
    const own = await token({ name: 'bob', role: 'viewer', user: 'bob' });
    expect(problem(await api.send('PATCH', `/api/tokens/${own.id}`, { body: { user: null } })).code).toBe('conflict');
    const answers = await Promise.all([
      api.send('POST', '/api/users', { body: { name: 'same', role: 'viewer' } }),
      api.send('POST', '/api/tokens', { body: { name: 'same', role: 'viewer' } }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });
});

describe('a token of a user', () => {
  test.each([
    ['admin', 'viewer', 'viewer'],
    ['viewer', 'admin', 'viewer'],
    ['operator', 'operator', 'operator'],
  ])('of role %s whose user is %s is %s', async (role, of, held) => {
    const { name } = await user({ name: randomUUID().slice(0, 8), role: of });
    const made = await token({ role, user: name });
    expect(made).toMatchObject({ role, user: { name }, groups: null });
    expect((await me(made.secret)).json).toMatchObject({ name, role: held, groups: null, via: 'token' });
  });

  test.each([
    [null, null, null],
    [null, ['berlin'], ['berlin']],
    [['berlin'], null, ['berlin']],
    [['berlin', 'paris'], ['paris'], ['paris']],
    [['berlin'], ['paris'], []],
    [['berlin'], [], []],
  ])('of groups %j whose user has %j sees %j', async (groups, of, seen) => {
    const { id } = await user({ name: randomUUID().slice(0, 8), role: 'viewer', groups: of });
    expect(names((await me((await token({ role: 'viewer', user: id, groups })).secret)).json.groups)).toEqual(seen);
  });

  test('changes with its user from the next request on; disabled or deleted it is refused', async () => {
    const { name } = await user({ name: 'carol', role: 'admin' });
    const { secret } = await token({ role: 'admin', user: name });
    expect((await as(secret, 'GET', '/api/users')).status).toBe(200);
    await api.send('PATCH', `/api/users/${name}`, { body: { role: 'viewer', groups: ['berlin'] } });
    expect((await as(secret, 'GET', '/api/users')).status).toBe(403);
    expect((await me(secret)).json).toMatchObject({ role: 'viewer', groups: [{ id: berlin, name: 'berlin' }] });
    await api.send('PATCH', `/api/users/${name}`, { body: { enabled: false } });
    expect((await me(secret)).status).toBe(401);
    await api.send('PATCH', `/api/users/${name}`, { body: { enabled: true } });
    expect((await me(secret)).status).toBe(200);
    await api.send('DELETE', `/api/users/${name}`);
    expect((await me(secret)).status).toBe(401);
  });

  test('a deleted group opens nothing, and never all', async () => {
    const { json } = await api.send<{ id: string }>('POST', '/api/collection-groups', {
      body: { name: 'gone', queue_id: 'gone' },
    });
    const { name } = await user({ name: 'dave', role: 'viewer', groups: ['gone'] });
    const { secret } = await token({ role: 'viewer', user: name });
    const service = await token({ role: 'viewer', groups: ['gone'] });
    expect((await api.send('DELETE', '/api/collection-groups/gone')).status).toBe(204);
    for (const one of [secret, service.secret]) expect((await me(one)).json.groups).toEqual([{ id: json.id, name: null }]);
    expect((await api.send('GET', '/api/users/dave')).json).toMatchObject({ groups: [{ id: json.id, name: null }] });
    await api.send('POST', '/api/collection-groups', { body: { name: 'gone', queue_id: 'gone' } });
    expect((await me(secret)).json.groups).toEqual([{ id: json.id, name: null }]);
  });
});

describe('tokens of one’s own', () => {
  test('are made, listed and revoked by their user, and not by others', async () => {
    const [eve, mallory] = [
      await user({ name: 'eve', role: 'operator', groups: ['berlin'] }),
      await user({ name: 'mallory', role: 'admin' }),
    ];
    const first = await token({ role: 'operator', user: eve.id });
    const other = await token({ role: 'admin', user: mallory.id });
    const made = await as<Token>(first.secret, 'POST', '/api/me/tokens', { name: 'eve-laptop', role: 'viewer' });
    expect([made.status, made.json.role, names(made.json.groups)]).toEqual([201, 'viewer', ['berlin']]);
    expect((await me(made.json.secret)).json).toMatchObject({ name: 'eve', role: 'viewer' });
    const listed = await as<{ items: Token[] }>(first.secret, 'GET', '/api/me/tokens');
    expect(listed.json.items.map(({ name }) => name)).toEqual(['eve-laptop', first.name].toSorted());
    expect(listed.text).not.toContain(made.json.secret);
    expect((await as(other.secret, 'DELETE', '/api/me/tokens/eve-laptop')).status).toBe(404);
    expect((await as(made.json.secret, 'DELETE', '/api/me/tokens/eve-laptop')).status).toBe(204);
    expect((await me(made.json.secret)).status).toBe(401);
  });

  test('never allow more, nor longer, than the one that asks', async () => {
    const frank = await user({ name: 'frank', role: 'admin', groups: ['berlin', 'paris'] });
    const { secret } = await token({ role: 'operator', user: frank.id, groups: ['berlin'], expires_at: '2999-01-01T00:00:00Z' });
    const wrong = async (fields: object) =>
      problem(await as(secret, 'POST', '/api/me/tokens', { name: randomUUID().slice(0, 8), ...fields })).errors.map(
        ({ pointer }) => pointer,
      );
    expect(await wrong({ role: 'admin' })).toEqual(['/role']);
    expect(await wrong({ groups: ['paris'] })).toEqual(['/groups']);
    expect(await wrong({ groups: ['berlin', 'nowhere'] })).toEqual(['/groups/1']);
    expect(await wrong({ expires_at: null })).toEqual(['/expires_at']);
    expect(await wrong({ expires_at: '2999-01-01T00:00:01Z' })).toEqual(['/expires_at']);
    const made = await as<Token>(secret, 'POST', '/api/me/tokens', { name: 'frank2', groups: null });
    expect(made.json).toMatchObject({ role: 'operator', expires_at: '2999-01-01T00:00:00.000Z' });
    expect(names(made.json.groups)).toEqual(['berlin']);
  });

  test('are for users only', async () => {
    expect(problem(await api.send('POST', '/api/me/tokens', { body: { name: 'x' } })).code).toBe('forbidden');
    expect((await api.send('GET', '/api/me/tokens', { as: 'operator' })).json).toEqual({ items: [], next_cursor: null });
    expect((await api.send('GET', '/api/me')).json).toEqual({
      name: 'admin',
      role: 'admin',
      groups: null,
      user: null,
      via: 'admin_token',
      token: null,
      expires_at: null,
    });
  });
});

test('who comes is found by one query, over an index, however many there are', async () => {
  const { name } = await user({ name: 'heidi', role: 'viewer' });
  const { secret } = await token({ role: 'viewer', user: name });
  const { sql } = api.deps.database;
  const texts: string[] = [];
  const counting = new Proxy(sql, {
    apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
      texts.push(args[0].join('?'));
      return Reflect.apply(target, self, args);
    },
  });
  const come = () => authenticate({ ...api.deps, database: { ...api.deps.database, sql: counting } }, `Bearer ${secret}`);
  expect(await come()).toMatchObject({ name: 'heidi', role: 'viewer' });
  texts.length = 0;
  await come();
  expect(texts).toEqual([expect.stringContaining('from api_tokens t left join users u')]);
  await sql`insert into api_tokens (id, name, role, token_hash, created_by)
    select gen_random_uuid(), 'filler ' || n, 'viewer', 'hash ' || n, 'test' from generate_series(1, 5000) n`;
  await sql`analyze api_tokens`;
  const plan = await sql<{ 'QUERY PLAN': string }[]>`explain select t.id, u.enabled from api_tokens t
    left join users u on u.id = t.user_id where t.token_hash = ${'x'} and (t.user_id is null or u.enabled)`;
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Scan using api_tokens_token_hash_unique/);
});

test('an admin of some groups cannot give what he does not have', async () => {
  const grace = await user({ name: 'grace', role: 'admin', groups: ['berlin'] });
  const { secret } = await token({ role: 'admin', user: grace.id });
  for (const [method, path, body] of [
    ['GET', '/api/users'],
    ['POST', '/api/users', { name: 'puppet', role: 'admin' }],
    ['PATCH', '/api/users/grace', { groups: null }],
    ['POST', '/api/tokens', { name: 'puppet', role: 'admin' }],
    ['GET', '/api/tokens'],
    ['GET', '/api/audit'],
  ] as const)
    expect(problem(await as(secret, method, path, body))).toMatchObject({ status: 403, code: 'forbidden' });
});
