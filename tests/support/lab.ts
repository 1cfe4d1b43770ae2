import { execFile } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasErrorCode } from '../../runtime/system-error.ts';

/** A folder beside the checkout with programs that raise a network of real FRR routers, Linux switches and hosts (its README). */
const LAB = fileURLToPath(new URL('../../../shared/lab', import.meta.url));
const LOCK = join(tmpdir(), 'cairn-lab.lock');
const RAISE_MS = 240_000;
const WAIT_MS = 600_000;

export interface LabHop {
  ip?: string;
  interface?: string;
  recursive?: boolean;
  blackhole?: boolean;
}

export interface LabDevice {
  name: string;
  role: 'router' | 'switch' | 'host';
  mgmt_ip: string;
  interfaces: { name: string; mac: string; ip: string | null }[];
  routes: { prefix: string; protocol: string; distance: number; metric: number; selected: boolean; next_hops: LabHop[] }[];
  lldp_neighbors: { local_interface: string; device: string; interface: string }[];
  cdp_neighbors: { local_interface: string; device: string; interface: string }[];
  mac_table: { mac: string; interface: string; type: string }[];
}

interface LabEnd {
  device: string;
  interface: string;
}

/** What the design of the lab says, worked out without asking its devices. */
export interface LabTruth {
  devices: LabDevice[];
  links: { a: LabEnd; b: LabEnd }[];
  access: { port: number; password_file: string };
}

export interface Lab {
  truth: LabTruth;
  /** Of both accounts: `linux` (a shell) and `lab` (vtysh on routers). */
  password: string;
  /** `lab/fault ACTION DEVICE`. */
  fault(...words: string[]): Promise<void>;
  /** Removes all of it and lets the next one in. */
  down(): Promise<void>;
}

/** Why there is no lab here; an Error where there should be one. */
export class NoLab extends Error {}

/**
 * Raises the lab and waits until it has converged. One at a time on a machine: whoever comes later waits, also for one that
 * somebody raised by hand.
 * @throws NoLab where this machine cannot have one
 */
export async function raiseLab(options: { routers: number; seed: number }): Promise<Lab> {
  if (!existsSync(join(LAB, 'up'))) throw new NoLab('there is no lab beside this checkout');
  if (process.getuid?.() !== 0) throw new NoLab('the lab needs root, for its network namespaces');
  const deadline = Date.now() + WAIT_MS;
  await takeLock(deadline);
  try {
    await up(options, deadline);
  } catch (error) {
    rmSync(LOCK, { force: true });
    throw error;
  }
  const truth: LabTruth = JSON.parse(readFileSync(join(LAB, 'truth.json'), 'utf8'));
  return {
    truth,
    password: readFileSync(truth.access.password_file, 'utf8').trim(),
    async fault(...words) {
      const { code, said } = await run('fault', words);
      if (code !== 0) throw new Error(`lab/fault ${words.join(' ')}: ${said}`);
    },
    async down() {
      const { code, said } = await run('down', []);
      rmSync(LOCK, { force: true });
      if (code !== 0) throw new Error(`lab/down: ${said}`);
    },
  };
}

async function up({ routers, seed }: { routers: number; seed: number }, deadline: number): Promise<void> {
  for (;;) {
    const { code, said } = await run('up', ['--routers', String(routers), '--seed', String(seed)]);
    if (code === 0) return;
    if (/a lab is up/.test(said)) {
      if (Date.now() > deadline) throw new NoLab('another lab was up all the time');
      await sleep(2000);
      continue;
    }
    // `up` takes down what it could not finish, but not what did not converge: that is a lab, and wrong.
    if (!/NOT as truth\.json/.test(said)) throw new NoLab(`this machine cannot raise the lab: ${said.trim().split('\n').at(-1)}`);
    await run('down', []);
    throw new Error(`the lab did not converge: ${said}`);
  }
}

function run(program: string, words: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(join(LAB, program), words, { timeout: RAISE_MS, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, said: `${stdout}${stderr}${error !== null && stderr === '' ? error.message : ''}` });
    });
  });
}

async function takeLock(deadline: number): Promise<void> {
  for (;;) {
    try {
      const file = openSync(LOCK, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
    if (isAbandoned()) rmSync(LOCK, { force: true });
    else if (Date.now() > deadline) throw new NoLab('another run kept the lab all the time');
    else await sleep(1000);
  }
}

function isAbandoned(): boolean {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasErrorCode(error, 'ESRCH') || hasErrorCode(error, 'ENOENT');
  }
}
