import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rotateLogs } from '../../../runtime/embedded/log-files.ts';

test('a large log file is moved aside while its program goes on writing; a small one stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-logs-'));
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, 'api.log'), 'small\n');
  const worker = openSync(join(folder, 'worker.log'), 'a');
  try {
    writeSync(worker, 'first line\nsecond line\n');
    rotateLogs(folder, 10);
    writeSync(worker, 'third\n');
    expect([text('worker.log.1'), text('worker.log'), text('api.log')]).toEqual([
      'first line\nsecond line\n',
      'third\n',
      'small\n',
    ]);
    writeSync(worker, 'fourth line\n');
    rotateLogs(folder, 10);
    expect([text('worker.log.1'), text('worker.log')]).toEqual(['third\nfourth line\n', '']);
  } finally {
    closeSync(worker);
    rmSync(folder, { recursive: true });
  }
});
