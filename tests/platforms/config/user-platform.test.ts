import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provenComplete } from '../../../devices/completeness.ts';
import type { Platform } from '../../../devices/platform.ts';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { loadUserPlatforms } from '../../../devices/user-platforms.ts';
import { answerOf } from '../support/layout.ts';
import { openLibrary } from '../support/library.ts';

let folder: string;
let library: TemplateLibrary;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-user-config-'));
  library = await openLibrary();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(config: string): Promise<Platform> {
  await writeFile(join(folder, 'acme_os.mjs'), `export default { name: 'acme_os', extends: 'arista_eos', config: ${config} };`);
  const [platform] = await loadUserPlatforms(folder, library);
  if (platform === undefined) throw new Error('not loaded');
  return platform;
}

test('a configuration with an end of its own does not have to begin like the parent', async () => {
  const platform = await load("{ commands: ['show configuration'], end: /^# end$/m, scrub: [], volatile: [] }");
  const text = 'interface eth1\n shutdown\ninterface eth2\n# end\n';
  expect(provenComplete(platform, answerOf('show configuration', text))).toEqual({ complete: true, text, burst_lines: 0 });
  expect(platform.config.start).toBeUndefined();
});

test('a wrong field is told by name', async () => {
  const other = await mkdtemp(join(tmpdir(), 'cairn-user-config-'));
  try {
    const config = "{ unstable: [{ find: 'x' }], complete: 7, changed: 'x', start: 1 }";
    await writeFile(
      join(other, 'acme_two.mjs'),
      `export default { name: 'acme_two', extends: 'arista_eos', config: ${config} };`,
    );
    await expect(loadUserPlatforms(other, library)).rejects.toThrow(/acme_two\.mjs: config\.start must be a regular expression/);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});
