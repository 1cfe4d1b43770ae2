import { randomUUID } from 'node:crypto';
import { base64url, SignJWT, type JWTPayload } from 'jose';
import { describe, expect, test } from 'vitest';
import { hashToken } from '../../stores/tokens.ts';
import { startCluster } from '../support/cluster.ts';
import { problem, startApi, type Answered } from './harness.ts';
import { AUDIENCE, seconds, startIssuer } from './support/issuer.ts';
import { person, useOidcLab, type Me } from './support/oidc-lab.ts';

const { lab, me } = useOidcLab();

const groupsOf = ({ json }: Answered<Me>) => json.groups?.map(({ name }) => name) ?? null;

describe('a right token', () => {
  test('makes the user at the first sign-in, with role and groups of its claims', async () => {
    const claims = person({ email: 'a@example.net', sites: ['berlin', 'nowhere'] });
    const answers = await Promise.all([1, 2, 3, 4].map(async () => me(await lab.issuer.sign(claims))));
    for (const answer of answers) {
      expect(answer.status, answer.text).toBe(200);
      expect(answer.json).toMatchObject({ name: claims.preferred_username, role: 'operator', via: 'oidc', token: null });
      expect(groupsOf(answer)).toEqual(['berlin']);
    }
    const user = await lab.api.send('GET', `/api/users/${String(claims.preferred_username)}`);
    expect(user.json).toMatchObject({
      email: 'a@example.net',
      role: 'operator',
      oidc_issuer: lab.issuer.url,
      oidc_subject: claims.sub,
      follows_claims: true,
      enabled: true,
    });
    expect(user.json).not.toMatchObject({ last_seen_at: null });
  });

  test('* sees all devices, a missing claim none; the highest role counts', async () => {
    expect(groupsOf(await me(await lab.issuer.sign(person({ sites: '*' }))))).toBeNull();
    const without = await me(await lab.issuer.sign(person({ sites: undefined, realm_access: { roles: ['staff', 'x', 'noc'] } })));
    expect([without.json.role, without.json.groups]).toEqual(['operator', []]);
  });

  test('may be a little off in time, to both sides', async () => {
    expect((await me(await lab.issuer.sign(person({ exp: seconds() - 20 })))).status).toBe(200);
    expect((await me(await lab.issuer.sign(person({ nbf: seconds() + 20 })))).status).toBe(200);
  });

  test('brings changed claims, and an older one does not bring them back', async () => {
    const claims = person();
    const old = await lab.issuer.sign({ ...claims, realm_access: { roles: ['noc-admins'] }, sites: '*' });
    expect((await me(old)).json).toMatchObject({ role: 'admin', groups: null });
    // The stored user must be older than the newer token: the clock of a token goes by whole seconds.
    await lab.api.database
      .sql`update users set updated_at = now() - interval '1 minute' where oidc_subject = ${String(claims.sub)}`;
    const newer = await me(await lab.issuer.sign({ ...claims, realm_access: { roles: ['staff'] }, sites: ['paris'] }));
    expect([newer.json.role, groupsOf(newer)]).toEqual(['viewer', ['paris']]);
    const again = await me(old);
    expect([again.json.role, groupsOf(again)]).toEqual(['viewer', ['paris']]);
  });

  test('of a user whom an admin made gives what the admin set, whatever it claims', async () => {
    const sub = `auth0|${randomUUID()}`;
    const made = await lab.api.send('POST', '/api/users', {
      body: { name: `by-hand-${sub}`, role: 'viewer', groups: ['paris'], oidc_issuer: lab.issuer.url, oidc_subject: sub },
    });
    expect(made.status, made.text).toBe(201);
    const answer = await me(await lab.issuer.sign(person({ sub, realm_access: { roles: ['noc-admins'] } })));
    expect([answer.json.name, answer.json.role, groupsOf(answer)]).toEqual([`by-hand-${sub}`, 'viewer', ['paris']]);
  });

  test('gives an API token that lasts, never with more than the user has', async () => {
    const jwt = await lab.issuer.sign(person());
    const headers = { Authorization: `Bearer ${jwt}` };
    const post = (body: object) =>
      lab.api.send<{ secret: string; groups: { name: string }[] }>('POST', '/api/me/tokens', { as: null, headers, body });
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
    await refused(await lab.issuer.sign(person(claims())), why);
  });

  test('alg none, and HS256 with the public key as the secret', async () => {
    const claims = { ...person(), iss: lab.issuer.url, aud: AUDIENCE, exp: seconds() + 300 };
    const part = (value: object) => base64url.encode(JSON.stringify(value));
    for (const alg of ['none', 'None', 'NONE'])
      await refused(`${part({ alg, typ: 'JWT' })}.${part(claims)}.`, /way that is not accepted/);
    const secret = new TextEncoder().encode(await lab.issuer.publicKey());
    for (const kid of ['key-1', 'key-2'])
      await refused(await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret), /way that is not accepted/);
  });

  test('changed after it was signed, or signed by another issuer that claims to be this one', async () => {
    const [head, body, signature] = (await lab.issuer.sign(person())).split('.');
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString('utf8'));
    const forged = base64url.encode(JSON.stringify({ ...claims, realm_access: { roles: ['noc-admins'] } }));
    await refused(`${head}.${forged}.${signature}`, /not signed by the issuer/);
    const other = await startIssuer();
    await refused(await other.sign(person({ iss: lab.issuer.url }), { kid: 'key-1' }), /not signed by the issuer/);
    await other.stop();
  });

  test('a disabled user, at once', async () => {
    const claims = person();
    const token = await lab.issuer.sign(claims);
    const { name } = (await me(token)).json;
    expect((await lab.api.send('PATCH', `/api/users/${name}`, { body: { enabled: false } })).status).toBe(200);
    await refused(token, /disabled/);
    expect((await lab.api.send('PATCH', `/api/users/${name}`, { body: { enabled: true } })).status).toBe(200);
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
    await refused(await lab.issuer.sign(person({ realm_access: { roles: ['admin', 'other'] } })), /no role/);
    await refused(await lab.issuer.sign(person({ realm_access: 'x' })), /no role/);
    const claims = person();
    expect((await me(await lab.issuer.sign(claims))).status).toBe(200);
    await refused(await lab.issuer.sign({ ...claims, realm_access: undefined }), /no role/);
  });

  test('a name that is taken: nobody becomes somebody else by it', async () => {
    await lab.api.send('POST', '/api/users', { body: { name: 'taken', role: 'admin' } });
    for (const preferred_username of ['taken', 'admin', 'anonymous', 'test-operator'])
      await refused(await lab.issuer.sign(person({ preferred_username })), /is taken/);
  });

  test('an unknown subject, where none is made', async () => {
    const strict = await startApi({ oidc: { ...lab.settings, createUsers: false } });
    const token = await lab.issuer.sign(person());
    const answer = await strict.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } });
    expect([answer.status, problem(answer).detail]).toEqual([403, expect.stringContaining('POST /api/users')]);
    await strict.stop();
  });
});

