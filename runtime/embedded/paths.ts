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

/** Arguments that make Node run one of Cairn's own programs, named by its source, e.g. `api/server.ts`. */
export function programArguments(source: string): string[] {
  const path = join(projectRoot(), source);
  if (!source.endsWith('.ts')) return [path];
  if (FROM_SOURCE) return ['--import', import.meta.resolve('tsx'), path];
  return [join(projectRoot(), 'dist', source.replace(/\.ts$/, '.js'))];
}
