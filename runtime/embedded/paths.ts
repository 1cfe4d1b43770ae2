import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** True where Cairn runs from its TypeScript sources, false where it runs from `dist/`. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** The folder of Cairn's package.json. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/**
 * V8 options of a worker, as in every place that starts one (a test compares them): a young generation that is not small again after
 * an idle hour, and an old one that is collected when it has doubled. What they cost and bring: docs/performance.md.
 */
export const WORKER_FLAGS = ['--min-semi-space-size=16', '--heap-growing-percent=100'];

/** Of the same kind: the C library keeps what is freed in as many heaps as there are threads, unless told. */
export const WORKER_ENV = { MALLOC_ARENA_MAX: '2' };

const WORKER = 'worker.ts';

/** Arguments that make Node run one of Cairn's own programs, named by its source, e.g. `api/server.ts`. */
export function programArguments(source: string): string[] {
  const path = join(projectRoot(), source);
  const flags = source === WORKER ? WORKER_FLAGS : [];
  if (!source.endsWith('.ts')) return [path];
  if (FROM_SOURCE) return [...flags, '--import', import.meta.resolve('tsx'), path];
  return [...flags, join(projectRoot(), 'dist', source.replace(/\.ts$/, '.js'))];
}

/** What one of them finds in its environment besides what it is given. */
export const programEnvironment = (source: string): Record<string, string> => (source === WORKER ? WORKER_ENV : {});
