/** `npm run demo`: a small simulated network, discovered and backed up by a real Cairn through its public API. `--once` ends it afterwards. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../runtime/config.ts';
import { reportFailure } from '../runtime/fail.ts';
import { createLogger } from '../runtime/log.ts';
import { createShutdown } from '../runtime/shutdown.ts';
import { startCairn } from '../runtime/embedded/start.ts';
import { choosePort } from '../runtime/embedded/ports.ts';
import { ensureTemplates } from '../runtime/embedded/templates.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { createClient } from '../api/client.ts';
import { backUpNetwork } from './demo/back-up.ts';
import { discoverNetwork } from './demo/discover.ts';

const DEVICES = 12;
const BROKEN = 2;
const FAULT = 'refuse';
const HTTP_PORT = 8080;
const STOP_DEADLINE_MS = 50_000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
let drawn = '';
/** A moving line on a terminal, a line for each change elsewhere. */
const redraw = (text: string): void => {
  if (text === drawn) return;
  drawn = text;
  process.stdout.write(process.stdout.isTTY ? `\r\u001B[K${text}` : `${text}\n`);
};

/** Set-up steps are told in one line each; warnings too. */
const told = {
  write(line: string): void {
    const told: { msg?: string; path?: string; reason?: string; seconds?: number } = JSON.parse(line);
    const { msg, path, reason, seconds } = told;
    say(`  ${[msg, path, reason?.slice(0, 80), seconds === undefined ? undefined : `(${seconds} s)`].filter(Boolean).join(' ')}`);
  },
};

async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-demo-'));
  const port = await choosePort('127.0.0.1', HTTP_PORT);
  const env = { ...process.env, CAIRN_DATA_DIR: dataDir, CAIRN_HTTP_PORT: String(port), CAIRN_LOG_LEVEL: 'info' };
  const settings = loadSettings(env);
  const log = createLogger({ level: 'info', name: 'demo', destination: told });
  const shutdown = createShutdown({ log, deadlineMs: STOP_DEADLINE_MS });
  shutdown.onStop('data folder', () => rm(dataDir, { recursive: true, force: true }));
  shutdown.install();
  try {
    say(`Starting PostgreSQL, Temporal, the API and a worker in ${dataDir} (removed at the end)`);
    const prepare = () => ensureTemplates({ cacheDir: settings.cacheDir, log });
    const cairn = await shutdown.during(startCairn({ settings, env, log, shutdown, prepare }));
    const simulator = await startSimulator({ devices: DEVICES, seed: 3, latencyMs: 60 });
    shutdown.onStop('simulator', () => simulator.stop());
    const broken = simulator.devices[BROKEN]!.name;
    await simulator.setFault(broken, FAULT);
    say(`\nA simulated network of ${DEVICES} SSH devices; ${broken} is broken on purpose: nothing listens on its port`);
    const token = (await readFile(cairn.tokenFile, 'utf8')).trim();
    const show = {
      client: createClient({ baseUrl: cairn.url, token }),
      simulator,
      say: (text: string) => say(drawn === '' || !process.stdout.isTTY ? text : endLine(text)),
      redraw,
    };
    await discoverNetwork(show);
    await backUpNetwork(show);
    say(
      `\nAPI and its docs:  ${cairn.url}/api/docs   (token: cat ${cairn.tokenFile})\nTemporal Web UI:   ${cairn.temporalUi ?? 'none'}`,
    );
    if (process.argv.includes('--once')) await end(shutdown.stop('the demo is over'));
    say('\nEverything keeps running: look around. Ctrl-C stops it and leaves nothing behind.');
  } catch (error) {
    if (shutdown.signal.aborted) return;
    const code = reportFailure(error);
    await shutdown.stop('the demo failed');
    process.exit(code);
  }
}

function endLine(text: string): string {
  drawn = '';
  return `\n${text}`;
}

async function end(stopped: Promise<boolean>): Promise<never> {
  process.exit((await stopped) ? 0 : 1);
}

await main();
