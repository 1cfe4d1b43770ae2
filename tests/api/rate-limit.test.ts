import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { networkOf, WRONG_TOKENS } from '../../api/rate-limit.ts';
import type { Problem } from '../../api/problems.ts';
import { insertToken } from '../../stores/tokens.ts';
import { startApi, type TestApi } from './harness.ts';
import { startSecondApp } from './support/second-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let url: string;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function limited(rateLimit: number): Promise<void> {
  const app = await startSecondApp(api, { rateLimit, trustedProxies: ['loopback'] });
  stops.push(() => app.stop());
  ({ url } = app);
}

/** `from`: the address that the proxy tells. */
async function ask(path: string, { token, from, method = 'GET' }: { token?: string; from?: string; method?: string } = {}) {
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(from === undefined ? {} : { 'X-Forwarded-For': from }),
  };
  const response = await fetch(url + path, { method, headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('a caller', () => {
  it('is told its limit with every answer, and refused above it until the window is over', async () => {
    await limited(3);
    const token = api.tokens.viewer;
    const first = await ask('/api/devices', { token });
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([200, '"default";q=3;w=60']);
    expect(first.headers.get('ratelimit')).toMatch(/^"default";r=2;t=(60|59)$/);
    const missing = await ask('/api/devices/none', { token });
    expect([missing.status, missing.headers.get('ratelimit')?.split(';')[1]]).toEqual([404, 'r=1']);
    expect((await ask('/api/devices', { token, method: 'DELETE' })).status).toBe(405);
    expect((await ask('/api/devices', { token })).status).toBe(200);

    const refused = await ask('/api/devices', { token });
    const problem: Problem = JSON.parse(refused.text);
    expect(problem).toMatchObject({ status: 429, code: 'rate_limited', instance: '/api/devices' });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
  });

  it('is not refused for what others do', async () => {
    await limited(1);
    const { viewer, operator } = api.tokens;
    expect((await ask('/api/devices', { token: viewer })).status).toBe(200);
    expect((await ask('/api/devices', { token: viewer })).status).toBe(429);
    expect((await ask('/api/devices', { token: operator })).status).toBe(200);
  });

  it('without a token is counted by address, also where nothing is', async () => {
    await limited(2);
    expect((await ask('/api/openapi.json', { from: '192.0.2.1' })).status).toBe(200);
    expect((await ask('/nothing', { from: '192.0.2.1' })).status).toBe(404);
    expect((await ask('/nothing', { from: '192.0.2.1' })).status).toBe(429);
    expect((await ask('/api/devices', { from: '192.0.2.1' })).status).toBe(429);
    expect((await ask('/api/devices', { from: '192.0.2.2' })).status).toBe(401);
    expect((await ask('/api/devices', { from: '192.0.2.1', token: api.tokens.viewer })).status).toBe(200);
  });

  it('may send any number at 0, and is told of no limit', async () => {
    await limited(0);
    const answer = await ask('/api/devices', { token: api.tokens.viewer });
    expect([answer.status, answer.headers.get('ratelimit'), answer.headers.get('ratelimit-policy')]).toEqual([200, null, null]);
  });

  it('that watches the service is never refused', async () => {
    await limited(1);
    for (const path of ['/healthz', '/healthz', '/metrics', '/metrics', '/readyz', '/readyz']) {
      const answer = await ask(path);
      expect([path, answer.status === 429, answer.headers.get('ratelimit')]).toEqual([path, false, null]);
    }
  });
});

describe('wrong tokens', () => {
  it('are refused above 20 a minute from one address, also without the other limit; a valid one still works', async () => {
    await limited(0);
    const from = '198.51.100.7';
    for (let n = 0; n < WRONG_TOKENS; n += 1) expect((await ask('/api/devices', { from, token: `guess-${n}` })).status).toBe(401);
    const refused = await ask('/api/devices', { from, token: 'one-more' });
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/api/devices', { from })).status).toBe(429);
    expect((await ask('/api/devices', { from, token: api.tokens.viewer })).status).toBe(200);
    expect((await ask('/api/devices', { from: '198.51.100.8', token: 'guess' })).status).toBe(401);
  });

  it('that begin alike are refused above 20 a minute from whatever address; the right one that begins so still works', async () => {
    await limited(0);
    const { secret } = await insertToken(
      api.deps.database,
      { name: `meant-${Date.now()}`, role: 'viewer', expires_at: null },
      'test',
    );
    const meant = secret.slice(0, 12);
    for (let n = 0; n < WRONG_TOKENS; n += 1)
      expect((await ask('/api/devices', { from: `198.51.100.${20 + n}`, token: `${meant}${n}` })).status).toBe(401);
    const refused = await ask('/api/devices', { from: '198.51.100.99', token: `${meant}x` });
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(JSON.parse(refused.text).detail).toContain('like this one');
    expect((await ask('/api/devices', { from: '198.51.100.99', token: secret })).status).toBe(200);
    expect((await ask('/api/devices', { from: '198.51.100.99', token: 'another' })).status).toBe(401);
  });

  it('that claim the same subject are counted together, whatever their signature', async () => {
    await limited(0);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = (sub: string, n: number) => `${part({ alg: 'RS256' })}.${part({ iss: 'x', sub, n })}.${part({ n })}`;
    for (let n = 0; n < WRONG_TOKENS; n += 1)
      expect((await ask('/api/devices', { from: `198.51.100.${50 + n}`, token: jwt('alice', n) })).status).toBe(401);
    expect((await ask('/api/devices', { from: '198.51.100.120', token: jwt('alice', 99) })).status).toBe(429);
    expect((await ask('/api/devices', { from: '198.51.100.120', token: jwt('bob', 1) })).status).toBe(401);
  });

  it('are answered the later the more there were', async () => {
    await limited(0);
    const from = '198.51.100.130';
    const took = async (n: number) => {
      const began = performance.now();
      await ask('/api/devices', { from, token: `slow-${n}` });
      return performance.now() - began;
    };
    for (let n = 0; n < WRONG_TOKENS - 1; n += 1) await took(n);
    // The 20th waits (20 - 5) * 20 ms; a timer may fire a moment early.
    expect(await took(WRONG_TOKENS)).toBeGreaterThan(290);
  });

  it('are not counted where none was sent', async () => {
    await limited(0);
    for (let n = 0; n < WRONG_TOKENS + 5; n += 1) expect((await ask('/api/devices', { from: '203.0.113.1' })).status).toBe(401);
  });

  it('leave no audit event where the limit refused them', async () => {
    await limited(0);
    const from = '203.0.113.2';
    const events = async () => (await api.database.sql`select count(*)::int as n from audit_events`)[0]!.n;
    const before = await events();
    for (let n = 0; n < WRONG_TOKENS + 5; n += 1) await ask('/api/jobs', { from, token: 'guess', method: 'POST' });
    expect((await events()) - before).toBe(WRONG_TOKENS);
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
