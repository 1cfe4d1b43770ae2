import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { platformMatrix } from '../../devices/platform-matrix.ts';
import { platforms } from '../../devices/platforms/index.ts';

it('docs/platforms.md says what the platform files say', async () => {
  const page = await readFile(new URL('../../docs/platforms.md', import.meta.url), 'utf8');
  expect(page).toBe(platformMatrix(Object.values(platforms)));
});
