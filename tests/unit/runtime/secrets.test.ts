import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureAdminToken, ensureSecretKey, writeAdminToken } from '../../../runtime/secrets.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cairn-secrets-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const mode = (name: string) => statSync(join(dataDir, name)).mode & 0o777;

test('the key is generated once, for its owner only', () => {
  const key = ensureSecretKey({ secretKey: null, dataDir });
  expect(key).toHaveLength(32);
  expect(mode('secret.key')).toBe(0o600);
  expect(ensureSecretKey({ secretKey: null, dataDir })).toEqual(key);
});

test('a key file that was damaged is refused, not replaced', () => {
  writeFileSync(join(dataDir, 'secret.key'), 'half a k');
  expect(() => ensureSecretKey({ secretKey: null, dataDir })).toThrow(/secret\.key must hold 32 random bytes/);
});

test('the admin token is generated once, for its owner only; a given one reaches the token file', () => {
  const { token, file } = ensureAdminToken({ adminToken: null, dataDir });
  expect(token).toMatch(/^cairn_[\w-]{43}$/);
  expect(mode('admin-token')).toBe(0o600);
  expect(ensureAdminToken({ adminToken: null, dataDir })).toEqual({ token, file });
  const written = writeAdminToken({ adminToken: 'given-by-hand', dataDir });
  expect(written.token).toBe('given-by-hand');
  expect(readFileSync(written.file, 'utf8').trim()).toBe('given-by-hand');
});

test('processes that generate it at the same moment all get the same one', async () => {
  const program = `
    import { ensureSecretKey } from ${JSON.stringify(join(process.cwd(), 'runtime/secrets.ts'))};
    const go = ${Date.now() + 1500};
    while (Date.now() < go);
    console.log(ensureSecretKey({ secretKey: null, dataDir: ${JSON.stringify(dataDir)} }).toString('hex'));`;
  const run = () => promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program]);
  const outputs = await Promise.all([run(), run(), run()]);
  expect(new Set(outputs.map(({ stdout }) => stdout.trim()))).toHaveLength(1);
});
