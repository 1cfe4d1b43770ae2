import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allEndpoints } from '../../contracts/http/index.ts';
import { roleAllows, type Role } from '../../core/roles.ts';
import type { OidcSettings } from '../../runtime/config.ts';
import { insertToken } from '../../stores/tokens.ts';
import { insertUser } from '../../stores/users.ts';
import { startApi, type TestApi } from './harness.ts';
import { AUDIENCE, startIssuer, type Issuer } from './support/issuer.ts';
import { startSecondApp } from './support/second-app.ts';

let issuer: Issuer;
let api: TestApi;
let second: Awaited<ReturnType<typeof startSecondApp>>;
beforeAll(async () => {
  issuer = await startIssuer();
  const oidc: OidcSettings = {
    issuer: issuer.url,
    audience: AUDIENCE,
    jwksUrl: null,
    roleClaim: 'roles',
    roles: new Map([['viewer', 'viewer']]),
    groupsClaim: null,
    nameClaim: 'preferred_username',
    createUsers: true,
  };
  api = await startApi({ oidc });
  second = await startSecondApp(api, { trustedProxies: ['loopback'] });
  await api.send('POST', '/api/collection-groups', { body: { name: 'elsewhere', queue_id: 'elsewhere' } });
});
afterAll(async () => {
  await second.stop();
  await api.stop();
  await issuer.stop();
});

interface Caller {
  /** What the caller is allowed at most; null: nobody. */
  role: Role | null;
  /** Bound to some collection groups. */
  bound?: true;
  /** A new one for each call: wrong ones that begin alike are slowed down. */
  token: () => Promise<string>;
}

const unique = () => randomUUID().slice(0, 13);
const user = (role: Role, groups: string[] | null, enabled = true) =>
  insertUser(api.deps.database, {
    name: `u-${unique()}`,
    email: null,
    role,
    groups,
    enabled,
    oidc_issuer: null,
    oidc_subject: null,
    follows_claims: false,
  });
async function tokenOf(role: Role, user: string | null, groups: string[] | null = null): Promise<string> {
  const fields = { name: `t-${unique()}`, role, user, groups, expires_at: null };
  return (await insertToken(api.deps.database, fields, 'test')).secret;
}

const CALLERS: Record<string, Caller> = {
  'an operator of another group': {
    role: 'operator',
    bound: true,
    token: async () => tokenOf('operator', (await user('operator', ['elsewhere'])).id),
  },
  'an operator of no group': { role: 'operator', bound: true, token: () => tokenOf('operator', null, []) },
  'an admin of another group': { role: 'admin', bound: true, token: () => tokenOf('admin', null, ['elsewhere']) },
  'a viewer with an admin’s token': { role: 'viewer', token: async () => tokenOf('admin', (await user('viewer', null)).id) },
  'a viewer by OIDC': {
    role: 'viewer',
    token: () => issuer.sign({ sub: unique(), preferred_username: `o-${unique()}`, roles: ['viewer'] }),
  },
  'a disabled admin': { role: null, token: async () => tokenOf('admin', (await user('admin', null, false)).id) },
  'an expired token': {
    role: null,
    async token() {
      const secret = await tokenOf('admin', null);
      await api.database
        .sql`update api_tokens set expires_at = now() - interval '1 second' where expires_at is null and user_id is null and role = 'admin' and groups is null`;
      return secret;
    },
  },
  'an expired JWT': {
    role: null,
    token: () => issuer.sign({ sub: unique(), roles: ['viewer'], exp: Math.floor(Date.now() / 1000) - 60 }),
  },
};

/** A call of every endpoint that can change nothing: what it names is not there, what it sends is wrong. */
const CALLS = allEndpoints().map(({ endpoint }) => ({
  endpoint,
  path: endpoint.path.replaceAll(/\{\w+\}/g, randomUUID()),
  body: endpoint.body === undefined ? undefined : JSON.stringify({ no_such_field: 1 }),
}));
let calls = 0;

describe.each(Object.entries(CALLERS))('%s', (_, { role, bound, token }) => {
  test.each(CALLS)('$endpoint.method $endpoint.path', async ({ endpoint, path, body }) => {
    calls += 1;
    const id = randomUUID();
    const response = await fetch(second.url + path, {
      method: endpoint.method,
      headers: {
        Authorization: `Bearer ${await token()}`,
        'X-Request-Id': id,
        'X-Forwarded-For': `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const { status } = response;
    expect(status, text).not.toBe(500);
    const allowed = role !== null && endpoint.role !== 'public' && roleAllows(role, endpoint.role);
    if (endpoint.role === 'public') expect([401, 403], text).not.toContain(status);
    else if (role === null) expect(status, text).toBe(401);
    else if (!allowed || (bound === true && endpoint.allDevices === true)) expect(status, text).toBe(403);
    // A device that is not there, or not theirs, is asked by operators only.
    else expect([401, 403], text).not.toContain(status === 403 && endpoint.audit === 'device.query' ? 0 : status);
    const events = await api.database.sql<{ actor: string; status: string }[]>`
      select actor, status from audit_events where request_id = ${id}`;
    if (endpoint.audit === null) expect(events).toEqual([]);
    else {
      expect(events).toMatchObject([{ status: String(status) }]);
      expect(events[0]!.actor === 'anonymous').toBe(role === null);
    }
  });
});
