import { parseArgs } from 'node:util';
import { discovery } from '../contracts/http/discovery.ts';
import { loadSettings } from '../runtime/config.ts';
import { connectClient } from '../runtime/temporal.ts';
import { benchFolder } from './support/bench-folder.ts';
import { importFleet, runDiscovery, totalCpu, type Transport } from './support/cairn.ts';
import { checkRound } from './support/check.ts';
import { startFleet } from './support/fleet.ts';
import { startStack, type Part, type Stack } from './support/stack.ts';
import { printTable, spread } from './support/table.ts';
import { rssOf } from './support/usage.ts';

/**
 * One job over a large fleet, with the caches empty and then once more: every run of the workflow under 10,000 events, the worker
 * under 700 MB and the progress answered within 100 ms, all the time.
 */
const LIMITS = { events: 10_000, rssMb: 700, progressMs: 100 };
const SAMPLE_MS = 250;
const PROGRESS_MS = 500;

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '1' },
    latency: { type: 'string', default: '0' },
    transport: { type: 'string', default: 'ssh' },
    sessions: { type: 'string', default: '100' },
    'bench-folder': { type: 'string' },
    'node-options': { type: 'string' },
  },
});
const transport: Transport = values.transport === 'http' ? 'http' : 'ssh';
const folder = await benchFolder(loadSettings(process.env).cacheDir, values['bench-folder']);
const fleet = await startFleet(folder, Number(values.devices), Number(values.latency));
const stack = await startStack({
  maxSessions: Number(values.sessions),
  profiles: null,
  statements: false,
  nodeOptions: values['node-options'] ?? null,
});
const rows: string[][] = [];
let wrong = 0;
try {
  await importFleet(stack, fleet, transport);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const caches of round === 1 ? ['empty', 'full'] : ['full']) rows.push(await measure(caches));
  }
} finally {
  await stack.stop();
  await fleet.stop();
}
printTable(
  [
    'caches',
    'seconds',
    'devices/s',
    'CPU ms a device',
    'peak MB: worker',
    'api',
    'temporal',
    'runs',
    'most events',
    'progress ms: min / median / max',
    'calls',
    'wrong',
  ],
  rows,
);
if (wrong > 0) process.exitCode = 1;

async function measure(caches: string): Promise<string[]> {
  const memory = watchMemory(stack);
  const progress: number[] = [];
  let asked = 0;
  const round = await runDiscovery(stack, fleet, transport, async ({ job_id }) => {
    if (performance.now() - asked < PROGRESS_MS) return;
    asked = performance.now();
    await stack.client.call(discovery.discoverProgress, { params: { job_id } });
    progress.push(performance.now() - asked);
  });
  const peak = memory.stop();
  const faults = await checkRound(stack, fleet, round, transport);
  const runs = await historyLengths(stack, round.job.job_id);
  const events = Math.max(...runs);
  if (events > LIMITS.events) faults.push(`a run has ${events} events`);
  if (peak.worker > LIMITS.rssMb) faults.push(`the worker took ${peak.worker.toFixed(0)} MB`);
  const slowest = Math.max(...progress);
  if (slowest > LIMITS.progressMs) faults.push(`the progress took ${slowest.toFixed(0)} ms`);
  for (const fault of faults) process.stderr.write(`WRONG ${fault}\n`);
  wrong += faults.length;
  return [
    caches,
    round.seconds.toFixed(1),
    round.rate.toFixed(1),
    totalCpu(round).toFixed(2),
    ...[peak.worker, peak.api, peak.temporal].map((mb) => mb.toFixed(0)),
    String(runs.length),
    String(events),
    spread(progress, 0),
    String(progress.length),
    String(faults.length),
  ];
}

/** Highest resident memory of each part, in MB. */
function watchMemory({ pids }: Stack): { stop(): Record<Part, number> } {
  const peak = { worker: 0, api: 0, temporal: 0, postgres: 0 };
  const look = (): void => {
    peak.worker = Math.max(peak.worker, rssOf(pids.worker));
    peak.api = Math.max(peak.api, rssOf(pids.api));
    peak.temporal = Math.max(peak.temporal, rssOf(pids.temporal));
    peak.postgres = Math.max(peak.postgres, rssOf(pids.postgres));
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Events of each run of the job's workflow. */
async function historyLengths({ temporalAddress }: Stack, jobId: string): Promise<number[]> {
  const target = { address: temporalAddress, namespace: 'default', tls: undefined, apiKey: undefined, metadata: undefined };
  const client = await connectClient(target);
  try {
    const last = await client.workflow.getHandle(jobId).describe();
    const lengths = new Map([[last.runId, last.historyLength]]);
    for await (const run of client.workflow.list({ query: `WorkflowId = "${jobId}"` })) {
      lengths.set(run.runId, Math.max(run.historyLength, lengths.get(run.runId) ?? 0));
    }
    return [...lengths.values()];
  } finally {
    await client.connection.close();
  }
}
