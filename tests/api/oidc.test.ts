import { randomUUID } from 'node:crypto';
import { base64url, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OidcSettings } from '../../runtime/config.ts';
import { hashToken } from '../../stores/tokens.ts';
import { problem, startApi, type Answered, type TestApi } from './harness.ts';
import { startCluster } from '../support/cluster.ts';
import { AUDIENCE, seconds, startIssuer, type Issuer } from './support/issuer.ts';

let issuer: Issuer;
let api: TestApi;
let settings: OidcSettings;
beforeAll(async () => {
  issuer = await startIssuer();
  settings = {
    issuer: issuer.url,
    audience: AUDIENCE,
    jwksUrl: null,
    roleClaim: 'realm_access.roles',
    roles: new Map([
      ['noc', 'operator'],
      ['noc-admins', 'admin'],
      ['staff', 'viewer'],
    ]),
    groupsClaim: 'sites',
    nameClaim: 'preferred_username',
    createUsers: true,
  };
  api = await startApi({ oidc: settings });
  for (const name of ['berlin', 'paris']) await api.send('POST', '/api/collection-groups', { body: { name, queue_id: name } });
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
});
beforeEach(() => {
  issuer.fail(null);
});

interface Me {
  name: string;
  role: string;
  groups: { name: string }[] | null;
  user: { id: string } | null;
  via: string;
  expires_at: string;
}
const me = (token: string): Promise<Answered<Me>> =>
  api.send<Me>('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } });
const person = (claims: JWTPayload = {}): JWTPayload => ({
  sub: randomUUID(),
  preferred_username: `u-${randomUUID().slice(0, 8)}x`,
  realm_access: { roles: ['noc'] },
  sites: ['berlin'],
  ...claims,
});
const groupsOf = ({ json }: Answered<Me>) => json.groups?.map(({ name }) => name) ?? null;

describe('a right token', () => {
  test('makes the user at the first sign-in, with role and groups of its claims', async () => {
    const claims = person({ email: 'a@example.net', sites: ['berlin', 'nowhere'] });
    const answers = await Promise.all([1, 2, 3, 4].map(async () => me(await issuer.sign(claims))));
    for (const answer of answers) {
      expect(answer.status, answer.text).toBe(200);
      expect(answer.json).toMatchObject({ name: claims.preferred_username, role: 'operator', via: 'oidc', token: null });
      expect(groupsOf(answer)).toEqual(['berlin']);
    }
    const user = await api.send('GET', `/api/users/${String(claims.preferred_username)}`);
    expect(user.json).toMatchObject({
      email: 'a@example.net',
      role: 'operator',
      oidc_issuer: issuer.url,
      oidc_subject: claims.sub,
      follows_claims: true,
      enabled: true,
    });
    expect(user.json).not.toMatchObject({ last_seen_at: null });
  });

  test('* sees all devices, a missing claim none; the highest role counts', async () => {
    expect(groupsOf(await me(await issuer.sign(person({ sites: '*' }))))).toBeNull();
    const without = await me(await issuer.sign(person({ sites: undefined, realm_access: { roles: ['staff', 'x', 'noc'] } })));
    expect([without.json.role, without.json.groups]).toEqual(['operator', []]);
  });

  test('may be a little off in time, to both sides', async () => {
    expect((await me(await issuer.sign(person({ exp: seconds() - 20 })))).status).toBe(200);
    expect((await me(await issuer.sign(person({ nbf: seconds() + 20 })))).status).toBe(200);
  });

  test('brings changed claims, and an older one does not bring them back', async () => {
    const claims = person();
    const old = await issuer.sign({ ...claims, realm_access: { roles: ['noc-admins'] }, sites: '*' });
    expect((await me(old)).json).toMatchObject({ role: 'admin', groups: null });
    // The stored user must be older than the newer token: the clock of a token goes by whole seconds.
    await api.database.sql`update users set updated_at = now() - interval '1 minute' where oidc_subject = ${String(claims.sub)}`;
    const newer = await me(await issuer.sign({ ...claims, realm_access: { roles: ['staff'] }, sites: ['paris'] }));
    expect([newer.json.role, groupsOf(newer)]).toEqual(['viewer', ['paris']]);
    const again = await me(old);
    expect([again.json.role, groupsOf(again)]).toEqual(['viewer', ['paris']]);
  });

  test('of a user whom an admin made gives what the admin set, whatever it claims', async () => {
    const sub = `auth0|${randomUUID()}`;
    const made = await api.send('POST', '/api/users', {
      body: { name: `by-hand-${sub}`, role: 'viewer', groups: ['paris'], oidc_issuer: issuer.url, oidc_subject: sub },
    });
    expect(made.status, made.text).toBe(201);
    const answer = await me(await issuer.sign(person({ sub, realm_access: { roles: ['noc-admins'] } })));
    expect([answer.json.name, answer.json.role, groupsOf(answer)]).toEqual([`by-hand-${sub}`, 'viewer', ['paris']]);
  });

  test('gives an API token that lasts, never with more than the user has', async () => {
    const jwt = await issuer.sign(person());
    const headers = { Authorization: `Bearer ${jwt}` };
    const post = (body: object) =>
      api.send<{ secret: string; groups: { name: string }[] }>('POST', '/api/me/tokens', { as: null, headers, body });
    expect(problem(await post({ name: 'too much', role: 'admin' })).errors).toMatchObject([{ pointer: '/role' }]);
    expect(problem(await post({ name: 'too wide', groups: ['paris'] })).errors).toMatchObject([{ pointer: '/groups' }]);
    const made = await post({ name: `laptop-${randomUUID()}x`, expires_at: null });
    expect(made.status, made.text).toBe(201);
    expect(made.json.groups.map(({ name }) => name)).toEqual(['berlin']);
    expect((await me(made.json.secret)).json).toMatchObject({ role: 'operator', via: 'token', expires_at: null });
  });
});

describe('refused with 401', () => {
  const refused = async (token: string, why: RegExp) => {
    const answer = problem(await me(token));
    expect([answer.status, answer.code], answer.detail).toEqual([401, 'unauthenticated']);
    expect(answer.detail).toMatch(why);
  };

  test.each<[string, () => JWTPayload, RegExp]>([
    ['expired', () => ({ exp: seconds() - 31 }), /expired/],
    ['not valid yet', () => ({ nbf: seconds() + 60 }), /nbf/],
    ['for somebody else', () => ({ aud: 'grafana' }), /aud/],
    ['for nobody', () => ({ aud: undefined }), /aud/],
    ['of somebody else', () => ({ iss: 'http://127.0.0.1:1' }), /issuer/],
    ['without an end', () => ({ exp: undefined }), /exp/],
    ['without a subject', () => ({ sub: undefined }), /sub/],
    ['with an empty subject', () => ({ sub: '' }), /sub/],
    ['with a subject that nothing can hold', () => ({ sub: 'a\0b' }), /sub/],
  ])('%s', async (_, claims, why) => {
    await refused(await issuer.sign(person(claims())), why);
  });

  test('alg none, and HS256 with the public key as the secret', async () => {
    const claims = { ...person(), iss: issuer.url, aud: AUDIENCE, exp: seconds() + 300 };
    const part = (value: object) => base64url.encode(JSON.stringify(value));
    for (const alg of ['none', 'None', 'NONE'])
      await refused(`${part({ alg, typ: 'JWT' })}.${part(claims)}.`, /way that is not accepted/);
    const secret = new TextEncoder().encode(await issuer.publicKey());
    for (const kid of ['key-1', 'key-2'])
      await refused(await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret), /way that is not accepted/);
  });

  test('changed after it was signed, or signed by another issuer that claims to be this one', async () => {
    const [head, body, signature] = (await issuer.sign(person())).split('.');
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString('utf8'));
    const forged = base64url.encode(JSON.stringify({ ...claims, realm_access: { roles: ['noc-admins'] } }));
    await refused(`${head}.${forged}.${signature}`, /not signed by the issuer/);
    const other = await startIssuer();
    await refused(await other.sign(person({ iss: issuer.url }), { kid: 'key-1' }), /not signed by the issuer/);
    await other.stop();
  });

  test('a disabled user, at once', async () => {
    const claims = person();
    const token = await issuer.sign(claims);
    const { name } = (await me(token)).json;
    expect((await api.send('PATCH', `/api/users/${name}`, { body: { enabled: false } })).status).toBe(200);
    await refused(token, /disabled/);
    expect((await api.send('PATCH', `/api/users/${name}`, { body: { enabled: true } })).status).toBe(200);
    expect((await me(token)).status).toBe(200);
  });
});

