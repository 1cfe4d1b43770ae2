import { cpus, totalmem } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadSettings } from '../runtime/config.ts';
import { benchFolder } from './support/bench-folder.ts';
import { emptyCaches, importFleet, runCollection, type CairnRound } from './support/cairn.ts';
import { checkBackups } from './support/check-backups.ts';
import { emptyStore, storePath, STORES } from './support/empty-store.ts';
import { printReport, printStatements, roundLine } from './support/report.ts';
import { startFleet } from './support/fleet.ts';
import { runBareClient, runCollector, type Engine, type PeerRound } from './support/peers.ts';
import { startStack } from './support/stack.ts';
import { resetStatements } from './support/statements.ts';
import { waitQuiet } from './support/usage.ts';

/**
 * Configurations of the simulated fleet collected by Cairn and by what people use instead, in turn, in one run. Cairn: POST to
 * `completed`, into files or Git, as first versions into an empty store after the pause that the others took (`after a pause`)
 * and right after a job (`first`), and unchanged (`again`); peers: files and one Git commit; floor: the
 * bare `ssh2` client.
 */
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    latency: { type: 'string', default: '0' },
    peers: { type: 'string', default: 'netmiko,scrapli' },
    sessions: { type: 'string', default: '100' },
    store: { type: 'string', default: 'git' },
    quiet: { type: 'string', default: '20' },
    'bench-folder': { type: 'string' },
    profile: { type: 'string' },
    statements: { type: 'boolean', default: false },
  },
});
const devices = Number(values.devices);
const rounds = Number(values.rounds);
const quietMs = Number(values.quiet) * 1000;
const peers = values.peers.split(',').filter((name) => name !== '') as Engine[];
const WARM_UP = 10;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const kind = STORES.find((name) => name === values.store);
if (kind === undefined) throw new Error(`there is no store "${values.store}": ${STORES.join(', ')}`);
const artifacts = (dataDir: string): string => `${kind === 'git' ? 'git+' : ''}${pathToFileURL(storePath(kind, dataDir)).href}`;

const folder = await benchFolder(loadSettings(process.env).cacheDir, values['bench-folder']);
const fleet = await startFleet(folder, devices, Number(values.latency));
const stack = await startStack({
  maxSessions: Number(values.sessions),
  profiles: values.profile ?? null,
  statements: values.statements,
  nodeOptions: null,
  artifacts,
});
let wrong = 0;
try {
  process.stdout.write(
    `${devices} devices, ${values.latency} ms latency, ${rounds} rounds, store ${values.store}; ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}\n\n`,
  );
  await compare();
} finally {
  await stack.stop();
  await fleet.stop();
}
if (wrong > 0) process.exitCode = 1;

async function compare(): Promise<void> {
  const pause: CairnRound[] = [];
  const first: CairnRound[] = [];
  const again: CairnRound[] = [];
  const floor: PeerRound[] = [];
  const theirs = new Map(peers.map((name): [Engine, PeerRound[]] => [name, []]));
  await importFleet(stack, fleet, 'ssh');
  // A worker runs for weeks: what is measured is one whose code has been compiled.
  for (let round = 1; round <= WARM_UP; round += 1) {
    await measure(`warm-up ${round}`, true);
    await forget();
  }
  for (let round = 1; round <= rounds; round += 1) {
    await forget();
    pause.push(await measure(`round ${round}, after a pause`, true));
    await forget();
    if (values.statements) await resetStatements(stack);
    if (values.profile !== undefined) process.kill(stack.pids.worker, 'SIGUSR2');
    first.push(await measure(`round ${round}, first`, true));
    if (values.profile !== undefined) process.kill(stack.pids.worker, 'SIGUSR2');
    if (values.statements) await printStatements('statement', stack, devices);
    again.push(await measure(`round ${round}, again`, false));
    await waitQuiet(quietMs);
    floor.push(await runBareClient(folder, fleet, devices));
    say(`bare ssh2 round ${round}: ${floor.at(-1)!.rate.toFixed(1)} sessions/s`);
    for (const [name, results] of theirs) {
      await waitQuiet(quietMs);
      const result = await runCollector(folder, name, fleet, 'backup');
      fleet.alive();
      results.push(result);
      say(`${name} round ${round}: ${result.rate.toFixed(1)} devices/s, ${result.failed} failed`);
      if (result.failed > 0) wrong += 1;
    }
  }
  printReport({ 'after a pause': pause, first, again }, new Map([...theirs, ['bare ssh2 client', floor] as const]));
}

async function forget(): Promise<void> {
  await emptyCaches(stack);
  await emptyStore(kind!, stack.dataDir);
}

async function measure(what: string, fresh: boolean): Promise<CairnRound> {
  await waitQuiet(quietMs);
  const round = await runCollection(stack, fleet);
  const faults = await checkBackups(stack, fleet, round, fresh);
  wrong += faults.length;
  say(`cairn ${what}: ${roundLine(round)}${faults.length === 0 ? '' : `\n  WRONG ${faults.join('\n  ')}`}`);
  return round;
}
