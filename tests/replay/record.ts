import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startSimulator } from '../../simulator/simulator.ts';
import { startCluster, until } from '../support/cluster.ts';
import { startOwnServers } from '../support/own-servers.ts';
import { HISTORY_KEY, SCENARIOS } from './scenarios.ts';

/**
 * Records the histories of `tests/histories/` anew, on real servers: `npx tsx tests/replay/record.ts [name…]`.
 * To be run when a workflow was changed on purpose in a way that old runs cannot follow; behind `patched()` it never has to be.
 */
const FOLDER = fileURLToPath(new URL('../histories', import.meta.url));

/** What tells of the machine that recorded: which worker did it, on which sticky queue. Replay does not look at it. */
const OF_THE_MACHINE = new Set(['identity', 'workerVersion', 'binaryChecksum', 'requestId', 'workerControlTaskQueue']);

function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
      if (OF_THE_MACHINE.has(name)) return [];
      const isQueue = typeof inner === 'object' && inner !== null && 'kind' in inner && inner.kind === 'TASK_QUEUE_KIND_STICKY';
      return [[name, isQueue ? { ...inner, name: 'sticky' } : tidy(inner)]];
    }),
  );
}

async function main(names: string[]): Promise<void> {
  for (const name of names) if (!Object.hasOwn(SCENARIOS, name)) throw new Error(`there is no scenario ${name}`);
  await mkdir(FOLDER, { recursive: true });
  if (names.length === 0) for (const old of await readdir(FOLDER)) await rm(join(FOLDER, old));
  const servers = await startOwnServers();
  const [cluster, simulator] = await Promise.all([
    startCluster(servers, { secretKey: HISTORY_KEY }),
    startSimulator({ devices: 6, platforms: ['cisco_ios'], host: '127.51.0.1' }),
  ]);
  try {
    // Histories are read by people and replayed by whoever: not sealed with the key of this run.
    await cluster.startWorker({ CAIRN_PAYLOAD_CODEC: 'off' });
    const ids = await cluster.addDevices(simulator.devices);
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (names.length > 0 && !names.includes(name)) continue;
      simulator.reset();
      const job = await scenario.play({ cluster, simulator, ids });
      const handle = cluster.deps.temporal.workflow.getHandle(job);
      await until(`${name} is over`, async () => (await handle.describe()).status.name !== 'RUNNING');
      const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
      await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify(tidy(history), null, 1)}\n`);
      process.stdout.write(`${name}\n`);
    }
  } finally {
    await cluster.stop();
    await simulator.stop();
    await servers.stop();
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
