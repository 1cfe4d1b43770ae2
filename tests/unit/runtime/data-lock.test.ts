import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDir } from '../../../runtime/embedded/data-lock.ts';
import { processCommand, processStart } from '../../../runtime/process-identity.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cairn-lock-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a lock is refused while its holder lives, and free once given back', () => {
  const unlock = lockDataDir(dataDir);
  expect(() => lockDataDir(dataDir)).toThrow(`is in use by another \`npm start\` (process ${process.pid})`);
  unlock();
  expect(existsSync(join(dataDir, 'lock'))).toBe(false);
  lockDataDir(dataDir)();
});

test.each([
  ['whose process is gone', { pid: 4_194_303, started: 'x/1' }],
  ['whose process id belongs to another program by now', { pid: process.pid, started: 'x/1' }],
])('a lock %s is taken over', (_, holder) => {
  writeFileSync(join(dataDir, 'lock'), JSON.stringify(holder));
  const unlock = lockDataDir(dataDir);
  expect(JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8'))).toEqual({
    pid: process.pid,
    started: processStart(process.pid),
  });
  unlock();
});

test('of many that take over a stale lock at the same moment, one gets it', async () => {
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: 4_194_303, started: 'x/1' }));
  const go = Date.now() + 3_000;
  const program = `
    import { lockDataDir } from ${JSON.stringify(join(process.cwd(), 'runtime/embedded/data-lock.ts'))};
    while (Date.now() < ${go});
    try { lockDataDir(${JSON.stringify(dataDir)}); console.log('got it'); } catch (error) { console.log(error.code); }
    // Hold it until all have tried.
    setTimeout(() => undefined, 1500);`;
  const race = () =>
    new Promise<string>((resolve) => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      child.once('close', () => resolve(output.trim()));
    });
  const outputs = await Promise.all(Array.from({ length: 6 }, race));
  expect(outputs.sort()).toEqual(['got it', ...Array.from({ length: 5 }, () => 'startup_failed')]);
});

test('a process is known by its start time, and by what it was started with', () => {
  expect(processStart(process.pid)).toMatch(/\S/);
  expect(processStart(process.pid)).toBe(processStart(process.pid));
  expect(processStart(1)).not.toBe(processStart(process.pid));
  expect(processStart(4_194_303)).toBeNull();
  expect(processCommand(process.pid)).toContain('node');
  expect(processCommand(4_194_303)).toBeNull();
});
