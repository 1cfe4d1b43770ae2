import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
let credential: string;
beforeAll(async () => {
  api = await startApi();
  credential = (
    await api.send<{ id: string }>('POST', '/api/credentials', { body: { name: 'lab', username: 'u', password: 'p' } })
  ).json.id;
  await api.send('POST', '/api/collection-groups', { body: { name: 'Site North', queue_id: 'north' } });
});
afterAll(() => api.stop());

interface Imported {
  created: number;
  updated: number;
  items: { id: string; name: string }[];
  failed: { row: number; errors: { pointer: string; detail: string }[] }[];
}
const csv = (raw: string | Uint8Array<ArrayBuffer>, media = 'text/csv') =>
  api.send<Imported>('POST', '/api/devices/import', { raw, headers: { 'Content-Type': media }, as: 'operator' });
const json = (devices: unknown) => api.send<Imported>('POST', '/api/devices/import', { body: { devices }, as: 'operator' });
const result = async (answer: ReturnType<typeof csv>) => {
  const { status, json, text } = await answer;
  if (status !== 200) throw new Error(text);
  return json;
};
const device = async (name: string) => (await api.send('GET', `/api/devices/${name}`)).json;

test('CSV: good rows land, bad ones are named by row and field', async () => {
  const text = [
    '\ufeffname,host,platform,port,credential,collection_group,tags,enabled,site',
    'c1,192.0.2.1,cisco_ios,,lab,Site North,core; north,yes,"Hall 1, rack 2"',
    'c2,192.0.2.2,cisco_ios,99999,lab,,,,',
    '',
    'c3,192.0.2.3,cisco_ios,2222,nobody,,,no,',
    'c4,192.0.2.4,cisco_ios,2222,lab,,,no,',
    'c1,192.0.2.9,cisco_ios,,,,,,',
    ',192.0.2.9,cisco_ios,,,,,,',
    'c6,192.0.2.9',
    'c7,192.0.2.7,cisco_ios,,,,,maybe,',
  ].join('\r\n');
  const { created, updated, items, failed } = await result(csv(text, 'text/csv; charset=utf-8'));
  expect([created, updated, items.map((item) => item.name)]).toEqual([2, 0, ['c1', 'c4']]);
  expect(failed.map(({ row, errors }) => [row, errors.map((error) => error.pointer)])).toEqual([
    [2, ['/port']],
    [3, ['/credential']],
    [5, ['/name']],
    [6, ['/name']],
    [7, ['']],
    [8, ['/enabled']],
  ]);
  expect(await device('c1')).toMatchObject({
    id: items[0]!.id,
    port: 22,
    credential_id: credential,
    tags: ['core', 'north'],
    enabled: true,
    site: 'Hall 1, rack 2',
    transport: 'ssh',
  });
  expect(await device('c4')).toMatchObject({ port: 2222, enabled: false, tags: [], site: null });
});

test('the same name is an update: what is not given stays', async () => {
  const [before] = (
    await result(
      json([{ name: 'u1', host: '192.0.2.1', platform: 'cisco_ios', site: 's', tags: ['t'], port: 2022, credential: 'lab' }]),
    )
  ).items;
  const first = await result(csv('name;host\nu1;192.0.2.50\nu2;192.0.2.51'));
  expect(first).toMatchObject({
    created: 0,
    updated: 1,
    items: [before],
    failed: [{ row: 2, errors: [{ pointer: '/platform' }] }],
  });
  expect(await device('u1')).toMatchObject({
    host: '192.0.2.50',
    site: 's',
    tags: ['t'],
    port: 2022,
    credential_id: credential,
    platform: 'cisco_ios',
  });
  await result(csv('name,site,tags,credential\nu1,,,'));
  expect(await device('u1')).toMatchObject({ host: '192.0.2.50', site: null, tags: [], credential_id: null });
});

test('JSON rows are judged one by one', async () => {
  const id = crypto.randomUUID();
  const good = { name: 'j1', host: '192.0.2.1', platform: 'cisco_ios', id };
  const { created, items, failed } = await result(
    json([
      good,
      7,
      null,
      { name: 'j2' },
      { ...good, name: 'j3' },
      { ...good, id: undefined, name: 'j4', x: 1, port: '22' },
      { ...good, name: 5 },
    ]),
  );
  expect([created, items]).toEqual([1, [{ id, name: 'j1' }]]);
  expect(failed.map(({ row, errors }) => [row, errors.map((error) => error.pointer).sort()])).toEqual([
    [2, ['']],
    [3, ['']],
    [4, ['/host', '/platform']],
    [5, ['/id']],
    [6, ['/port', '/x']],
    [7, ['/name']],
  ]);
  const again = await result(
    json([
      { name: 'j1', id: crypto.randomUUID() },
      { ...good, id: undefined, name: 'j5', jump_device_id: crypto.randomUUID() },
    ]),
  );
  expect(again.failed.map(({ errors }) => errors[0]!.pointer)).toEqual(['/id', '/jump_device_id']);
});

describe('what is refused as a whole', () => {
  const refused: [string, string | Uint8Array<ArrayBuffer>, string[]][] = [
    ['an unknown column', 'name,hostt\na,b', ['/hostt']],
    ['a column twice', 'name,name\na,b', ['/name']],
    ['no rows', 'name,host\n', []],
    ['nothing but blanks', '\n\n', []],
    ['an open quote', 'name,host\n"a,b', []],
    ['Latin-1', Buffer.from([0x6e, 0xfc, 0x0a, 0x61]), []],
  ];
  test.each(refused)('%s', async (_, text, pointers) => {
    const answer = problem(await csv(text));
    expect([answer.status, answer.errors.map((error) => error.pointer)]).toEqual([422, pointers]);
  });

  test('bodies that are none', async () => {
    expect(problem(await json([])).errors[0]!.pointer).toBe('/devices');
    expect(problem(await json('x')).errors[0]!.pointer).toBe('/devices');
    expect(problem(await csv('name,host\na,b', 'text/plain')).status).toBe(415);
    expect(problem(await csv('name\n'.padEnd(21 * 1024 * 1024, 'x'))).status).toBe(413);
  });
});

test('20,000 devices land in one go', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `big${index},192.0.2.1,cisco_ios,lab`);
  const begun = Date.now();
  const { created, items } = await result(csv(`name,host,platform,credential\n${rows.join('\n')}`));
  expect([created, items.length, items[7]!.name]).toEqual([20_000, 20_000, 'big7']);
  expect(Date.now() - begun).toBeLessThan(20_000);
});
