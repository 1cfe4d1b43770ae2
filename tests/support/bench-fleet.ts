import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A folder beside the checkout with the simulated fleet that other people's tools are measured against (its README). */
const FLEET = fileURLToPath(new URL('../../../shared/bench/fleet', import.meta.url));
/** Beside our packages, for it needs ssh2. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** Whether the fleet is beside this checkout, and what a test says where it is not. */
export const fleetIsHere = existsSync(join(FLEET, 'fleet.mjs'));
export const FLEET_ABSENT = 'NOT RUN: ../shared/bench/fleet is not here';

export type FleetFault = 'refuse' | 'auth' | 'hang' | 'stall' | 'drop' | 'flaky';

export interface BenchFleetDevice {
  name: string;
  host: string;
  port: number;
  /** How it fails; null where it is healthy. */
  fail: FleetFault | null;
  /** From `Building configuration...` to the last `end`, as at the start. */
  runningConfigSha256: string;
}

export interface BenchFleetCounters {
  totals: { logins: number; authFailures: number; overlappingSessions: number; sessionsNow: number };
  /** Only devices that were talked to. */
  devices: Record<string, { connections: number; logins: number; authFailures: number; overlaps: number }>;
}

export interface BenchFleet {
  user: string;
  password: string;
  devices: BenchFleetDevice[];
  counters(): Promise<BenchFleetCounters>;
  /** The totals alone: cheap. */
  totals(): Promise<BenchFleetCounters['totals']>;
  reset(): Promise<void>;
  /** Gives one device in `every`, beginning with the first, another configuration. Returns how many. */
  bump(every: number): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts the fleet in a process of its own, on free ports; resolves when all of it listens. `fail` is the share that is broken,
 * `latency` the milliseconds before the answer to each command that shows something.
 */
export async function startBenchFleet(options: {
  devices: number;
  fail: number;
  modes: FleetFault[];
  latency?: number;
}): Promise<BenchFleet> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'fleet-'));
  cpSync(FLEET, folder, { recursive: true });
  const file = join(folder, 'truth.json');
  const [port, httpPort] = [await freePort(), await freePort()];
  const { devices, fail, modes, latency = 0 } = options;
  const args = { devices, fail, latency, 'fail-modes': modes.join(','), truth: file, port, 'http-port': httpPort };
  const child = spawn(
    process.execPath,
    [join(folder, 'fleet.mjs'), ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the fleet ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', () => resolve());
  });
  const truth: Pick<BenchFleet, 'user' | 'password' | 'devices'> = JSON.parse(readFileSync(file, 'utf8'));
  const call = async (method: string, path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${httpPort}${path}`, { method })).text();
  return {
    ...truth,
    counters: async () => JSON.parse(await call('GET', '/counters')),
    totals: async () => JSON.parse(await call('GET', '/counters/totals')).totals,
    async reset() {
      await call('POST', '/control/reset');
    },
    async bump(every) {
      const { bumped }: { bumped: number } = JSON.parse(await call('POST', `/control/bump?every=${every}`));
      return bumped;
    },
    async stop() {
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
