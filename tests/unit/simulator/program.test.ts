import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../../simulator/simulator.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const firstLine = (stream: Readable): Promise<string> =>
  new Promise((resolve) => void createInterface(stream).once('line', resolve));

describe('the program', () => {
  it('says when it is ready, writes the inventory, is controlled by HTTP and ends on SIGTERM', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const inventory = join(folder, 'devices.csv');
    const args = [
      '--import',
      'tsx',
      'simulator/main.ts',
      '--devices',
      '30',
      '--fail',
      '0.5',
      '--fail-modes',
      'auth',
      '--inventory',
      inventory,
    ];
    const program = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const line = await firstLine(program.stdout);
      const ready: Record<string, string> = {};
      for (const [, name = '', value = ''] of line.matchAll(/(\w+)=(\S+)/g)) ready[name] = value;
      expect(ready).toMatchObject({ devices: '30', first: '127.20.0.1', pid: String(program.pid) });
      const rows = (await readFile(inventory, 'utf8')).trimEnd().split('\n');
      expect([rows.length, rows[0], rows[1]]).toEqual([
        31,
        'name,host,port,platform,transport',
        expect.stringMatching(/^pod1-spine1,127\.20\.0\.1,\d+,\w+,ssh$/),
      ]);
      expect(await (await fetch(`${ready['control']}/counters?totals=true`)).json()).toMatchObject({
        totals: { connections: 0 },
      });
    } finally {
      program.kill('SIGTERM');
    }
    const [code] = await once(program, 'exit');
    expect(code).toBe(0);
    await rm(folder, { recursive: true });
  });

  it('refuses options it does not understand', async () => {
    const program = spawn(process.execPath, ['--import', 'tsx', 'simulator/main.ts', '--devices', 'many'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    program.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const [code] = await once(program, 'close');
    expect([code, said]).toEqual([2, expect.stringContaining('--devices must be a number, not many')]);
  });
});

describe('a thousand devices', () => {
  it('are up at once, cost little memory and are gone after stop', async () => {
    const before = process.memoryUsage().rss;
    const began = performance.now();
    const sim = await startSimulator({ devices: 1000, host: '127.21.0.1' });
    const seconds = (performance.now() - began) / 1000;
    const megabytes = (process.memoryUsage().rss - before) / 1e6;
    expect(sim.devices.length).toBe(1000);
    // Measured on a quiet 2-core machine: 0.2 s and 30 MB.
    expect(seconds).toBeLessThan(10);
    expect(megabytes).toBeLessThan(150);
    await sim.stop();
    const again = await startSimulator({ devices: 1, host: sim.devices[999]?.host, port: sim.devices[0]?.port });
    await again.stop();
  });

  it('cannot have a port that is taken, and says so', async () => {
    const sim = await startSimulator({ devices: 2, host: '127.22.0.1' });
    await expect(startSimulator({ devices: 2, host: '127.22.0.1', port: sim.devices[0]?.port })).rejects.toThrow('EADDRINUSE');
    await sim.stop();
  });
});
