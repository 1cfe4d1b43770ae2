import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogger } from '../../../runtime/log.ts';
import { createShutdown } from '../../../runtime/shutdown.ts';

function quiet() {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: 'info', name: 'test', destination: { write: (line) => lines.push(line) } }) };
}

test('steps run one after another, the last added first, once', async () => {
  const { log } = quiet();
  const shutdown = createShutdown({ log, deadlineMs: 5_000 });
  const order: string[] = [];
  for (const name of ['database', 'worker', 'http']) {
    shutdown.onStop(name, async () => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
    });
  }
  const results = await Promise.all([shutdown.stop('test'), shutdown.stop('again')]);
  expect(results).toEqual([true, true]);
  expect(order).toEqual(['http begins', 'http ends', 'worker begins', 'worker ends', 'database begins', 'database ends']);
  expect(shutdown.signal.aborted).toBe(true);
});

test('a step that fails is told and does not keep the others from running', async () => {
  const { log, lines } = quiet();
  const shutdown = createShutdown({ log, deadlineMs: 5_000 });
  let closed = false;
  shutdown.onStop('database', () => {
    closed = true;
  });
  shutdown.onStop('worker', () => Promise.reject(new Error('stuck')));
  expect(await shutdown.stop('test')).toBe(false);
  expect(closed).toBe(true);
  expect(lines.join('')).toContain('"step":"worker"');
});

test('the deadline ends a step that does not', async () => {
  const { log, lines } = quiet();
  const shutdown = createShutdown({ log, deadlineMs: 50 });
  shutdown.onStop('never', () => new Promise<void>(() => undefined));
  expect(await shutdown.stop('test')).toBe(false);
  expect(lines.join('')).toContain('stopping took too long');
});

test('a stop during the start waits for it, and then undoes what it did', async () => {
  const { log } = quiet();
  const shutdown = createShutdown({ log, deadlineMs: 5_000 });
  const order: string[] = [];
  let proceed = () => undefined as void;
  const gate = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  const start = async () => {
    await gate;
    order.push('started');
    shutdown.onStop('server', () => {
      order.push('stopped');
    });
  };
  const starting = shutdown.during(start());
  const stopping = shutdown.stop('test');
  expect(shutdown.signal.aborted).toBe(true);
  proceed();
  await Promise.all([starting, stopping]);
  expect(order).toEqual(['started', 'stopped']);
});

const PROGRAM = `
  import { createLogger } from ${JSON.stringify(join(process.cwd(), 'runtime/log.ts'))};
  import { createShutdown } from ${JSON.stringify(join(process.cwd(), 'runtime/shutdown.ts'))};
  const shutdown = createShutdown({ log: createLogger({ level: 'info', name: 'x' }), deadlineMs: 5000 });
  shutdown.onStop('one', () => { console.log('stopped'); });
  shutdown.install();
  setInterval(() => undefined, 1000);
  console.log('up');`;

test.each(['SIGTERM', 'SIGINT', 'a starter that is gone'] as const)('%s ends the program with code 0', async (how) => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8');
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (text: string) => {
      output += text;
      if (output.includes('up')) resolve();
    });
  });
  const ended = once(child, 'exit');
  if (how === 'SIGTERM' || how === 'SIGINT') child.kill(how);
  else child.disconnect();
  expect(await ended).toEqual([0, null]);
  expect(output).toContain('stopped');
});
