/**
 * `npm run <command>` from a bare clone: checks Node, installs what is missing, hands over. Plain Node without packages, because
 * it runs before there are any.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';

/**
 * `env`: settings are also read from the file `.env`; `flags` and `set`: options of V8 and of the C library. What comes after the
 * command goes to the program.
 */
const COMMANDS = {
  start: { program: 'scripts/start.ts', env: true },
  api: { program: 'api/server.ts', env: true },
  worker: {
    program: 'worker.ts',
    env: true,
    // As in runtime/embedded/paths.ts, where it says why.
    flags: ['--min-semi-space-size=16', '--heap-growing-percent=100'],
    set: { MALLOC_ARENA_MAX: '2' },
  },
  'rotate-keys': { program: 'scripts/rotate-keys.ts', env: true },
  demo: { program: 'scripts/demo.ts', env: false },
  test: { program: 'scripts/test.mjs', env: false },
  bench: { program: 'bench/run.ts', env: false },
};
const OLDEST_NODE = [20, 19];

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function fail(text) {
  process.stderr.write(`cairn: ${text}\n`);
  process.exit(7);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = OLDEST_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  fail(
    `Node ${OLDEST_NODE.join('.')} or later is needed, this is ${process.versions.node}: install a newer one and run this again`,
  );
}

/** Runs the program until it ends, hands signals on to it and takes over its exit code. */
function handOver({ program, flags = [], set = {} }, args) {
  const tsx = program.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  // The IPC channel only tells the program when we are gone.
  const child = spawn(process.execPath, [...flags, ...tsx, join(root, program), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...set, ...process.env },
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) {
    // npm may be killed without a word to us.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
  }
  child.on('error', (error) => fail(`${program} does not start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : fail(`usage: npm run ${Object.keys(COMMANDS).join('|')}`);
checkNode();
if (!existsSync(join(root, command.program))) fail(`${command.program} is not there: this checkout is not complete`);
if (command.env && existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
try {
  await ensureInstalled(root);
} catch (error) {
  fail(error.message);
}
process.chdir(root);
handOver(command, args);
