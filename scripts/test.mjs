/**
 * `npm test`: fetches what the tests need, then every check and every test. The last line is `N passed, N failed`, the sum of
 * tests and checks. With arguments (`npm test -- tests/unit`) only vitest runs, with them.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = (name) => join('node_modules', '.bin', name);
const CHECKS = [
  { name: 'type check', command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'format', command: ['npm', 'run', '--silent', 'format:check'] },
  { name: 'unused code', command: ['npm', 'run', '--silent', 'unused'] },
  { name: 'import table', command: ['npm', 'run', '--silent', 'boundaries'] },
];
const PREPARE = [process.execPath, '--import', 'tsx', 'scripts/prepare-tests.ts'];

/** Tests start their own servers: settings of the user's Cairn must not reach them. */
const KEPT = ['CAIRN_CACHE_DIR', 'CAIRN_TEMPORAL_BIN'];
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => KEPT.includes(name) || !/^(CAIRN|TEMPORAL)_/.test(name)),
);

let current = null;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    current?.kill(signal);
    process.exitCode = 1;
  });
}

/** Resolves to true if the program ends with code 0. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    current = spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    current.on('error', (error) => {
      process.stdout.write(`${command}: ${error.message}\n`);
      resolve(false);
    });
    current.on('exit', (code) => resolve(code === 0));
  });
}

/**
 * Counts of one vitest run, and the failed files. A file that does not load, or an error outside of any test, counts as a failure
 * too.
 */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-vitest-'));
  const report = join(folder, 'report.json');
  env.ERRORS_REPORT = join(folder, 'errors');
  const reporters = ['default', 'json', './scripts/errors-reporter.mjs'].map((name) => `--reporter=${name}`);
  try {
    const ok = await run([bin('vitest'), 'run', ...reporters, `--outputFile.json=${report}`, ...args]);
    const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const broken = testResults.filter((file) => file.status === 'failed');
    const notLoaded = broken.filter((file) => file.assertionResults.length === 0).length;
    const outside = Number(readFileSync(env.ERRORS_REPORT, 'utf8'));
    const failed = numFailedTests + notLoaded + outside;
    const passedThere = broken.flatMap((file) => file.assertionResults).filter((test) => test.status === 'passed').length;
    const files = broken.map((file) => file.name);
    return { passed, failed: failed === 0 && !ok ? 1 : failed, passedThere, outside, files };
  } catch (error) {
    process.stdout.write(`vitest gave no report: ${error.message}\n`);
    return { passed: 0, failed: 1, passedThere: 0, outside: 0, files: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** More files than this are no accident of a busy machine. */
const MOST_AGAIN = 6;

/**
 * Where nobody watches, files that failed are run once more, each anew and alone; what fails then has failed, and so has what went
 * wrong outside of any test before. They are named, for a test that needs it is not good enough.
 */
async function runTestsTwice(args) {
  const first = await runTests(args);
  const again = first.files.length;
  if (!process.env.CI || process.exitCode !== undefined || again === 0 || again > MOST_AGAIN) return first;
  process.stdout.write(`\n── once more, alone: ${first.files.join(', ')}\n`);
  const second = await runTests([...first.files, '--no-file-parallelism']);
  process.stdout.write(`\nneeded a second run: ${first.files.join(', ')}\n`);
  return { passed: first.passed - first.passedThere + second.passed, failed: first.outside + second.failed };
}

const args = process.argv.slice(2);
const failures = [];
let passed = 0;
async function step(name, command) {
  process.stdout.write(`\n── ${name}\n`);
  if (await run(command)) passed += 1;
  else failures.push(name);
}

if (args.length === 0) {
  await step('what the tests need', PREPARE);
  for (const { name, command } of CHECKS) if (process.exitCode === undefined) await step(name, command);
}
const tests = process.exitCode === undefined ? await runTestsTwice(args) : { passed: 0, failed: 0 };
if (failures.length > 0) process.stdout.write(`\nfailed checks: ${failures.join(', ')}\n`);
const failed = failures.length + tests.failed;
process.stdout.write(`\n${passed + tests.passed} passed, ${failed} failed\n`);
process.exit(process.exitCode ?? (failed > 0 ? 1 : 0));
