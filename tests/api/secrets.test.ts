import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCredentials } from '../../stores/credentials.ts';
import { createKeyring } from '../../stores/seal.ts';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const SECRETS = {
  password: 'S3cret-password',
  private_key: '-----BEGIN OPENSSH PRIVATE KEY-----\nS3cret-key\n-----END OPENSSH PRIVATE KEY-----\n',
  passphrase: 'S3cret-passphrase',
  enable_password: 'S3cret-enable',
  token: 'S3cret-token',
};
const idOf = (answer: { json: { id: string } }) => answer.json.id;
const opened = async (id: string) => (await openCredentials(api.deps.database, api.deps.keyring, [id])).get(id);

/** Everything that is in the database, as text. */
async function databaseText(): Promise<string> {
  const tables = await api.database.sql`select tablename as name from pg_tables where schemaname = 'public'`;
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await api.database.sql`select row_to_json(t)::text as text from ${api.database.sql(String(name))} t`;
      return rows.map((row) => String(row.text)).join('\n');
    }),
  );
  return texts.join('\n');
}

test('secrets are in no answer, no log line and in no row as they are', async () => {
  const answers: string[] = [];
  const send = async (...call: Parameters<TestApi['send']>) => {
    const answer = await api.send<{ id: string }>(...call);
    answers.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  };
  const made = await send('POST', '/api/credentials', { body: { name: 'all', username: 'admin', ...SECRETS } });
  expect(made.json).toMatchObject({ name: 'all', username: 'admin', secrets: Object.keys(SECRETS) });
  const id = idOf(made);
  await send('GET', '/api/credentials');
  await send('GET', '/api/credentials/all', { as: 'viewer' });
  await send('PATCH', '/api/credentials/all', { body: { passphrase: null, token: 'S3cret-rotated' } });
  await send('PUT', '/api/credentials/all', { body: { name: 'all', ...SECRETS } });
  await send('POST', '/api/credentials', { body: { name: 'all', password: 'S3cret-conflict' } });
  await send('POST', '/api/credentials', { body: { name: 7, password: 'S3cret-wrong', pasword: 'S3cret-typo' } });
  await send('POST', '/api/credentials', { as: 'viewer', body: { name: 'x', password: 'S3cret-denied' } });
  await send('POST', '/api/credentials', { raw: '{"password": "S3cret-broken', headers: { 'Content-Type': 'application/json' } });
  await send('POST', '/api/devices', { body: { name: 'd', host: 'http://u:S3cret-url@h', platform: 'p', transport: 'http' } });
  expect(answers.join('\n')).not.toContain('S3cret');
  expect(await databaseText()).not.toContain('S3cret');
  expect(Buffer.from(await databaseText(), 'latin1').includes(Buffer.from('S3cret').toString('hex'))).toBe(false);
  expect(api.logged()).toContain('"path":"/api/credentials"');
  expect(api.logged()).not.toContain('S3cret');
  expect(await opened(id)).toEqual({ username: null, ...SECRETS });
});

test('a rotation changes what it names, null removes, a new name keeps', async () => {
  const id = idOf(
    await api.send<{ id: string }>('POST', '/api/credentials', {
      body: { name: 'rot', username: 'u', password: 'one', token: 't' },
    }),
  );
  const changed = await api.send('PATCH', `/api/credentials/${id}`, { body: { password: 'two', token: null, name: 'rotated' } });
  expect(changed.json).toMatchObject({ name: 'rotated', username: 'u', secrets: ['password'] });
  expect(await opened(id)).toMatchObject({ username: 'u', password: 'two', token: null });
  expect(problem(await api.send('PATCH', '/api/credentials/rot', { body: {} })).status).toBe(404);
});

test('the key and the row of a box matter', async () => {
  const one = idOf(await api.send<{ id: string }>('POST', '/api/credentials', { body: { name: 'one', password: 'p1' } }));
  const two = idOf(await api.send<{ id: string }>('POST', '/api/credentials', { body: { name: 'two', password: 'p2' } }));
  const other = createKeyring(Buffer.alloc(32, 7));
  await expect(openCredentials(api.deps.database, other, [one])).rejects.toMatchObject({ code: 'configuration_invalid' });
  await api.database.sql`update credentials set sealed = (select sealed from credentials where id = ${one}) where id = ${two}`;
  await expect(openCredentials(api.deps.database, api.deps.keyring, [two])).rejects.toMatchObject({
    code: 'configuration_invalid',
  });
  expect((await openCredentials(api.deps.database, api.deps.keyring, [crypto.randomUUID()])).size).toBe(0);
});