describe('refused with 403', () => {
  const refused = async (token: string, why: RegExp) => {
    const answer = problem(await me(token));
    expect([answer.status, answer.code], answer.detail).toEqual([403, 'forbidden']);
    expect(answer.detail).toMatch(why);
  };

  test('a subject to whom no claim gives a role', async () => {
    await refused(await issuer.sign(person({ realm_access: { roles: ['admin', 'other'] } })), /no role/);
    await refused(await issuer.sign(person({ realm_access: 'x' })), /no role/);
    const claims = person();
    expect((await me(await issuer.sign(claims))).status).toBe(200);
    await refused(await issuer.sign({ ...claims, realm_access: undefined }), /no role/);
  });

  test('a name that is taken: nobody becomes somebody else by it', async () => {
    await api.send('POST', '/api/users', { body: { name: 'taken', role: 'admin' } });
    for (const preferred_username of ['taken', 'admin', 'anonymous', 'test-operator'])
      await refused(await issuer.sign(person({ preferred_username })), /is taken/);
  });

  test('an unknown subject, where none is made', async () => {
    const strict = await startApi({ oidc: { ...settings, createUsers: false } });
    const token = await issuer.sign(person());
    const answer = await strict.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } });
    expect([answer.status, problem(answer).detail]).toEqual([403, expect.stringContaining('POST /api/users')]);
    await strict.stop();
  });
});

