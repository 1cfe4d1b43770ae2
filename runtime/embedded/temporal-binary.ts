import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../log.ts';
import { errorText } from '../system-error.ts';
import { buildWithGo, cachedBinaries, downloadWithSdk, type Found } from './temporal-build.ts';

const run = promisify(execFile);

export interface TemporalBinary {
  path: string;
  /** The step that found it, e.g. `PATH`. */
  from: string;
  /** What `temporal --version` says. */
  version: string;
}

export interface FindOptions {
  /** `CAIRN_TEMPORAL_BIN` */
  temporalBin: string | null;
  cacheDir: string;
  /** The search path, `PATH`. */
  path: string;
  log: Logger;
  signal: AbortSignal;
}

interface Step {
  from: string;
  find(options: FindOptions): Promise<Found>;
}

/** In this order (DESIGN section 3), after TEMPORAL_ADDRESS and CAIRN_TEMPORAL_BIN. */
const STEPS: readonly Step[] = [
  { from: 'PATH', find: ({ path }) => firstOf(onPath(path), '`temporal` is not on PATH') },
  { from: 'CAIRN_CACHE_DIR', find: ({ cacheDir }) => firstOf(cachedBinaries(cacheDir), `none is cached in ${cacheDir}`) },
  { from: 'SDK download', find: ({ cacheDir, log, signal }) => downloadWithSdk(cacheDir, log, signal) },
  { from: 'go install', find: ({ cacheDir, log, signal }) => buildWithGo(cacheDir, log, signal) },
];

/**
 * The `temporal` binary that the embedded server runs, and which step gave it.
 * @throws AppError `startup_failed` that says what was tried and what to do
 */
export async function findTemporalBinary(options: FindOptions): Promise<TemporalBinary> {
  const { temporalBin, log, signal } = options;
  if (temporalBin !== null) {
    const found = await firstOf([temporalBin], '');
    if ('path' in found) return taken(found.path, 'CAIRN_TEMPORAL_BIN', log);
    throw new AppError(
      'configuration_invalid',
      `CAIRN_TEMPORAL_BIN must be the path of a \`temporal\` binary that runs: ${found.missing}`,
    );
  }
  const tried: string[] = [];
  for (const step of STEPS) {
    signal.throwIfAborted();
    const found = await step.find(options);
    if ('path' in found) return taken(found.path, step.from, log);
    tried.push(found.missing);
    log.info({ step: step.from }, `no Temporal server from ${step.from}: ${found.missing}`);
  }
  throw new AppError(
    'startup_failed',
    `no Temporal server was found: ${tried.join('; ')}. Install the \`temporal\` CLI on PATH or Go (1.23 or later), or set CAIRN_TEMPORAL_BIN to the binary or TEMPORAL_ADDRESS to a server`,
  );
}

async function taken(path: string, from: string, log: Logger): Promise<TemporalBinary> {
  const version = await versionOf(path);
  log.info({ path, from, version }, `Temporal server taken from ${from}`);
  return { path, from, version };
}

/** The first that exists and runs. */
async function firstOf(paths: string[], otherwise: string): Promise<Found> {
  const broken: string[] = [];
  for (const path of paths) {
    if (!existsSync(path)) {
      if (otherwise === '') broken.push(`${path} does not exist`);
      continue;
    }
    try {
      await versionOf(path);
      return { path };
    } catch (error) {
      broken.push(`${path} does not run (${errorText(error).split('\n')[0]})`);
    }
  }
  return { missing: broken.join('; ') || otherwise };
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'], { timeout: 15_000, env: {} });
  if (!/^temporal version .*Server/.test(stdout))
    throw new Error(`it says ${JSON.stringify(stdout.slice(0, 80))}, not its version`);
  return stdout.trim();
}

const onPath = (path: string) =>
  path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, 'temporal'));
