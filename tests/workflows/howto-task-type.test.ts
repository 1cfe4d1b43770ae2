import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_COPIED = new Set(['node_modules', '.git', '.cairn', 'dist', 'fixtures']);
const PAGE = join(ROOT, 'docs/howto/add-a-task-type.md');

/** One step of the page: a new file, or lines after the one line of a file that reads so. */
interface Step {
  file: string;
  after: string | null;
  lines: string;
}

function stepsOf(page: string): Step[] {
  const blocks = page.matchAll(/^<!-- (file|after): (\S+?)(?:: (.+?))? -->\n```ts\n([\s\S]*?)\n```$/gm);
  return [...blocks].map(([, kind, file, after, lines]) => ({
    file: file!,
    after: kind === 'after' ? after! : null,
    lines: lines!,
  }));
}

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'cairn-task-type-'));
  await cp(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !NOT_COPIED.has(basename(path)) });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function follow({ file, after, lines }: Step): Promise<void> {
  const path = join(copy, file);
  if (after === null) return writeFile(path, `${lines}\n`, { flag: 'wx' });
  const text = await readFile(path, 'utf8');
  expect([file, after, text.split('\n').filter((line) => line === after).length]).toEqual([file, after, 1]);
  await writeFile(
    path,
    text.replace(`${after}\n`, () => `${after}\n${lines}\n`),
  );
}

it('the page, followed literally, gives a task type that works', async () => {
  const steps = stepsOf(await readFile(PAGE, 'utf8'));
  // Rows, one workflow, one test.
  expect(steps.map((step) => step.file)).toEqual([
    'core/jobs.ts',
    'core/jobs.ts',
    'core/jobs.ts',
    'contracts/tasks.ts',
    'workflows/survey-topology.ts',
    'workflows/index.ts',
    'tests/workflows/survey.test.ts',
  ]);
  for (const step of steps) await follow(step);
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|TEST$|NODE_ENV)/.test(name)),
  );
  const run = promisify(execFile)(
    process.execPath,
    [join(copy, 'node_modules/vitest/vitest.mjs'), 'run', 'tests/workflows/survey.test.ts', '--reporter=json'],
    { cwd: copy, env, maxBuffer: 10_000_000 },
  );
  const { stdout } = await run;
  expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ success: true, numPassedTests: 1, numFailedTests: 0 });
}, 280_000);
