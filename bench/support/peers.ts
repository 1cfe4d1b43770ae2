import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fleet } from './fleet.ts';
import { freePort } from './free-port.ts';

/** What a peer made of the fleet. `cpu`: ms a device, without the fleet's own. */
export interface PeerRound {
  rate: number;
  cpu: number;
  failed: number;
}

/** Sessions at once: the fastest that was measured for each (docs/performance.md). */
const WORKERS = { netmiko: 20, scrapli: 50 } as const;

export type Engine = keyof typeof WORKERS;

/**
 * nornir + netmiko, or scrapli over asyncssh. `discover`: with TextFSM, the commands that Cairn asks too, so without `show version`;
 * `backup`: one file for each device and one Git commit.
 */
export async function runCollector(
  folder: string,
  engine: Engine,
  fleet: Fleet,
  task: 'discover' | 'backup' = 'discover',
): Promise<PeerRound> {
  const dir = await mkdtemp(join(tmpdir(), 'cairn-peer-'));
  try {
    const source = await readFile(join(folder, 'nornir', 'collect.py'), 'utf8');
    const script = source.replace(/,\s*'show version'/, '');
    if (script === source) throw new Error('collect.py has no `show version` to leave out');
    await writeFile(join(dir, 'collect.py'), script);
    const args = ['--truth', fleet.truthFile, '--engine', engine, '--task', task, '--workers', String(WORKERS[engine])];
    const out = await output(
      join(folder, '.venv/bin/python'),
      [join(dir, 'collect.py'), ...args, '--out', join(dir, 'out')],
      folder,
    );
    const said = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { wall: number; cpu: number; failed: number };
    const { length } = fleet.truth.devices;
    return { rate: length / said.wall, cpu: (said.cpu * 1000) / length, failed: said.failed };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Sessions a second of the bare `ssh2` client: login and configuration, nothing else. The best of its repetitions. */
export async function runBareClient(folder: string, fleet: Fleet, sessions: number): Promise<PeerRound> {
  const env = { TRUTH: fleet.truthFile, SESSIONS: String(sessions), REPS: '3', CONC: '100', MODE: 'shell' };
  const algorithms = { KEX: 'curve25519-sha256', CIPHER: 'aes128-gcm@openssh.com', HOSTKEY: 'ssh-ed25519' };
  const out = await output(process.execPath, ['sshfloor/client.mjs'], folder, { ...env, ...algorithms });
  const runs = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { perSec: number; cpuMs: number });
  const best = runs.reduce((a, b) => (b.perSec > a.perSec ? b : a));
  return { rate: best.perSec, cpu: best.cpuMs, failed: 0 };
}

/** FastAPI + Celery + Redis + PostgreSQL, five HTTP calls a device; it brings its own fleet. */
export async function runCelery(folder: string, devices: number, latencyMs: number, pool: string): Promise<PeerRound> {
  const args = ['celery/run.py', 'speed', '--sizes', devices, '--latency', latencyMs, '--pools', pool, '--reps', 1, '--quiet', 0];
  const ports = { BENCH_PORT: String(await freePort()), BENCH_HTTP: String(await freePort()) };
  await output('python3', args.map(String), folder, ports);
  const last = (await readFile(join(folder, 'results', 'celery.jsonl'), 'utf8')).trim().split('\n').at(-1) ?? '';
  const said = JSON.parse(last) as { n: number; wall: number; cpu: number; failed: number };
  return { rate: said.n / said.wall, cpu: (said.cpu * 1000) / said.n, failed: said.failed };
}

/** Standard output of a command that ends well; what it says besides is shown only where it does not. */
function output(command: string, args: string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
    child.once('error', failed);
    child.once('close', (code) =>
      code === 0 ? done(text) : failed(new Error(`${command} ${args[0]} ended with ${code}: ${errors}`)),
    );
  });
}
