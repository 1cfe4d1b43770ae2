/** Writes docs/platforms.md from the platform files. */
import { writeFile } from 'node:fs/promises';
import { platformMatrix } from '../devices/platform-matrix.ts';
import { platforms } from '../devices/platforms/index.ts';

await writeFile(new URL('../docs/platforms.md', import.meta.url), platformMatrix(Object.values(platforms)));
