import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const UI = 'http://127.0.0.1:8233';

interface PayloadJson {
  metadata: Record<string, string>;
  data: string;
}
interface Body {
  payloads: PayloadJson[];
}

const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const toJson = ({ metadata, data }: Payload): PayloadJson => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
  data: base64(data),
});
const plain = (value: unknown): PayloadJson => toJson(defaultPayloadConverter.toPayload(value));
const sealed = async (value: unknown): Promise<PayloadJson> =>
  toJson((await api.deps.codec.encode([defaultPayloadConverter.toPayload(value)]))[0]!);

test('decodes what Temporal keeps, and leaves the rest as it is', async () => {
  const foreign = { metadata: { encoding: 'anNvbi9wcm90b2J1Zg==', 'message-type': 'eA==' }, data: 'e30=' };
  const body = { payloads: [await sealed({ device: 'sw1' }), plain('x'), foreign] };
  const answer = await api.send<Body>('POST', '/api/codec/decode', { body, headers: { 'X-Namespace': 'default' } });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ payloads: [plain({ device: 'sw1' }), plain('x'), foreign] });
});

test('takes a list that is left out for an empty one, as the CLI sends it', async () => {
  const answer = await api.send<Body>('POST', '/api/codec/decode', { body: {} });
  expect([answer.status, answer.json]).toEqual([200, { payloads: [] }]);
});

test('encodes so that a worker reads it', async () => {
  const answer = await api.send<Body>('POST', '/api/codec/encode', { body: { payloads: [plain({ priority: 5 })] } });
  const [made] = answer.json.payloads;
  expect(made!.data).not.toBe(plain({ priority: 5 }).data);
  const back = await api.send<Body>('POST', '/api/codec/decode', { body: answer.json });
  expect(back.json.payloads).toEqual([plain({ priority: 5 })]);
});

test('is for admins alone, and every call is audited', async () => {
  const body = { payloads: [await sealed('planted-secret')] };
  for (const path of ['/api/codec/decode', '/api/codec/encode']) {
    for (const [as, status] of [
      [null, 401],
      ['viewer', 403],
      ['operator', 403],
      ['admin', 200],
    ] as const) {
      const answer = await api.send('POST', path, { as, body });
      expect([path, as, answer.status]).toEqual([path, as, status]);
      if (status !== 200) expect(answer.text).not.toContain(plain('planted-secret').data);
    }
  }
  const rows = await api.database
    .sql`select action, status, actor from audit_events where path = '/api/codec/decode' order by id`;
  expect(rows.slice(-4).map(({ action, status }) => [String(action), Number(status)])).toEqual(
    [401, 403, 403, 200].map((status) => ['codec.decode', status]),
  );
});

test('what cannot be decoded is refused with the place', async () => {
  const { metadata, data } = await sealed('x');
  const changed = { metadata, data: base64(Buffer.concat([Buffer.from(data, 'base64').subarray(0, -3), Buffer.alloc(3)])) };
  const other = { metadata: { ...metadata, 'encryption-key-id': base64(Buffer.from('0123456789abcdef')) }, data };
  for (const [bad, part] of [
    [changed, 'was changed outside Cairn'],
    [other, '0123456789abcdef'],
  ] as const) {
    const answer = await api.send('POST', '/api/codec/decode', { body: { payloads: [plain('x'), bad] } });
    expect(problem(answer)).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer: '/payloads/1' }] });
    expect(problem(answer).detail).toContain(part);
  }
});

test.each([
  [{ body: [] }, 422],
  [{ body: { payloads: 'x' } }, 422],
  [{ body: { payloads: [{ metadata: { encoding: 'not base64!' }, data: '' }] } }, 422],
  [{ body: { payloads: [{ metadata: {}, data: 'a' }] } }, 422],
  [{ raw: '{', headers: { 'Content-Type': 'application/json' } }, 400],
  [{ raw: 'x', headers: { 'Content-Type': 'text/plain' } }, 415],
  [{ raw: Buffer.alloc(17 * 2 ** 20, 32), headers: { 'Content-Type': 'application/json' } }, 413],
] as const)('bad input %# is refused', async (options, status) => {
  const answer = await api.send('POST', '/api/codec/decode', options);
  expect(problem(answer).status).toBe(status);
});

test('only the page of the Temporal Web UI may call it from a browser', async () => {
  const ask = (origin: string, path = '/api/codec/decode') =>
    api.send('OPTIONS', path, {
      as: null,
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    });
  const allowed = await ask(UI);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(UI);
  expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
  expect(allowed.headers.get('access-control-allow-headers')).toContain('x-namespace');
  expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  for (const origin of ['http://127.0.0.1:8234', 'https://127.0.0.1:8233', 'null', `${UI}.example`]) {
    const other = await ask(origin);
    expect([origin, other.headers.get('access-control-allow-origin')]).toEqual([origin, null]);
    expect(other.headers.get('vary')).toContain('Origin');
  }
  expect((await ask(UI, '/api/devices')).headers.get('access-control-allow-origin')).toBeNull();
  const answer = await api.send('POST', '/api/codec/decode', { body: { payloads: [] }, headers: { Origin: UI } });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, UI]);
});
