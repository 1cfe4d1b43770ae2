import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../stores/database.ts';
import { insertCredential } from '../../stores/credentials.ts';
import { resealTable } from '../../stores/reseal.ts';
import { createWordSeal } from '../../stores/seal-words.ts';
import { createKeyring } from '../../stores/seal.ts';
import { insertWebhook } from '../../stores/webhooks.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const [one, two, lost] = [randomBytes(32), randomBytes(32), randomBytes(32)];
let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

const boxes = (table: string) =>
  database.sql<
    { id: string; sealed: Uint8Array; key_id: string }[]
  >`select id, sealed, key_id from ${database.sql(table)} order by id`;

test('every box is sealed with the new key, in slices, by two at once; what no key opens is named and stays', async () => {
  const old = createKeyring(one);
  const count = 250;
  for (let index = 0; index < count; index += 1)
    await insertCredential(database, old, { name: `c${index}`, username: null, secrets: { password: `p${index}` } });
  const gone = await insertCredential(database, createKeyring(lost), {
    name: 'gone',
    username: null,
    secrets: { password: 'x' },
  });
  const hook = { name: 'ops', url: 'https://x.example', events: [], enabled: true, failure_threshold: 3, secret: 'hook-secret' };
  const webhook = await insertWebhook(database, old, hook, 'test');

  const both = createKeyring(two, [one]);
  const results = await Promise.all([
    resealTable(database, both, 'credentials'),
    resealTable(database, createKeyring(two, [one]), 'credentials'),
  ]);
  expect(results[0].resealed + results[1].resealed).toBe(count);
  for (const { unreadable } of results) expect(unreadable).toEqual([gone.id]);
  expect(await resealTable(database, both, 'credentials')).toEqual({ resealed: 0, unreadable: [gone.id] });
  expect(await resealTable(database, both, 'webhooks')).toEqual({ resealed: 1, unreadable: [] });

  const alone = createKeyring(two);
  const rows = await boxes('credentials');
  const passwords = rows.filter(({ id }) => id !== gone.id).map((row) => alone.open(row, row.id)['password']);
  expect(new Set(passwords)).toEqual(new Set(Array.from({ length: count }, (_, index) => `p${index}`)));
  expect(rows.find(({ id }) => id === gone.id)!.key_id).toBe(createKeyring(lost).keyId);
  const [sealedHook] = await boxes('webhooks');
  expect(alone.open(sealedHook!, webhook.id)).toEqual({ secret: 'hook-secret' });
});

test('a ring of keys opens what each of them sealed, and seals with the current one', () => {
  const box = createKeyring(one).seal({ password: 'p' }, 'row');
  const ring = createKeyring(two, [lost, one]);
  expect(ring.open(box, 'row')).toEqual({ password: 'p' });
  expect(ring.seal({ password: 'p' }, 'row').key_id).toBe(createKeyring(two).keyId);
  expect(() => createKeyring(two, [lost]).open(box, 'row')).toThrow(/CAIRN_SECRET_KEY_PREVIOUS does not hold it/);
  expect(() => ring.open({ ...box, key_id: createKeyring(lost).keyId }, 'row')).toThrow(/changed outside Cairn/);
});

test('words of older keys open, new ones are of the current key', () => {
  const word = createWordSeal(one).seal('enable-secret');
  const rotated = createWordSeal(two, [one]);
  expect(rotated.open(`enable secret ${word} !`)).toBe('enable secret enable-secret !');
  expect(rotated.seal('enable-secret')).toBe(createWordSeal(two).seal('enable-secret'));
  expect(rotated.seal('enable-secret')).not.toBe(word);
  expect(createWordSeal(two).open(word)).toBe(word);
});
