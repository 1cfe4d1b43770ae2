import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface FleetDevice {
  id: number;
  name: string;
  host: string;
  port: number;
  /** Links of the device, which are its CDP and LLDP neighbours. */
  neighbors: number;
  /** Of the configuration from `Building configuration...` to the last `end`, at revision 0. */
  runningConfigSha256: string;
}

export interface Truth {
  user: string;
  password: string;
  token: string;
  http: string;
  devices: FleetDevice[];
  links: unknown[];
}

export interface DeviceCounters {
  logins: number;
  connections: number;
  overlaps: number;
  http: Record<string, number>;
}

/** The simulated fleet in a process of its own, on ports of its own. */
export interface Fleet {
  pid: number;
  truth: Truth;
  truthFile: string;
  port: number;
  httpPort: number;
  /** Throws if its process has ended. */
  alive(): void;
  reset(): Promise<void>;
  /** Per device name; only devices that were talked to. */
  counters(): Promise<Record<string, DeviceCounters>>;
  stop(): Promise<void>;
}

export async function startFleet(folder: string, devices: number, latencyMs: number): Promise<Fleet> {
  const dir = await mkdtemp(join(tmpdir(), 'cairn-fleet-'));
  const truthFile = join(dir, 'truth.json');
  const [port, httpPort] = [await freePort(), await freePort()];
  const args = { devices, latency: latencyMs, truth: truthFile, port, 'http-port': httpPort };
  const child = spawn(
    process.execPath,
    [join(folder, 'fleet', 'fleet.mjs'), ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the fleet ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', () => resolve());
  });
  const truth: Truth = JSON.parse(await readFile(truthFile, 'utf8'));
  const call = async (method: string, path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${httpPort}${path}`, { method })).json();
  return {
    pid: child.pid!,
    truth,
    truthFile,
    port,
    httpPort,
    alive() {
      const { exitCode, signalCode } = child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`the fleet ended by itself: ${signalCode ?? `code ${exitCode}`}`);
    },
    async reset() {
      await call('POST', '/control/reset');
    },
    async counters() {
      return ((await call('GET', '/counters')) as { devices: Record<string, DeviceCounters> }).devices;
    },
    async stop() {
      child.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
