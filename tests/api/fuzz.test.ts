import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allEndpoints } from '../../contracts/http/index.ts';
import { addDevices, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await addDevices(api, ['sw0', 'sw1']);
  await api.send('POST', '/api/credentials', { body: { name: 'known', password: 'p' } });
  await api.send('POST', '/api/collection-groups', { body: { name: 'known', queue_id: 'known' } });
  await api.send('POST', '/api/tokens', { body: { name: 'known', role: 'viewer' } });
});
afterAll(() => api.stop());

const NASTY = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e',
  '__proto__',
  'constructor',
  'sw0',
  '-1',
  '1e999',
  "'",
  '%',
  'x'.repeat(300),
  '{}',
  '٣',
];
const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 40 }));
const value = fc.oneof(
  text,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 31, 2 ** 53, -0, [], {}, [[]], ['sw0'], [null]),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Fields that the endpoint knows, with any values: what gets furthest in. */
function bodyOf(names: string[]): fc.Arbitrary<unknown> {
  const known = names.length === 0 ? fc.constant({}) : fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 });
  return fc.oneof({ weight: 4, arbitrary: known }, fc.dictionary(text, value, { maxKeys: 4 }), value);
}

const NAMES = [
  'device_ids',
  'group',
  'tag',
  'all',
  'job_time_limit',
  'priority',
  'type',
  'params',
  'devices',
  'name',
  'host',
  'port',
];
const MORE = [
  'platform',
  'transport',
  'tags',
  'id',
  'username',
  'password',
  'queue_id',
  'login_rate',
  'role',
  'expires_at',
  'site',
];
const WRITES = allEndpoints().filter(({ endpoint }) => endpoint.body !== undefined);
const READS = allEndpoints().filter(({ endpoint }) => endpoint.method === 'GET' && endpoint.query !== undefined);
const put = (path: string, id: string) => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));

describe('no body makes a 5xx', () => {
  test.each(WRITES)('$endpoint.method $endpoint.path', async ({ endpoint }) => {
    const body = bodyOf([...NAMES, ...MORE]);
    await fc.assert(
      fc.asyncProperty(body, async (body) => {
        // A wait of 0: what is valid by chance must not hold up the test.
        const wait = endpoint.path.includes('discover-sync') || endpoint.path.endsWith('/discover') ? '?wait=0' : '';
        const { status, text } = await api.send(endpoint.method, `${put(endpoint.path, 'known')}${wait}`, { body });
        if (status >= 500) throw new Error(`${status} ${text} for ${JSON.stringify(body)}`);
      }),
      { numRuns: 40 },
    );
  });

  test('text that is no JSON, and JSON that is too deep', async () => {
    const deep = '['.repeat(400_000);
    const texts = [
      deep,
      `${deep}${']'.repeat(400_000)}`,
      `{"devices":${deep}${']'.repeat(400_000)}}`,
      '{"a":1',
      'NaN',
      '\ufeff{}',
      '{"__proto__":{"x":1}}',
    ];
    for (const raw of texts) {
      for (const { endpoint } of WRITES) {
        const { status } = await api.send(endpoint.method, put(endpoint.path, 'known'), {
          raw,
          headers: { 'Content-Type': 'application/json' },
        });
        expect([endpoint.path, raw.slice(0, 20), status < 500]).toEqual([endpoint.path, raw.slice(0, 20), true]);
      }
    }
  });

  test('CSV', async () => {
    const cell = fc.oneof(text, fc.constantFrom('name', 'host', '"', ',', '\n', ';', 'cisco_ios', '127.0.0.1'));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 12 }), async (cells) => {
        const raw = `name,host,platform\n${cells.join(',')}`;
        const { status, text } = await api.send('POST', '/api/devices/import', { raw, headers: { 'Content-Type': 'text/csv' } });
        if (status >= 500) throw new Error(`${status} ${text}`);
      }),
      { numRuns: 100 },
    );
  });
});

test.each(READS)('no query makes a 5xx of GET $endpoint.path', async ({ endpoint }) => {
  const names = Object.keys(endpoint.query!.shape);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      text.filter((part) => part.isWellFormed()),
      text,
      async (name, part, id) => {
        const live = endpoint.audit === 'device.query' ? '&cached=true' : '';
        const path = put(endpoint.path, id.isWellFormed() && id !== '' ? id : 'known');
        const { status, text } = await api.send('GET', `${path}?${name}=${encodeURIComponent(part)}${live}`);
        if (status >= 500) throw new Error(`${status} ${text} for ${path} ${name}=${part}`);
      },
    ),
    { numRuns: 25 },
  );
});
