import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { loadSettings } from '../runtime/config.ts';
import { benchFolder } from './support/bench-folder.ts';
import {
  emptyCaches,
  importFleet,
  orchestrationCpu,
  runDiscovery,
  totalCpu,
  type CairnRound,
  type Transport,
} from './support/cairn.ts';
import { checkRound } from './support/check.ts';
import { startFleet } from './support/fleet.ts';
import { runCelery, runCollector, type PeerRound } from './support/peers.ts';
import { startStack } from './support/stack.ts';
import { resetStatements, statementTimes } from './support/statements.ts';
import { printTable, spread } from './support/table.ts';
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
    if (values.statements) await reportStatements(transport);
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
  report(transport, { first, again }, theirs);
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
  const { cpu } = round;
  say(
    `${transport} cairn ${what}: ${round.rate.toFixed(1)} devices/s; ms a device: worker ${cpu.worker.toFixed(2)}, postgres ${cpu.postgres.toFixed(2)}, ` +
      `temporal ${cpu.temporal.toFixed(2)}, api ${cpu.api.toFixed(2)}, fleet ${cpu.fleet.toFixed(2)}; others ${round.others.toFixed(1)} cores` +
      (faults.length === 0 ? '' : `\n  WRONG ${faults.join('\n  ')}`),
  );
  return round;
}

async function reportStatements(transport: Transport): Promise<void> {
  const times = await statementTimes(stack, 25);
  printTable(
    [`${transport}: statement`, 'calls', 'ms a device'],
    times.map(({ query, calls, ms }) => [query.slice(0, 110).replaceAll('|', '\\|'), calls, (ms / devices).toFixed(3)]),
  );
}

function report(
  transport: Transport,
  cairn: { first: CairnRound[]; again: CairnRound[] },
  theirs: Map<string, PeerRound[]>,
): void {
  const rows: (string | number)[][] = [];
  for (const [name, runs] of Object.entries(cairn)) {
    rows.push([`cairn, ${name}`, spread(runs.map((run) => run.rate)), '', spread(runs.map(totalCpu), 2)]);
  }
  for (const [name, runs] of theirs) {
    const ratios = runs.map((run, at) => cairn.first[at]!.rate / run.rate);
    rows.push([
      name,
      spread(runs.map((run) => run.rate)),
      spread(ratios, 2),
      spread(
        runs.map((run) => run.cpu),
        2,
      ),
    ]);
  }
  process.stdout.write(`## ${transport}\n\n`);
  printTable([`${transport}: min / median / max`, 'devices/s', 'Cairn first ÷ it, per round', 'CPU ms a device'], rows);
  const parts = ['worker', 'postgres', 'temporal', 'api', 'fleet'] as const;
  printTable(
    ['CPU ms a device', ...parts, 'orchestration', 'share of it', 'others’ cores'],
    Object.entries(cairn).map(([name, runs]) => [
      `cairn, ${name}`,
      ...parts.map((part) =>
        spread(
          runs.map((run) => run.cpu[part]),
          2,
        ),
      ),
      spread(runs.map(orchestrationCpu), 2),
      spread(
        runs.map((run) => (100 * orchestrationCpu(run)) / totalCpu(run)),
        0,
      ),
      spread(runs.map((run) => run.others)),
    ]),
  );
  const threads = [...(cairn.first.at(-1)?.threads ?? [])].filter(([, ms]) => ms > 0.02).sort((a, b) => b[1] - a[1]);
  printTable(
    ['thread of the worker', 'CPU ms a device'],
    threads.map(([name, ms]) => [name, ms.toFixed(2)]),
  );
}