test('a JWT is not looked up among the tokens of Cairn', async () => {
  const { secret } = (await lab.api.send<{ secret: string }>('POST', '/api/tokens', { body: { name: 'swapped', role: 'admin' } }))
    .json;
  expect((await me(secret)).status).toBe(200);
  const wrong = await lab.issuer.sign(person({ aud: 'x' }));
  await lab.api.database.sql`update api_tokens set token_hash = ${hashToken(wrong)} where name = 'swapped'`;
  expect((await me(wrong)).status).toBe(401);
});

test('no part of a token is logged or audited', async () => {
  const good = await lab.issuer.sign(person());
  const bad = await lab.issuer.sign(person({ aud: 'x', mark: 'claim-mark' }));
  for (const token of [good, bad]) {
    await me(token);
    await lab.api.send('POST', '/api/devices', { as: null, headers: { Authorization: `Bearer ${token}` }, body: {} });
  }
  const rows = await lab.api.database.sql<{ text: string }[]>`select to_jsonb(a)::text as text from audit_events a`;
  const kept = lab.api.logged() + rows.map(({ text }) => text).join('');
  for (const token of [good, bad]) for (const part of token.split('.').slice(1)) expect(kept.includes(part)).toBe(false);
  expect(kept.includes('claim-mark')).toBe(false);
});

test('without an issuer every JWT is refused', async () => {
  const plain = await startApi();
  const token = await lab.issuer.sign(person());
  const answer = problem(await plain.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } }));
  expect([answer.status, answer.detail]).toEqual([401, expect.stringContaining('CAIRN_OIDC_ISSUER')]);
  await plain.stop();
});

test('the API of the settings takes such tokens', { timeout: 120_000 }, async () => {
  const cluster = await startCluster();
  try {
    const { url } = await cluster.startApi({
      CAIRN_OIDC_ISSUER: lab.issuer.url,
      CAIRN_OIDC_AUDIENCE: AUDIENCE,
      CAIRN_OIDC_ROLE_CLAIM: 'realm_access.roles',
      CAIRN_OIDC_ROLES: 'noc=operator',
    });
    const ask = async (token: string) => fetch(`${url}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await (await ask(await lab.issuer.sign(person()))).json()).toMatchObject({
      role: 'operator',
      groups: null,
      via: 'oidc',
    });
    expect((await ask(await lab.issuer.sign(person({ aud: 'x' })))).status).toBe(401);
  } finally {
    await cluster.stop();
  }
});
