import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allEndpoints } from '../../contracts/http/index.ts';
import { ROLES, roleAllows } from '../../core/roles.ts';
import { insertToken } from '../../stores/tokens.ts';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** A call of every endpoint that can change nothing: what it names is not there, what it sends is wrong. */
const CALLS = allEndpoints().map(({ operationId, endpoint }) => ({
  operationId,
  endpoint,
  path: endpoint.path.replaceAll(/\{\w+\}/g, randomUUID()),
  body: endpoint.body === undefined ? undefined : { no_such_field: 1 },
}));
const audited = async (requestId: string) =>
  (
    await api.database.sql`select actor, role, action, method, status, detail from audit_events where request_id = ${requestId}`
  )[0];

describe.each(CALLS)('$endpoint.method $endpoint.path', ({ endpoint, path, body }) => {
  test.each([null, ...ROLES])('as %s', async (as) => {
    const id = randomUUID();
    const answer = await api.send(endpoint.method, path, { as, body, headers: { 'X-Request-Id': id } });
    expect(answer.status).not.toBe(500);
    expect(answer.headers.get('x-request-id')).toBe(id);
    const allowed = endpoint.role === 'public' || (as !== null && roleAllows(as, endpoint.role));
    if (allowed) {
      expect([401, 403]).not.toContain(answer.status === 403 && endpoint.audit === 'device.query' ? 0 : answer.status);
    } else {
      expect(problem(answer)).toMatchObject({
        status: as === null ? 401 : 403,
        code: as === null ? 'unauthenticated' : 'forbidden',
      });
      expect(answer.headers.get('www-authenticate')).toBe(as === null ? 'Bearer realm="cairn"' : null);
    }
    const event = await audited(id);
    if (endpoint.audit === null) expect(event).toBeUndefined();
    else {
      const actor = as === null ? 'anonymous' : as === 'admin' ? 'admin' : `test-${as}`;
      expect(event).toMatchObject({
        actor,
        role: as,
        action: endpoint.audit,
        method: endpoint.method,
        status: String(answer.status),
      });
    }
  });
});

test('a viewer may read the cache of a device but not ask the device', async () => {
  const { json } = await api.send<{ id: string }>('POST', '/api/devices', {
    body: { name: 'r1', host: '127.0.0.1', platform: 'cisco_ios' },
  });
  const path = `/api/devices/${json.id}/ip-arp`;
  expect(problem(await api.send('GET', path, { as: 'viewer' })).code).toBe('forbidden');
  expect((await api.send('GET', `${path}?cached=true`, { as: 'viewer' })).json).toEqual({
    success: false,
    outcome: null,
    error: 'this was never collected from the device',
    cached: true,
    collected_at: null,
    job_id: null,
    output: null,
  });
});

describe('tokens', () => {
  const me = (Authorization: string) => api.send('GET', '/api/devices', { as: null, headers: { Authorization } });

  test.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer wrong', `Bearer ${'x'.repeat(5000)}`, 'Bearer a b'])(
    '%s is refused',
    async (header) => {
      expect(problem(await me(header)).status).toBe(401);
    },
  );

  test('an expired one is refused, a revoked one at once, and a use is noted to the minute', async () => {
    const { sql } = api.database;
    const { secret, id } = await insertToken(api.deps.database, { name: 'brief', role: 'viewer', expires_at: null }, 'test');
    const used = async () => (await sql`select last_used_at::text as at from api_tokens where id = ${id}`)[0]!.at;
    expect(await used()).toBeNull();
    expect((await me(`Bearer ${secret}`)).status).toBe(200);
    const first = await used();
    expect(first).not.toBeNull();
    await me(`bearer ${secret}`);
    expect(await used()).toBe(first);
    await sql`update api_tokens set last_used_at = now() - interval '2 minutes' where id = ${id}`;
    await me(`Bearer ${secret}`);
    expect(Date.parse(await used())).toBeGreaterThan(Date.now() - 60_000);
    await sql`update api_tokens set expires_at = now() where id = ${id}`;
    expect((await me(`Bearer ${secret}`)).status).toBe(401);
    await sql`update api_tokens set expires_at = null where id = ${id}`;
    expect((await me(`Bearer ${secret}`)).status).toBe(200);
    expect((await api.send('DELETE', `/api/tokens/${id}`)).status).toBe(204);
    expect((await me(`Bearer ${secret}`)).status).toBe(401);
  });

  test('are made, listed and changed without their secret', async () => {
    const made = await api.send<{ secret: string; id: string }>('POST', '/api/tokens', {
      body: { name: 'ci', role: 'operator', expires_at: '2999-01-01T00:00:00+01:00' },
    });
    const { secret, id } = made.json;
    expect(made.json).toMatchObject({
      name: 'ci',
      role: 'operator',
      created_by: 'admin',
      expires_at: '2998-12-31T23:00:00.000Z',
    });
    expect((await me(`Bearer ${secret}`)).status).toBe(200);
    for (const path of ['/api/tokens', `/api/tokens/${id}`, '/api/tokens/ci']) {
      const { text, status } = await api.send('GET', path);
      expect([status, text.includes(secret), text.includes('token_hash')]).toEqual([200, false, false]);
    }
    expect((await api.send('PATCH', '/api/tokens/ci', { body: { role: 'viewer' } })).json).toMatchObject({ role: 'viewer' });
    expect(problem(await api.send('POST', '/api/tokens', { body: { name: 'ci', role: 'viewer' } })).code).toBe('conflict');
    const bad = problem(
      await api.send('POST', '/api/tokens', { body: { name: 'admin', role: 'root', expires_at: '2001-01-01T00:00:00Z' } }),
    );
    expect(bad.errors.map((error) => error.pointer)).toEqual(['/name', '/role', '/expires_at']);
    const rows = await api.database.sql`select row_to_json(t)::text as text from api_tokens t`;
    expect(rows.filter((row) => String(row.text).includes(secret))).toEqual([]);
  });
});

