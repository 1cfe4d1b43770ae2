import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { hasErrorCode } from '../system-error.ts';

/** The PyPI package whose templates are used, pinned by the hash of its wheel. */
export const NTC_TEMPLATES = {
  name: 'ntc-templates',
  version: '9.3.0',
  sha256: 'ad607a137e68e302de041ed0e9973fa3f192d32ed44a0092219886f557be814f',
} as const;

const PIP_TIMEOUT_MS = 5 * 60_000;
const LEFTOVER_AGE_MS = 60 * 60_000;

const run = promisify(execFile);

export interface Templates {
  /** The folder that holds `index` and the templates. */
  dir: string;
  version: string;
}

/**
 * Makes sure that the templates of ntc-templates are in the cache folder; fetches them with pip if they are not. The folder
 * appears by a rename, so it is complete or absent, and several processes may do this at once.
 * @throws AppError `startup_failed` that tells what to do, if there is no Python, no pip, no package or another file than expected.
 */
export async function ensureTemplates(options: { cacheDir: string; log: { info(message: string): void } }): Promise<Templates> {
  const { cacheDir, log } = options;
  const { name, version } = NTC_TEMPLATES;
  const home = join(cacheDir, `${name}-${version}`);
  const templates = { dir: join(home, 'ntc_templates', 'templates'), version };
  if (existsSync(join(templates.dir, 'index'))) return templates;

  log.info(`fetching ${name} ${version} with pip into ${cacheDir}`);
  await mkdir(cacheDir, { recursive: true });
  await removeLeftovers(cacheDir);
  const work = await mkdtemp(join(cacheDir, `${name}-${version}.part-`));
  try {
    const wheel = await download(work, home);
    const unpacked = join(work, 'unpacked');
    await python(['-m', 'zipfile', '-e', wheel, unpacked], home);
    await rename(unpacked, home).catch((error: unknown) => {
      // Another process was first.
      if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST') || !existsSync(join(templates.dir, 'index'))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  log.info(`${name} ${version} is ready`);
  return templates;
}

/** Returns the path of the wheel, its hash checked by pip and again here. */
async function download(work: string, home: string): Promise<string> {
  const { name, version, sha256 } = NTC_TEMPLATES;
  const requirements = join(work, 'requirements.txt');
  await writeFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  const flags = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  await python(['-m', 'pip', 'download', ...flags, '--dest', work, '--requirement', requirements], home);
  const file = (await readdir(work)).find((entry) => entry.endsWith('.whl'));
  if (file === undefined) throw failure(home, `pip left no wheel of ${name}`);
  const wheel = join(work, file);
  const found = createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
  if (found !== sha256) throw failure(home, `${file} has sha256 ${found}, expected ${sha256}`);
  return wheel;
}

async function python(args: string[], home: string): Promise<void> {
  try {
    await run('python3', args, { timeout: PIP_TIMEOUT_MS });
  } catch (cause) {
    throw failure(home, reasonOf(cause), cause);
  }
}

function reasonOf(cause: unknown): string {
  if (hasErrorCode(cause, 'ENOENT')) return 'python3 is not on PATH';
  const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
  if (stderr.includes('No module named pip')) return 'python3 has no pip (package python3-pip or python3 -m ensurepip)';
  const lines = stderr.split('\n').filter((line) => line.startsWith('ERROR:') || line.includes('Error'));
  const last = lines.at(-1) ?? stderr.trim().split('\n').at(-1) ?? '';
  return last === '' ? String(cause) : `pip says: ${last.replace(/^ERROR: /, '')}`;
}

function failure(home: string, reason: string, cause?: unknown): AppError {
  const { name, version } = NTC_TEMPLATES;
  const advice =
    `install Python 3 with pip and let pip reach a package index (once, a few hundred KB), ` +
    `or unpack the wheel of ${name} ${version} into ${home} by hand`;
  return new AppError('startup_failed', `the parsing templates cannot be fetched: ${reason}: ${advice}`, { cause });
}

/** Folders that a killed process left behind. */
async function removeLeftovers(cacheDir: string): Promise<void> {
  const prefix = `${NTC_TEMPLATES.name}-`;
  for (const entry of await readdir(cacheDir)) {
    if (!entry.startsWith(prefix) || !entry.includes('.part-')) continue;
    const path = join(cacheDir, entry);
    const age = await stat(path).then(
      (found) => Date.now() - found.mtimeMs,
      (error: unknown) => {
        if (hasErrorCode(error, 'ENOENT')) return 0;
        throw error;
      },
    );
    if (age > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}
