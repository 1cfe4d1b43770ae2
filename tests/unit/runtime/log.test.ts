import { expect, test } from 'vitest';
import { createLogger, prettyLine } from '../../../runtime/log.ts';

function logged(fields: Record<string, unknown>, message = 'text'): Record<string, unknown> {
  const lines: string[] = [];
  createLogger({ level: 'info', name: 'test', destination: { write: (line) => lines.push(line) } }).info(fields, message);
  expect(lines).toHaveLength(1);
  const record: Record<string, unknown> = JSON.parse(lines[0] ?? '');
  return record;
}

test('a line is JSON with level, time, name and what was given', () => {
  expect(logged({ job_id: 'j1' })).toMatchObject({ level: 'info', name: 'test', job_id: 'j1', msg: 'text' });
});

test.each([
  'password',
  'Password',
  'enable_password',
  'private_key',
  'privateKey',
  'passphrase',
  'token',
  'api_key',
  'Authorization',
  'set-cookie',
  'secretKey',
  'databaseUrl',
  'credentials',
])('%s is masked at any depth', (name) => {
  const text = JSON.stringify(
    logged({ [name]: 'hunter2', a: { b: [{ [name]: 'hunter2' }] }, err: Object.assign(new Error('x'), { [name]: 'hunter2' }) }),
  );
  expect(text).not.toContain('hunter2');
  expect(text.match(/\[redacted\]/g)).toHaveLength(3);
});

test('what only sounds like a secret stays', () => {
  expect(logged({ token_file: '/x/admin-token', credential_id: 'c1', passed: 3, password: null })).toMatchObject({
    token_file: '/x/admin-token',
    credential_id: 'c1',
    passed: 3,
    password: null,
  });
});

test('passwords in addresses and bearer tokens are masked in every text', () => {
  const cause = new Error('connect postgres://cairn:hunter2@db:5432/x failed');
  const text = JSON.stringify(logged({ err: new Error('outer', { cause }) }, 'GET with Authorization: Bearer abcdef0123456789'));
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('abcdef0123456789');
  expect(text).toContain('postgres://cairn:[redacted]@db:5432/x');
});

test('bytes and cycles do not get out of hand', () => {
  const loop: Record<string, unknown> = { key: Buffer.from('hunter2hunter2') };
  loop['self'] = loop;
  const text = JSON.stringify(logged({ loop }));
  expect(text).toContain('[14 bytes]');
  expect(text.length).toBeLessThan(1_000);
});

test('on a terminal it is one readable line, an error with its stack below', () => {
  const record = { level: 'warn', time: '2026-01-02T03:04:05.678Z', name: 'worker', pid: 1, msg: 'slow', job_id: 'j1', ms: 5 };
  expect(prettyLine(JSON.stringify(record))).toBe('03:04:05 warn worker slow job_id=j1 ms=5\n');
  expect(prettyLine(JSON.stringify({ ...record, err: { stack: 'Error: x\n  at y' } }))).toContain('\n    Error: x\n      at y\n');
  expect(prettyLine('not JSON\n')).toBe('not JSON\n');
});