describe('keys', () => {
  test('are kept, and fetched again once for a key id that is unknown', async () => {
    expect((await me(await issuer.sign(person()))).status).toBe(200);
    const before = issuer.asked();
    for (let n = 0; n < 5; n += 1) expect((await me(await issuer.sign(person()))).status).toBe(200);
    expect(issuer.asked()).toBe(before);
    await issuer.rotate();
    expect((await me(await issuer.sign(person()))).status).toBe(200);
    expect(issuer.asked()).toBe(before + 1);
    const unknown = problem(await me(await issuer.sign(person(), { kid: 'nobody' })));
    expect([unknown.status, unknown.detail]).toEqual([401, expect.stringMatching(/key that the issuer does not have/)]);
    expect(issuer.asked()).toBe(before + 2);
  });

  test('an issuer that is away: 503, and those that are known still do', async () => {
    expect((await me(await issuer.sign(person()))).status).toBe(200);
    issuer.fail(500);
    expect((await me(await issuer.sign(person()))).status).toBe(200);
    const away = problem(await me(await issuer.sign(person(), { kid: 'unknown' })));
    expect([away.status, away.code]).toEqual([503, 'identity_provider_unavailable']);
    issuer.fail(null);

    const gone = await startIssuer();
    const late = await startApi({ oidc: { ...settings, issuer: gone.url } });
    const token = await gone.sign(person());
    await gone.stop();
    const ask = () => late.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } });
    const down = await ask();
    expect([problem(down).code, down.headers.get('retry-after')]).toEqual(['identity_provider_unavailable', '5']);
    expect((await late.send('GET', '/api/me')).status).toBe(200);
    await late.stop();
  });

  test('an issuer that says it is another one is not believed', async () => {
    const other = await startApi({ oidc: { ...settings, issuer: `${issuer.url}/` } });
    const token = await issuer.sign(person({ iss: `${issuer.url}/` }));
    const answer = problem(await other.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } }));
    expect([answer.status, answer.detail]).toEqual([503, expect.stringContaining('names another issuer')]);
    await other.stop();
  });

  test('at an address that is set need no configuration of the issuer', async () => {
    const direct = await startApi({ oidc: { ...settings, issuer: 'https://login.example.net', jwksUrl: `${issuer.url}/keys` } });
    const token = await issuer.sign(person({ iss: 'https://login.example.net' }));
    expect((await direct.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    await direct.stop();
  });
});

test('a JWT is not looked up among the tokens of Cairn', async () => {
  const { secret } = (await api.send<{ secret: string }>('POST', '/api/tokens', { body: { name: 'swapped', role: 'admin' } }))
    .json;
  expect((await me(secret)).status).toBe(200);
  const wrong = await issuer.sign(person({ aud: 'x' }));
  await api.database.sql`update api_tokens set token_hash = ${hashToken(wrong)} where name = 'swapped'`;
  expect((await me(wrong)).status).toBe(401);
});

test('no part of a token is logged or audited', async () => {
  const good = await issuer.sign(person());
  const bad = await issuer.sign(person({ aud: 'x', mark: 'claim-mark' }));
  for (const token of [good, bad]) {
    await me(token);
    await api.send('POST', '/api/devices', { as: null, headers: { Authorization: `Bearer ${token}` }, body: {} });
  }
  const rows = await api.database.sql<{ text: string }[]>`select to_jsonb(a)::text as text from audit_events a`;
  const kept = api.logged() + rows.map(({ text }) => text).join('');
  for (const token of [good, bad]) for (const part of token.split('.').slice(1)) expect(kept.includes(part)).toBe(false);
  expect(kept.includes('claim-mark')).toBe(false);
});

test('without an issuer every JWT is refused', async () => {
  const plain = await startApi();
  const token = await issuer.sign(person());
  const answer = problem(await plain.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } }));
  expect([answer.status, answer.detail]).toEqual([401, expect.stringContaining('CAIRN_OIDC_ISSUER')]);
  await plain.stop();
});

test('the API of the settings takes such tokens', { timeout: 120_000 }, async () => {
  const cluster = await startCluster();
  try {
    const { url } = await cluster.startApi({
      CAIRN_OIDC_ISSUER: issuer.url,
      CAIRN_OIDC_AUDIENCE: AUDIENCE,
      CAIRN_OIDC_ROLE_CLAIM: 'realm_access.roles',
      CAIRN_OIDC_ROLES: 'noc=operator',
    });
    const ask = async (token: string) => fetch(`${url}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await (await ask(await issuer.sign(person()))).json()).toMatchObject({ role: 'operator', groups: null, via: 'oidc' });
    expect((await ask(await issuer.sign(person({ aud: 'x' })))).status).toBe(401);
  } finally {
    await cluster.stop();
  }
});
