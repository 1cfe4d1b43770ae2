import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadSettings } from '../runtime/config.ts';
import { benchFolder } from './support/bench-folder.ts';
import type * as Check from './support/check-backups.ts';
import type * as Cairn from './support/cairn.ts';
import type * as Store from './support/empty-store.ts';
import { startFleet } from './support/fleet.ts';
import type * as Stack from './support/stack.ts';
import { median, printTable } from './support/table.ts';

/**
 * Two checkouts of Cairn as two whole stacks on one fleet, whose collections into an empty Git store take turns: what a change brings,
 * where the machine itself differs by more from one minute to the next. Ratios are the medians of those of neighbouring jobs.
 */
const { values } = parseArgs({
  options: {
    /** The checkout that this one is compared with, with its packages installed; this one again unless told. */
    other: { type: 'string', default: '.' },
    devices: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '14' },
    sessions: { type: 'string', default: '100' },
    'bench-folder': { type: 'string' },
  },
});
const WARM_UP = 8;
const PARTS = ['worker', 'postgres', 'temporal', 'api', 'fleet'] as const;

interface Support {
  stack: typeof Stack;
  cairn: typeof Cairn;
  check: typeof Check;
  store: typeof Store;
}
const load = async (root: string): Promise<Support> => {
  const part = (name: string): string => pathToFileURL(resolve(root, 'bench/support', `${name}.ts`)).href;
  return {
    stack: await import(part('stack')),
    cairn: await import(part('cairn')),
    check: await import(part('check-backups')),
    store: await import(part('empty-store')),
  };
};

const folder = await benchFolder(loadSettings(process.env).cacheDir, values['bench-folder']);
const fleet = await startFleet(folder, Number(values.devices), 0);
const sides: { support: Support; stack: Awaited<ReturnType<Support['stack']['startStack']>>; seen: Map<string, number>[] }[] = [];
try {
  for (const root of [values.other, '.']) {
    const support = await load(root);
    const stack = await support.stack.startStack({
      maxSessions: Number(values.sessions),
      profiles: null,
      statements: false,
      nodeOptions: null,
      artifacts: (dataDir) => `git+${pathToFileURL(support.store.storePath('git', dataDir)).href}`,
    });
    sides.push({ support, stack, seen: [] });
    await support.cairn.importFleet(stack, fleet, 'ssh');
  }
  for (let round = -WARM_UP; round < Number(values.rounds); round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const seen = await collect(side);
      if (round >= 0) side.seen.push(seen);
    }
  }
  const [other, own] = sides.map(({ seen }) => seen);
  printTable(
    ['medians', 'other', 'this', 'this ÷ other'],
    [...own![0]!.keys()].map((key) => {
      const values = [other!, own!].map((seen) => seen.map((round) => round.get(key)!));
      const ratio = median(values[1]!.map((value, at) => value / values[0]![at]!));
      return [key, ...values.map((of) => median(of).toFixed(2)), ratio.toFixed(3)];
    }),
  );
} finally {
  for (const { stack } of sides) await stack.stop();
  await fleet.stop();
}

/** Devices a second, and CPU in ms a device by process and thread. */
async function collect({ support, stack }: (typeof sides)[number]): Promise<Map<string, number>> {
  await support.cairn.emptyCaches(stack);
  await support.store.emptyStore('git', stack.dataDir);
  const round = await support.cairn.runCollection(stack, fleet);
  const wrong = await support.check.checkBackups(stack, fleet, round, true);
  if (wrong.length > 0) throw new Error(`what was collected is wrong: ${wrong.join('; ')}`);
  const { rate, cpu, threads } = round;
  const all = PARTS.reduce((sum, part) => sum + cpu[part], 0);
  const parts = PARTS.map((part): [string, number] => [`CPU: ${part}`, cpu[part]]);
  return new Map([
    ['devices/s', rate],
    ['CPU: all', all],
    ...parts,
    ...[...threads].map(([name, ms]): [string, number] => [`thread: ${name}`, ms]),
  ]);
}
