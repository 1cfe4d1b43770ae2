import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { claimPort } from '../../../runtime/embedded/port-claims.ts';

const folder = mkdtempSync(join(tmpdir(), 'cairn-claims-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (port: number): string =>
  `import { claimPort } from ${JSON.stringify(new URL('../../../runtime/embedded/port-claims.ts', import.meta.url).href)};
   process.stdout.write(String(claimPort(${port}, ${JSON.stringify(folder)})));
   process.stdin.resume(); process.stdin.on('end', () => process.exit(0));`;

async function other(port: number) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source(port)], { stdio: 'pipe' });
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, claimed: answer.toString() === 'true' };
}

it('one of two processes has the port, and the other one when the first is gone, however it ended', async () => {
  const first = await other(7001);
  expect(first.claimed).toBe(true);
  expect(claimPort(7001, folder)).toBe(false);
  const end = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await end;
  expect(claimPort(7001, folder)).toBe(true);
  expect(claimPort(7001, folder)).toBe(true);
  const late = await other(7001);
  expect(late.claimed).toBe(false);
  late.child.stdin.end();
});

it('a process that ends gives its ports back; what a later process of the same id did not claim is stale', async () => {
  const first = await other(7002);
  const end = once(first.child, 'exit');
  first.child.stdin.end();
  await end;
  expect(existsSync(join(folder, 'cairn-port-7002'))).toBe(false);
  writeFileSync(join(folder, 'cairn-port-7003'), `${process.pid} another start`);
  expect(claimPort(7003, folder)).toBe(true);
});
