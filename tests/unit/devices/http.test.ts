import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Kind } from '../../../core/facts.ts';
import { arpLines, collectFrom, testPlatform } from './support/sessions.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const TOKEN = 'token-of-the-test';

/** A device API; `answers` by the end of the path, after `/api/devices/<id>/`. */
async function startApi(answers: Record<string, Answer>) {
  const calls: { path: string; token: string | undefined }[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    calls.push({ path: request.url ?? '', token: request.headers.authorization });
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    const end = /^\/api\/devices\/[^/]+\/([^?]+)/.exec(request.url ?? '')?.[1] ?? '';
    (answers[end] ?? status(404, { success: false, error: 'not found' }))(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  };
  stops.push(stop);
  return { url: `http://127.0.0.1:${port}`, calls, most: () => most, stop };
}

const status =
  (code: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const rows = (output: unknown): Answer => status(200, { success: true, output });
const ARP = [{ protocol: 'Internet', address: '10.0.0.1', hardware_address: '0200.0000.0001', interface: 'Vlan10' }];
const MACS = [{ destination_address: '0200.0000.0003', vlan_id: '10', destination_port: ['Gi0/1'], type: 'DYNAMIC' }];
const KINDS: Kind[] = ['arp', 'mac_table', 'static_routes'];

const collect = (url: string, over: Parameters<typeof collectFrom>[1] = {}): ReturnType<typeof collectFrom> =>
  collectFrom(
    { host: url, port: 0 },
    {
      device: { id: '1', name: 'sw 1', host: url, port: 0, platform: 'test', transport: 'http', external_id: null },
      kinds: KINDS,
      ...over,
      credential: { username: null, password: null, token: TOKEN, ...over.credential },
    },
  );

test('one call after the other, with the token, each kind by its own answer', async () => {
  const api = await startApi({ 'ip-arp': rows(ARP), 'mac-table': rows(MACS), 'ip-route/static': rows([]) });
  const collected = await collect(`${api.url}/`);
  expect(collected).toMatchObject({
    failure: null,
    logged_in: true,
    host_key: null,
    kinds: {
      arp: {
        outcome: 'ok',
        rows: 1,
        records: [{ address: '10.0.0.1', mac: '02:00:00:00:00:01', interface: 'Vlan10', vrf: null }],
      },
      mac_table: { outcome: 'ok', records: [{ mac: '02:00:00:00:00:03', vlan: 10, interface: 'Gi0/1', type: 'dynamic' }] },
      static_routes: { outcome: 'empty', rows: 0, error: null },
    },
  });
  expect(api.calls).toEqual(
    ['ip-arp', 'mac-table', 'ip-route/static'].map((end) => ({
      path: `/api/devices/sw%201/${end}?use_textfsm=true`,
      token: `Bearer ${TOKEN}`,
    })),
  );
  expect(api.most()).toBe(1);
  expect(collected.outputs.map(({ text }) => JSON.parse(text))).toEqual(
    [ARP, MACS, []].map((output) => ({ success: true, output })),
  );
});

test('the id of the device API is used where there is one', async () => {
  const api = await startApi({ 'ip-arp': rows(ARP) });
  const device = {
    id: '1',
    name: 'sw1',
    host: `${api.url}/base`,
    port: 0,
    platform: 'test',
    transport: 'http',
    external_id: 'a/b',
  } as const;
  await collect(api.url, { device, kinds: ['arp'] });
  expect(api.calls[0]?.path).toBe('/base/api/devices/a%2Fb/ip-arp?use_textfsm=true');
});

describe('text where rows were asked for', () => {
  const platform = testPlatform({}, { arp: { ask: [{ command: 'show arp', parse: { own: 'none' } }] } });
  test('is never an empty answer: without a template it is a parse failure', async () => {
    const api = await startApi({ 'ip-arp': rows('Internet 10.0.0.1 - 0200.0000.0001'), 'mac-table': rows('something') });
    const { kinds } = await collect(api.url, { platform });
    expect(kinds.arp).toMatchObject({ outcome: 'parse_failed', error: 'there is no template none' });
    expect(kinds.mac_table).toMatchObject({
      outcome: 'parse_failed',
      error: expect.stringContaining('has no template for mac_table'),
    });
  });
  test('that refuses the command is unsupported', async () => {
    const api = await startApi({ 'ip-arp': rows("% Invalid input detected at '^' marker.") });
    expect((await collect(api.url, { platform, kinds: ['arp'] })).kinds.arp).toMatchObject({ outcome: 'unsupported' });
  });
});

test.each([
  ['no JSON', status(200, '<html>')],
  ['no rows', status(200, { success: true, output: 7 })],
  ['another shape', status(200, { rows: [] })],
  ['rows that are none', rows([1, 2])],
  ['a row without what it needs', rows([{ hardware_address: '0200.0000.0001' }])],
])('%s is a parse failure of that kind', async (_name, answer) => {
  const api = await startApi({ 'ip-arp': answer, 'mac-table': rows(MACS) });
  const collected = await collect(api.url, { kinds: ['arp', 'mac_table'] });
  expect(collected.kinds).toMatchObject({ arp: { outcome: 'parse_failed', records: [] }, mac_table: { outcome: 'ok' } });
});

test.each([
  [401, 'auth_failed'],
  [403, 'auth_failed'],
] as const)('%i ends it: the token is not sent again', async (code, outcome) => {
  const api = await startApi({ 'ip-arp': status(code, { error: 'no' }) });
  expect(await collect(api.url)).toMatchObject({ failure: { outcome, retryable: false }, kinds: {}, logged_in: false });
  expect(api.calls).toHaveLength(1);
});

test('a device that refuses its password is not asked again', async () => {
  const api = await startApi({
    'ip-arp': rows(ARP),
    'mac-table': status(200, { success: false, error: 'authentication to device failed' }),
  });
  const collected = await collect(api.url);
  expect(collected.kinds).toMatchObject({
    arp: { outcome: 'ok' },
    mac_table: { outcome: 'auth_failed', error: 'the device API says: authentication to device failed' },
    static_routes: { outcome: 'auth_failed', error: expect.stringMatching(/^not asked for/) },
  });
  expect(collected.failure).toMatchObject({ outcome: 'auth_failed', retryable: false });
  expect(api.calls).toHaveLength(2);
});

test.each([
  [404, 'unsupported'],
  [405, 'unsupported'],
  [501, 'unsupported'],
  [500, 'error'],
  [302, 'error'],
] as const)('%i costs its kind only', async (code, outcome) => {
  const api = await startApi({ 'ip-arp': status(code, { error: 'why' }, { location: '/elsewhere' }), 'mac-table': rows(MACS) });
  const collected = await collect(api.url, { kinds: ['arp', 'mac_table'] });
  expect(collected).toMatchObject({
    failure: null,
    kinds: { arp: { outcome, error: expect.stringContaining(String(code)) }, mac_table: { outcome: 'ok' } },
  });
  expect(api.calls.map(({ path }) => path)).not.toContain('/elsewhere');
});

test.each([502, 503, 504])('%i is unreachable: retryable where nothing came yet, else that kind only', async (code) => {
  const bad = status(code, { success: false, error: 'device unreachable' });
  const first = await startApi({ 'ip-arp': bad });
  expect(await collect(first.url)).toMatchObject({
    failure: { outcome: 'unreachable', retryable: true },
    kinds: {},
    logged_in: false,
  });
  expect(first.calls).toHaveLength(1);
  const later = await startApi({ 'ip-arp': rows(ARP), 'mac-table': bad, 'ip-route/static': rows([]) });
  expect(await collect(later.url)).toMatchObject({
    failure: null,
    kinds: { arp: { outcome: 'ok' }, mac_table: { outcome: 'unreachable' }, static_routes: { outcome: 'empty' } },
  });
});

test('nobody listens', async () => {
  const api = await startApi({});
  await api.stop();
  expect(await collect(api.url)).toMatchObject({
    failure: { outcome: 'unreachable', retryable: true, error: expect.stringContaining('refused') },
  });
});

test('silence is a timeout and ends it', async () => {
  const api = await startApi({ 'ip-arp': rows(ARP), 'mac-table': () => undefined });
  const collected = await collect(api.url, { limits: { command_ms: 300 } });
  expect(collected).toMatchObject({
    failure: { outcome: 'timeout', retryable: false },
    kinds: { arp: { outcome: 'ok' }, mac_table: { outcome: 'timeout' }, static_routes: { outcome: 'timeout' } },
  });
  const silent = await startApi({ 'ip-arp': () => undefined });
  expect(await collect(silent.url, { limits: { command_ms: 300 } })).toMatchObject({
    failure: { outcome: 'timeout', retryable: true },
    kinds: {},
  });
});

test('half an answer, then silence or the end', async () => {
  const half =
    (then: (response: ServerResponse) => void): Answer =>
    (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"success": true, "output": [');
      then(response);
    };
  const api = await startApi({ 'ip-arp': rows(ARP), 'mac-table': half((response) => setTimeout(() => response.destroy(), 30)) });
  expect((await collect(api.url)).kinds.mac_table?.outcome).toBe('unreachable');
  const silent = await startApi({ 'ip-arp': rows(ARP), 'mac-table': half(() => undefined) });
  expect((await collect(silent.url, { limits: { command_ms: 300 } })).kinds.mac_table?.outcome).toBe('timeout');
});

test.each([true, false])('more than the output limit is truncated (length told: %s)', async (told) => {
  const body = JSON.stringify({ success: true, output: Array.from({ length: 2_000 }, () => ARP[0]) });
  const api = await startApi({
    'ip-arp': (_request, response) => {
      if (told) response.setHeader('content-length', Buffer.byteLength(body));
      response.write(body.slice(0, 100));
      response.end(body.slice(100));
    },
    'mac-table': rows(MACS),
  });
  const collected = await collect(api.url, { kinds: ['arp', 'mac_table'], limits: { output_bytes: 10_000 } });
  expect(collected.kinds).toMatchObject({ arp: { outcome: 'truncated', records: [] }, mac_table: { outcome: 'ok' } });
});

test('an abort ends the call at once', async () => {
  const abort = new AbortController();
  const api = await startApi({ 'ip-arp': rows(ARP), 'mac-table': () => abort.abort() });
  const begun = performance.now();
  const collected = await collect(api.url, { signal: abort.signal });
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(collected).toMatchObject({
    failure: { outcome: 'cancelled', retryable: false },
    kinds: { arp: { outcome: 'ok' }, mac_table: { outcome: 'cancelled' }, static_routes: { outcome: 'cancelled' } },
  });
});

test('the limit of the device, and a stop between two kinds', async () => {
  const api = await startApi({ 'ip-arp': rows(ARP), 'mac-table': () => undefined });
  expect(await collect(api.url, { limits: { device_ms: 300 } })).toMatchObject({
    failure: { outcome: 'timeout', error: 'the device took longer than its limit of 0.3 s' },
    kinds: { arp: { outcome: 'ok' }, mac_table: { outcome: 'timeout' } },
  });
  let asked = 0;
  const stopped = await collect(api.url, { shouldStop: () => asked++ > 0 });
  expect(stopped).toMatchObject({ stopped: true, failure: null });
  expect(Object.keys(stopped.kinds)).toEqual(['arp']);
});

test('a host that is no URL', async () => {
  const collected = await collect('10.0.0.1');
  expect(collected.failure).toMatchObject({ outcome: 'error', retryable: false, error: expect.stringContaining('base URL') });
});

test('the token is not in a message, though the API repeats it', async () => {
  const api = await startApi({ 'ip-arp': status(500, { error: `bad token ${TOKEN}` }) });
  const { kinds } = await collect(api.url, { kinds: ['arp'], platform: testPlatform({}, { arp: arpLines }) });
  expect(kinds.arp?.error).toContain('bad token');
  expect(kinds.arp?.error).not.toContain(TOKEN);
});
