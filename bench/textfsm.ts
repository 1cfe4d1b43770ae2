import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadSettings } from '../runtime/config.ts';
import { ensureTemplates } from '../runtime/embedded/templates.ts';
import { ensureTextfsm, startReference } from '../tests/templates/support/python.ts';
import { compileTemplate } from '../devices/textfsm/textfsm.ts';
import { BENCH_TEXTS } from './textfsm-texts.ts';

/** Rows per second of CPU of both engines on the same texts, all threads counted: `npm run bench -- textfsm [--size 2000] [--rounds 5]`. */
const { values: options } = parseArgs({
  options: { size: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '5' }, cache: { type: 'string' } },
});
const cacheDir = options.cache ?? loadSettings(process.env).cacheDir;
const { dir } = await ensureTemplates({ cacheDir, log: console });
const reference = startReference(await ensureTextfsm(cacheDir), 600);
const size = Number(options.size);
const rounds = Number(options.rounds);
const WARM_UP_SECONDS = 1;

console.log(['template', 'rows', 'python rows/s', 'cold rows/s', 'warm rows/s', 'cold ratio', 'warm ratio'].join('\t'));
const totals = { python: 0, cold: 0, warm: 0, rows: 0 };
for (const { template, ...bench } of BENCH_TEXTS) {
  const source = readFileSync(join(dir, template), 'utf8');
  const sample = bench.text(size);
  const answer = await reference.ask({ source, texts: [sample], repeat: rounds });
  if (!('results' in answer)) throw new Error(`${template}: ${JSON.stringify(answer).slice(0, 200)}`);
  const expected = answer.results[0];
  const [cold, rows] = timed(() => compileTemplate(source).parse(sample));
  if (expected === undefined || !('rows' in expected) || JSON.stringify(expected.rows) !== JSON.stringify(rows)) {
    throw new Error(`${template}: the engines differ ${JSON.stringify(expected).slice(0, 300)}`);
  }
  const compiled = compileTemplate(source);
  for (let spent = 0; spent < WARM_UP_SECONDS;) spent += timed(() => compiled.parse(sample))[0];
  let warm = Infinity;
  for (let round = 0; round < rounds; round += 1) warm = Math.min(warm, timed(() => compiled.parse(sample))[0]);
  const python = answer.best ?? 0;
  totals.python += python;
  totals.cold += cold;
  totals.warm += warm;
  totals.rows += rows.length;
  report(template, rows.length, python, cold, warm);
}
report('all', totals.rows, totals.python, totals.cold, totals.warm);
await reference.stop();

function timed<T>(work: () => T): [number, T] {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1e6, result];
}

function report(name: string, rows: number, python: number, cold: number, warm: number): void {
  const rate = (seconds: number): string => Math.round(rows / seconds).toString();
  console.log(
    [name, rows, rate(python), rate(cold), rate(warm), (python / cold).toFixed(1), (python / warm).toFixed(1)].join('\t'),
  );
}
