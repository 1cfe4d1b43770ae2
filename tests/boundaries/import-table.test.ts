import { mkdtemp, mkdir, rm, symlink, writeFile, cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const made: string[] = [];

afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

interface Cruise {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
}

async function cruise(cwd: string, folders: string[]): Promise<Cruise> {
  const binary = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [binary, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...folders];
  // With violations it exits 1 and still prints its report.
  const { stdout } = await run(process.execPath, args, { cwd, maxBuffer: 1 << 28 }).catch((error: { stdout?: string }) => {
    if (!error.stdout) throw error;
    return { stdout: error.stdout };
  });
  return JSON.parse(stdout) as Cruise;
}

describe('the import table', () => {
  it('holds for the whole house, and the check sees the house', async () => {
    const { summary } = await cruise(ROOT, ['.']);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(50);
  });

  it.each([
    ['core', '../stores/thing.ts', 'core-folders'],
    ['core', 'node:fs', 'core-packages'],
    ['topology', '../devices/thing.ts', 'topology-folders'],
    ['workflows', '../activities/thing.ts', 'workflows-folders'],
    ['workflows', 'zod', 'workflows-packages'],
    ['devices', '../stores/thing.ts', 'devices-folders'],
    ['activities', '../api/thing.ts', 'activities-folders'],
    ['api', '../devices/thing.ts', 'api-folders'],
    ['api', 'drizzle-orm', 'only-stores-use-drizzle'],
    ['stores', '../api/thing.ts', 'stores-folders'],
    ['simulator', '../devices/thing.ts', 'simulator-folders'],
  ])('catches %s importing %s', async (folder, target, rule) => {
    const house = await mkdtemp(join(tmpdir(), 'cairn-boundaries-'));
    made.push(house);
    await cp(join(ROOT, '.dependency-cruiser.mjs'), join(house, '.dependency-cruiser.mjs'));
    await cp(join(ROOT, 'tsconfig.json'), join(house, 'tsconfig.json'));
    await cp(join(ROOT, 'package.json'), join(house, 'package.json'));
    await symlink(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    for (const name of new Set([folder, target.startsWith('..') ? target.split('/')[1]! : folder])) {
      await mkdir(join(house, name));
      await writeFile(join(house, name, 'thing.ts'), 'export const thing = 1;\n');
    }
    await writeFile(join(house, folder, 'culprit.ts'), `import * as other from '${target}';\nexport const culprit = other;\n`);
    const { summary } = await cruise(house, [folder]);
    expect(summary.violations.map((violation) => violation.rule.name)).toContain(rule);
  });
});
