/** Installs the npm packages of package-lock.json where they are missing or other versions. Plain Node. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Built by the install scripts of ssh2; without it a session costs about twice the CPU and works all the same. */
const NATIVE_PART = 'node_modules/ssh2/lib/protocol/crypto/build/Release/sshcrypto.node';

const say = (text) => process.stderr.write(`cairn: ${text}\n`);

/** @throws Error that says what to do */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const release = await lock(root);
  try {
    // Another start may have done it while we waited.
    if (isInstalled(root)) return;
    say('installing npm packages (npm ci), once');
    const began = Date.now();
    await npmCi(root);
    if (!isInstalled(root))
      throw new Error('npm ci ended well, but node_modules is not what package-lock.json says: remove it and try again');
    say(`npm packages installed in ${Math.round((Date.now() - began) / 1000)} s`);
    if (!existsSync(join(root, NATIVE_PART)))
      say('the native part of ssh2 is not built (a C++ compiler is needed): sessions cost more CPU');
  } finally {
    release();
  }
}

/** Every package of the lock file is there in its version; optional ones (other platforms) may be absent. */
export function isInstalled(root) {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null) return false;
  return Object.entries(packagesOf(join(root, 'package-lock.json')) ?? {}).every(([path, wanted]) => {
    if (path === '' || wanted.link || wanted.extraneous) return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true || wanted.devOptional === true : found.version === wanted.version;
  });
}

function packagesOf(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null;
}

async function npmCi(root) {
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const [command, all] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
  // Its standard output is ours only for the ready line.
  const child = spawn(command, all, { cwd: root, stdio: ['ignore', 2, 2] });
  const stop = () => child.kill('SIGTERM');
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const code = await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`npm does not start: ${error.message}`)));
    child.on('exit', resolve);
  });
  process.off('SIGTERM', stop).off('SIGINT', stop);
  if (code !== 0) throw new Error('npm ci failed, see above: check the connection to the package registry and try again');
}

/** One npm ci at a time for each checkout: it removes node_modules first. */
async function lock(root) {
  const folder = join(tmpdir(), `cairn-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  const owner = join(folder, 'pid');
  for (let told = false; ; await sleep(500)) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!alive(owner)) rmSync(folder, { recursive: true, force: true });
    else if (!told) {
      told = true;
      say('another start installs npm packages, waiting for it');
    }
  }
}

function alive(owner) {
  try {
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return true;
  } catch (error) {
    // ENOENT: made a moment ago, not yet signed; the next look tells.
    return error.code === 'ENOENT' ? existsSync(owner) : error.code === 'EPERM';
  }
}
