import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadSettings } from '../../../runtime/config.ts';

const run = promisify(execFile);
const PINNED = fileURLToPath(new URL('schemathesis.txt', import.meta.url));
const INSTALL_MS = 170_000;

/** Why there is no schemathesis here. */
export class NoSchemathesis extends Error {}

/**
 * Installs schemathesis and what it needs, each at the version of `schemathesis.txt`, into the cache folder, once; returns the
 * folder for PYTHONPATH. It appears by a rename, so it is complete or absent.
 * @throws NoSchemathesis where there is no Python, no pip or no package index
 */
export async function ensureSchemathesis(): Promise<string> {
  const { cacheDir } = loadSettings(process.env);
  const python = await pythonVersion();
  const pinned = createHash('sha256').update(readFileSync(PINNED)).digest('hex').slice(0, 12);
  const home = join(cacheDir, `schemathesis-${pinned}-py${python}`);
  if (existsSync(home)) return home;
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'schemathesis.part-'));
  try {
    const flags = [
      '--no-deps',
      '--only-binary',
      ':all:',
      '--quiet',
      '--disable-pip-version-check',
      '--root-user-action',
      'ignore',
    ];
    const target = ['--target', join(work, 'lib'), '--requirement', PINNED];
    await run('python3', ['-m', 'pip', 'install', ...flags, ...target], { timeout: INSTALL_MS }).catch((cause: unknown) => {
      throw new NoSchemathesis(`pip cannot install schemathesis: ${said(cause)}`, { cause });
    });
    await rename(join(work, 'lib'), home).catch((error: unknown) => {
      // Another test run was first.
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home;
}

async function pythonVersion(): Promise<string> {
  const script = 'import sys, pip; print("%d.%d" % sys.version_info[:2])';
  try {
    return (await run('python3', ['-c', script])).stdout.trim();
  } catch (cause) {
    throw new NoSchemathesis(`there is no python3 with pip: ${said(cause)}`, { cause });
  }
}

function said(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr.split('\n').at(-1) || String(error);
}

export interface Run {
  url: string;
  token: string;
  /** schemathesis.toml */
  config: string;
  seconds: number;
}

/** Runs it against an API; `failures` is what it says of them, empty where it found nothing. */
export async function runSchemathesis(
  home: string,
  { url, token, config, seconds }: Run,
): Promise<{ code: number; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-schemathesis-'));
  try {
    const file = join(folder, 'schemathesis.toml');
    await writeFile(file, config);
    const start = 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())';
    const options = [
      '--config-file',
      file,
      '--no-color',
      'run',
      `${url}/api/openapi.json`,
      '-H',
      `Authorization: Bearer ${token}`,
    ];
    const env = { ...process.env, PYTHONPATH: home, PYTHONIOENCODING: 'utf-8', PYTHONDONTWRITEBYTECODE: '1' };
    return await new Promise((resolve) => {
      const settings = { env, cwd: folder, timeout: seconds * 1000, maxBuffer: 1 << 26 };
      execFile('python3', ['-c', start, ...options], settings, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        const late = error?.killed === true ? `\nended after ${seconds} s` : '';
        resolve({ code, said: `${stdout}${stderr}${late}` });
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
