import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { loadSettings } from '../runtime/config.ts';
import { benchFolder } from './support/bench-folder.ts';
import { emptyCaches, importFleet, runDiscovery, type CairnRound, type Transport } from './support/cairn.ts';
import { checkRound } from './support/check.ts';
import { printReport, printStatements, roundLine } from './support/report.ts';
import { startFleet } from './support/fleet.ts';
import { runCelery, runCollector, type PeerRound } from './support/peers.ts';
import { startStack } from './support/stack.ts';
import { resetStatements } from './support/statements.ts';
import { waitQuiet } from './support/usage.ts';

/**
 * Discovery of the simulated fleet by Cairn and by what people use instead, in turn. Cairn: POST to `completed`, caches empty
 * (`first`) and full of the same (`again`); peers as in `../shared/bench`.
 */
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    latency: { type: 'string', default: '0' },
    peers: { type: 'string', default: 'netmiko,scrapli,celery' },
    transports: { type: 'string', default: 'ssh,http' },
    sessions: { type: 'string', default: '100' },
    'celery-pool': { type: 'string', default: 'prefork:4' },
    quiet: { type: 'string', default: '20' },
    'bench-folder': { type: 'string' },
    profile: { type: 'string' },
    statements: { type: 'boolean', default: false },
    'node-options': { type: 'string' },
  },
});
const [devices, rounds, latency, sessions] = [values.devices, values.rounds, values.latency, values.sessions].map(Number) as [
  number,
  number,
  number,
  number,
];
const quietMs = Number(values.quiet) * 1000;
const peers = values.peers.split(',').filter((name) => name !== '');
const transports = values.transports.split(',') as Transport[];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const folder = await benchFolder(loadSettings(process.env).cacheDir, values['bench-folder']);
const fleet = await startFleet(folder, devices, latency);
const stack = await startStack({
  maxSessions: sessions,
  profiles: values.profile ?? null,
  statements: values.statements,
  nodeOptions: values['node-options'] ?? null,
});
let wrong = 0;
try {
  process.stdout.write(
    `${devices} devices, ${latency} ms latency, ${rounds} rounds; ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}\n\n`,
  );
  for (const transport of transports) await compare(transport);
} finally {
  await stack.stop();
  await fleet.stop();
}
if (wrong > 0) process.exitCode = 1;

async function compare(transport: Transport): Promise<void> {
  const against = peers.filter((name) => (name === 'celery') === (transport === 'http'));
  const first: CairnRound[] = [];
  const again: CairnRound[] = [];
  const theirs = new Map(against.map((name): [string, PeerRound[]] => [name, []]));
  await importFleet(stack, fleet, transport);
  await measure(transport, 'warm-up');
  for (let round = 1; round <= rounds; round += 1) {
    await emptyCaches(stack);
    if (values.statements) await resetStatements(stack);
    if (values.profile !== undefined) process.kill(stack.pids.worker, 'SIGUSR2');
    first.push(await measure(transport, `round ${round}, first`));
    if (values.profile !== undefined) process.kill(stack.pids.worker, 'SIGUSR2');
    if (values.statements) await printStatements(`${transport}: statement`, stack, devices);
    again.push(await measure(transport, `round ${round}, again`));
    for (const [name, results] of theirs) {
      const others = await waitQuiet(quietMs);
      const result = await runPeer(name);
      fleet.alive();
      results.push(result);
      say(
        `${transport} ${name} round ${round}: ${result.rate.toFixed(1)} devices/s, ${result.failed} failed; ${others.toFixed(1)} cores busy before`,
      );
      if (result.failed > 0) wrong += 1;
    }
  }
  process.stdout.write(`## ${transport}\n\n`);
  printReport({ first, again }, theirs);
}

function runPeer(name: string): Promise<PeerRound> {
  if (name === 'celery') return runCelery(folder, devices, latency, values['celery-pool']);
  if (name === 'netmiko' || name === 'scrapli') return runCollector(folder, name, fleet);
  throw new Error(`there is no peer "${name}": netmiko, scrapli, celery`);
}

async function measure(transport: Transport, what: string): Promise<CairnRound> {
  await waitQuiet(quietMs);
  const round = await runDiscovery(stack, fleet, transport);
  const faults = await checkRound(stack, fleet, round, transport);
  wrong += faults.length;
  say(`${transport} cairn ${what}: ${roundLine(round)}${faults.length === 0 ? '' : `\n  WRONG ${faults.join('\n  ')}`}`);
  return round;
}
