import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../runtime/config.ts';
import { startApi, type TestApi } from './harness.ts';
import { startSecondApp } from './support/second-app.ts';

const PAGE = 'https://noc.example.net';

let api: TestApi;
let open: { url: string; stop(): Promise<void> };
beforeAll(async () => {
  api = await startApi();
  open = await startSecondApp(api, { corsOrigins: [PAGE, 'http://localhost:5173'] });
});
afterAll(async () => {
  await open?.stop();
  await api?.stop();
});

function ask(url: string, origin: string | null, preflight: boolean): Promise<Response> {
  const headers: Record<string, string> = {
    ...(origin === null ? {} : { Origin: origin }),
    ...(preflight
      ? { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' }
      : { Authorization: `Bearer ${api.tokens.viewer}` }),
  };
  return fetch(`${url}/api/devices`, { method: preflight ? 'OPTIONS' : 'GET', headers });
}
const corsOf = ({ headers }: Response) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('a page of an origin that is allowed', () => {
  it.each([PAGE, 'http://localhost:5173'])('%s gets the answer to its preflight', async (origin) => {
    const { status, headers } = await ask(open.url, origin, true);
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([204, origin, 'Origin']);
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    expect(headers.get('access-control-allow-headers')).toMatch(/Authorization, Content-Type.*Idempotency-Key/);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may read the answer, also of an error, and the headers that matter', async () => {
    const { status, headers } = await ask(open.url, PAGE, false);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, PAGE]);
    expect(headers.get('access-control-expose-headers')).toContain('Location');
    const denied = await fetch(`${open.url}/api/devices`, { headers: { Origin: PAGE } });
    expect([denied.status, denied.headers.get('access-control-allow-origin')]).toEqual([401, PAGE]);
  });
});

it.each(['https://evil.example.net', `${PAGE}.evil.net`, 'http://noc.example.net', `${PAGE}:8443`, 'null'])(
  'a page of %s gets nothing',
  async (origin) => {
    for (const preflight of [true, false]) {
      const response = await ask(open.url, origin, preflight);
      expect([corsOf(response), response.headers.get('vary')]).toEqual([[], 'Origin']);
    }
  },
);

it('nobody gets anything unless told', async () => {
  for (const preflight of [true, false]) expect(corsOf(await ask(api.url, PAGE, preflight))).toEqual([]);
});

describe('the setting', () => {
  const origins = (text: string) => loadSettings({ CAIRN_CORS_ORIGINS: text }).corsOrigins;
  it('takes origins as a browser writes them', () => {
    expect(origins(` ${PAGE},http://localhost:5173`)).toEqual([PAGE, 'http://localhost:5173']);
  });
  it.each(['*', 'null', 'noc.example.net', `${PAGE}/`, `${PAGE}/page`, 'https://NOC.example.net', 'https://a:443', 'file:///x'])(
    'refuses %s',
    (text) => {
      expect(() => origins(text)).toThrow(/CAIRN_CORS_ORIGINS must be/);
    },
  );
});
