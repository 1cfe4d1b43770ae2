import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCredentials } from '../../stores/credentials.ts';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

interface Shown {
  id: string;
  name: string;
  secrets: string[];
  references: Record<string, unknown> | null;
}

const ENV = { from: 'env', name: 'CAIRN_SECRET_LAB_PASSWORD' };
const FILE = { from: 'file', path: '/run/secrets/lab' };
const VAULT = { from: 'vault', path: 'secret/data/lab', field: 'enable' };

test('references are shown, values are not, and a change keeps what it does not name', async () => {
  const body = { name: 'lab', username: 'admin', password: ENV, enable_password: VAULT, token: 'S3cret-value' };
  const made = await api.send<Shown>('POST', '/api/credentials', { body });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({
    secrets: ['password', 'enable_password', 'token'],
    references: { password: ENV, enable_password: VAULT },
  });
  const changed = await api.send<Shown>('PATCH', '/api/credentials/lab', {
    body: { password: FILE, enable_password: 'S3cret-now' },
  });
  expect(changed.json).toMatchObject({ secrets: ['password', 'enable_password', 'token'], references: { password: FILE } });
  const opened = (await openCredentials(api.deps.database, api.deps.keyring, [made.json.id])).get(made.json.id);
  expect(opened).toMatchObject({ password: FILE, enable_password: 'S3cret-now', token: 'S3cret-value' });
  const list = await api.send<{ items: Shown[] }>('GET', '/api/credentials', { as: 'viewer' });
  expect(list.json.items.map((item) => item.references)).toEqual([{ password: FILE }]);
  const replaced = await api.send<Shown>('PUT', '/api/credentials/lab', { body: { name: 'lab', password: 'S3cret-last' } });
  expect(replaced.json).toMatchObject({ secrets: ['password'], references: {} });
  expect([made, changed, list, replaced].map((answer) => answer.text).join()).not.toContain('S3cret');
});

test('a text that looks like a reference is a value', async () => {
  const text = JSON.stringify(ENV);
  const { json } = await api.send<Shown>('POST', '/api/credentials', { body: { name: 'text', password: text } });
  expect(json.references).toEqual({});
  expect((await openCredentials(api.deps.database, api.deps.keyring, [json.id])).get(json.id)?.password).toBe(text);
});

const BAD: [string, unknown, string][] = [
  ['a variable without the prefix', { from: 'env', name: 'PATH' }, '/password/name'],
  ['the key of Cairn', { from: 'env', name: 'CAIRN_SECRET_KEY' }, '/password/name'],
  ['older keys of Cairn', { from: 'env', name: 'CAIRN_SECRET_KEY_PREVIOUS' }, '/password/name'],
  ['another setting', { from: 'env', name: 'CAIRN_SECRET_FILES' }, '/password/name'],
  ['a name that could never be set', { from: 'env', name: 'CAIRN_SECRET_A=B' }, '/password/name'],
  ['a relative file', { from: 'file', path: 'secrets/lab' }, '/password/path'],
  ['a file that climbs', { from: 'file', path: '/run/secrets/../../etc/shadow' }, '/password/path'],
  ['a path of Vault that climbs', { from: 'vault', path: 'secret/../sys/seal', field: 'f' }, '/password/path'],
  ['a path of Vault with a query', { from: 'vault', path: 'secret/data/lab?version=1', field: 'f' }, '/password/path'],
  ['no field', { from: 'vault', path: 'secret/data/lab' }, '/password'],
  ['a field of another kind', { ...FILE, field: 'f' }, '/password/field'],
  ['a value inside', { from: 'env', name: ENV.name, value: 'S3cret' }, '/password/value'],
  ['an unknown source', { from: 'aws', name: 'x' }, '/password'],
  ['a number', 7, '/password'],
];

test.each(BAD)('%s is refused, where it is wrong', async (_what, password, pointer) => {
  const answer = await api.send('POST', '/api/credentials', { body: { name: 'bad', password } });
  expect(answer.text).not.toContain('S3cret');
  const { status, errors } = problem(answer);
  expect(status).toBe(422);
  expect(errors.map((error) => error.pointer)).toEqual([pointer]);
});

test.each([
  ENV,
  FILE,
  VAULT,
  { from: 'file', path: '/run/a b/..data/x.key' },
  { from: 'vault', path: 'kv/lab', field: 'pass word' },
])('the form %j is taken', async (password) => {
  const { status } = await api.send('POST', '/api/credentials', { body: { name: crypto.randomUUID().slice(9), password } });
  expect(status).toBe(201);
});

test('a box that does not open hides no other credential', async () => {
  await api.database.sql`update credentials set key_id = 'gone' where name = 'text'`;
  const { status, json } = await api.send<{ items: Shown[] }>('GET', '/api/credentials');
  expect(status).toBe(200);
  expect(json.items.find((item) => item.name === 'text')).toMatchObject({ secrets: ['password'], references: null });
  expect(json.items.find((item) => item.name === 'lab')?.references).toEqual({});
});