describe('what is not there', () => {
  test('a path, a method, a broken path', async () => {
    expect(problem(await api.send('GET', '/api/nothing'))).toMatchObject({
      status: 404,
      code: 'not_found',
      instance: '/api/nothing',
    });
    expect(problem(await api.send('POST', '/nothing', { as: null, raw: 'x' })).status).toBe(404);
    const put = await api.send('PUT', '/api/devices');
    expect([problem(put).code, put.headers.get('allow')]).toEqual(['method_not_allowed', 'GET, POST, HEAD, OPTIONS']);
    const options = await api.send('OPTIONS', '/api/jobs/x/pause', { as: null });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
    expect(problem(await api.send('GET', '/api/devices/%E0%A4%A')).status).toBe(404);
    expect((await api.send('HEAD', '/api/devices')).status).toBe(200);
    expect((await api.send('GET', '/')).headers.get('location')).toBe('/api/docs');
  });

  test.each(['job', randomUUID(), '%00', "'; drop table jobs"])('a job called %s', async (id) => {
    const job = encodeURIComponent(decodeURIComponent(id));
    const paths = [`jobs/${job}`, `jobs/${job}/status`, `jobs/${job}/devices`, `jobs/${job}/log`, `jobs/${job}/events`];
    const calls: [string, string][] = [
      ...paths.map((path): [string, string] => ['GET', path]),
      ...['pause', 'resume', 'cancel'].map((verb): [string, string] => ['POST', `jobs/${job}/${verb}`]),
      ['GET', `topology/discover/progress/${job}`],
      ['GET', `topology/discover/result/${job}`],
      ['DELETE', `topology/discover/${job}`],
    ];
    for (const [method, path] of calls) {
      const { status } = problem(await api.send(method, `/api/${path}`));
      expect([path, status]).toEqual([path, id === '%00' ? 422 : 404]);
    }
  });
});

test('queries are checked as bodies are', async () => {
  const bad = async (path: string) => problem(await api.send('GET', path)).errors.map((error) => error.pointer);
  expect(await bad('/api/jobs?statsu=failed&limit=0')).toEqual(['query/limit', 'query/statsu']);
  expect(await bad('/api/jobs?status=gone&since=yesterday')).toEqual(['query/status/0', 'query/since']);
  expect(await bad('/api/jobs?cursor=abc')).toEqual(['query/cursor']);
  expect(await bad('/api/devices?limit=1&limit=2')).toEqual(['query/limit']);
  expect(await bad('/api/devices?q=%00')).toEqual(['query/q']);
  expect(await bad('/api/devices?enabled=perhaps')).toEqual(['query/enabled']);
  const nul = Buffer.from(JSON.stringify(['\0'])).toString('base64url');
  expect(problem(await api.send('GET', `/api/devices?cursor=${nul}`)).status).toBe(422);
});
