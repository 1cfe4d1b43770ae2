import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { projectRoot } from '../../runtime/embedded/paths.ts';

const DONE = '.set-up';

/**
 * A folder with the simulated fleet and the other tools, set up and ready. `given` is one that is set up already; else
 * `../shared/bench` beside the repository is copied into the cache folder and its `setup.sh` run there, once per version of it.
 */
export async function benchFolder(cacheDir: string, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    const folder = resolve(given);
    if (existsSync(join(folder, 'node_modules'))) return folder;
    throw new Error(`${folder} is not set up: it has no node_modules; run its setup.sh or leave --bench-folder out`);
  }
  const source = join(projectRoot(), '..', 'shared', 'bench');
  if (!existsSync(join(source, 'setup.sh'))) {
    throw new Error(
      'the benchmarks need the simulated fleet, which is not part of this repository: put it at ../shared/bench beside the repository, or name a folder with --bench-folder',
    );
  }
  const folder = join(cacheDir, `bench-${hashOf(source)}`);
  if (existsSync(join(folder, DONE))) return folder;
  process.stderr.write(`setting up the benchmarks in ${folder}; this takes some minutes, once\n`);
  const skip = ['node_modules', '.venv', '.venv-scrapli2', 'results'];
  const partial = `${folder}.${process.pid}`;
  if (!existsSync(folder)) {
    cpSync(source, partial, { recursive: true, mode: 0, filter: (path) => !skip.includes(basename(path)) });
    await run('chmod', ['-R', 'u+w', partial], partial);
    renameSync(partial, folder);
  }
  await run('sh', ['-e', 'setup.sh'], folder);
  writeFileSync(join(folder, DONE), '');
  return folder;
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const one = join(path, name);
      if (statSync(one).isDirectory()) {
        if (!name.startsWith('.') && name !== 'node_modules' && name !== 'results') add(one);
      } else hash.update(`${one.slice(folder.length)}\0`).update(readFileSync(one));
    }
  };
  add(folder);
  return hash.digest('hex').slice(0, 12);
}

/** Runs a command with its output on ours; rejects unless it ends with 0. */
function run(command: string, args: string[], cwd: string): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2] });
    child.once('error', failed);
    child.once('exit', (code) => (code === 0 ? done() : failed(new Error(`${command} ${args.join(' ')} ended with ${code}`))));
  });
}
