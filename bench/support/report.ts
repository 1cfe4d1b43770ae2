import { orchestrationCpu, totalCpu, type CairnRound } from './cairn.ts';
import type { PeerRound } from './peers.ts';
import type { Stack } from './stack.ts';
import { statementTimes } from './statements.ts';
import { printTable, spread } from './table.ts';

const PARTS = ['worker', 'postgres', 'temporal', 'api', 'fleet'] as const;

/** One line on one job: its rate and where its CPU went. */
export function roundLine({ rate, cpu, others }: CairnRound): string {
  const parts = PARTS.map((part) => `${part} ${cpu[part].toFixed(2)}`).join(', ');
  return `${rate.toFixed(1)} devices/s; ms a device: ${parts}; others ${others.toFixed(1)} cores`;
}

/** Cairn's jobs beside those of others in the same rounds, where Cairn's CPU went, and of its last job the worker's threads. */
export function printReport(cairn: Record<string, CairnRound[]>, theirs: Map<string, PeerRound[]>): void {
  const ratios = (runs: CairnRound[], peer: PeerRound[]): string =>
    spread(
      peer.map((run, at) => runs[at]!.rate / run.rate),
      2,
    );
  const rates = (runs: { rate: number }[]): string => spread(runs.map((run) => run.rate));
  const jobs = Object.entries(cairn);
  const own = jobs.map(([name, runs]) => [`cairn, ${name}`, rates(runs), ...jobs.map(() => ''), spread(runs.map(totalCpu), 2)]);
  const others = [...theirs].map(([name, runs]) => [
    name,
    rates(runs),
    ...jobs.map(([, own]) => ratios(own, runs)),
    spread(
      runs.map((run) => run.cpu),
      2,
    ),
  ]);
  printTable(
    ['min / median / max', 'devices/s', ...jobs.map(([name]) => `Cairn, ${name}, ÷ it`), 'CPU ms a device'],
    [...own, ...others],
  );
  printTable(
    ['CPU ms a device', ...PARTS, 'orchestration', 'share of it', 'others’ cores'],
    jobs.map(([name, runs]) => [`cairn, ${name}`, ...partsOf(runs)]),
  );
  const threads = [...(cairn['first']?.at(-1)?.threads ?? [])].filter(([, ms]) => ms > 0.02).sort((a, b) => b[1] - a[1]);
  printTable(
    ['thread of the worker', 'CPU ms a device'],
    threads.map(([name, ms]) => [name, ms.toFixed(2)]),
  );
}

function partsOf(runs: CairnRound[]): string[] {
  const cpu = (of: (run: CairnRound) => number, digits: number): string => spread(runs.map(of), digits);
  return [
    ...PARTS.map((part) => cpu((run) => run.cpu[part], 2)),
    cpu(orchestrationCpu, 2),
    cpu((run) => (100 * orchestrationCpu(run)) / totalCpu(run), 0),
    cpu((run) => run.others, 1),
  ];
}

/** What PostgreSQL spent on each statement since `resetStatements`. */
export async function printStatements(what: string, stack: Stack, devices: number): Promise<void> {
  const times = await statementTimes(stack, 25);
  printTable(
    [what, 'calls', 'ms a device'],
    times.map(({ query, calls, ms }) => [query.slice(0, 110).replaceAll('|', '\\|'), calls, (ms / devices).toFixed(3)]),
  );
}
