import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../runtime/config.ts';
import { startApi, type TestApi } from './harness.ts';
import { startSecondApp } from './support/second-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const FORWARDED = { 'X-Forwarded-For': '192.0.2.9', 'X-Forwarded-Proto': 'https' };

/** What a request that was forwarded shows: whether it counts as HTTPS, and whether its address is another than ours. */
async function seen(trustedProxies: string[]): Promise<{ https: boolean; own: boolean }> {
  const app = await startSecondApp(api, { trustedProxies, rateLimit: 2 });
  try {
    const ask = (headers: Record<string, string>) => fetch(`${app.url}/api/openapi.json`, { headers });
    const first = await ask(FORWARDED);
    await ask(FORWARDED);
    const https = first.headers.get('strict-transport-security') === 'max-age=31536000';
    return { https, own: (await ask({})).status === 200 };
  } finally {
    await app.stop();
  }
}

describe('X-Forwarded-For and -Proto', () => {
  it('are believed of nobody unless told', async () => {
    expect(await seen([])).toEqual({ https: false, own: false });
  });

  it.each([[['loopback']], [['127.0.0.1']], [['127.0.0.0/8', '10.0.0.1']]])('are believed of %j', async (proxies) => {
    expect(await seen(proxies)).toEqual({ https: true, own: true });
  });

  it('are not believed of another than the proxy', async () => {
    expect(await seen(['10.0.0.0/8'])).toEqual({ https: false, own: false });
  });

  it('tell the last address that is no proxy, whatever the client made up before it', async () => {
    const app = await startSecondApp(api, { trustedProxies: ['loopback'], rateLimit: 1 });
    try {
      const ask = (from: string) => fetch(`${app.url}/api/openapi.json`, { headers: { 'X-Forwarded-For': from } });
      expect((await ask('203.0.113.1, 192.0.2.9')).status).toBe(200);
      expect((await ask('203.0.113.2, 192.0.2.9')).status).toBe(429);
    } finally {
      await app.stop();
    }
  });
});

describe('the setting', () => {
  const proxies = (text: string) => loadSettings({ CAIRN_TRUSTED_PROXIES: text }).trustedProxies;
  it('takes addresses, networks and loopback', () => {
    expect(proxies('loopback, 10.0.0.0/8 ,::1,2001:db8::/32,192.0.2.1')).toEqual([
      'loopback',
      '10.0.0.0/8',
      '::1',
      '2001:db8::/32',
      '192.0.2.1',
    ]);
    expect(proxies('')).toEqual([]);
  });

  it.each(['true', '*', '10.0.0.0/33', 'proxy.example.net', '1'])('refuses %s', (text) => {
    expect(() => proxies(text)).toThrow(/CAIRN_TRUSTED_PROXIES must be/);
  });
});
