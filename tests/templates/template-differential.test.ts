import { expect, test } from 'vitest';
import { compileTemplate, ParseError, TemplateError, type Template } from '../../devices/textfsm/textfsm.ts';
import type { Result } from './support/python.ts';
import { createRandom } from './support/random.ts';
import { randomLines, randomTemplate } from './support/random-templates.ts';
import { NEEDS_PYTHON, python, reference } from './support/reference.ts';

const TEMPLATES = 4000;
const TEXTS = 5;
const name = 'random templates give the rows and the errors that Python gives';

test.skipIf(!python)(python ? name : `${name} (${NEEDS_PYTHON})`, { timeout: 120_000 }, async () => {
  const random = createRandom(1);
  const running = await reference();
  const cases = Array.from({ length: TEMPLATES }, () => ({
    source: randomTemplate(random),
    texts: Array.from({ length: TEXTS }, () => randomLines(random)),
  }));
  const answers = await Promise.all(cases.map((one) => running.ask(one)));
  await running.stop();

  const differences: string[] = [];
  const counts = { rows: 0, failed: 0, rejected: 0 };
  for (const [at, { source, texts }] of cases.entries()) {
    const answer = answers[at];
    const template = compile(source);
    if (answer === undefined) throw new Error('no answer');
    if (!('results' in answer) || template === null) {
      counts.rejected += 1;
      if ('results' in answer || template !== null) differences.push(`${source}\n${JSON.stringify(answer)}`);
      continue;
    }
    for (const [index, text] of texts.entries()) {
      const expected = answer.results[index];
      const found = parse(template, text);
      if (expected === undefined || 'timeout' in expected) throw new Error(`no answer for ${source}\n${text}`);
      if (!same(expected, found)) differences.push(`${source}\n${text}\n${JSON.stringify(expected)}\n${JSON.stringify(found)}`);
      else if ('rows' in expected) counts.rows += expected.rows.length;
      else counts.failed += 1;
    }
  }
  expect(differences.slice(0, 3)).toEqual([]);
  expect(counts.rows).toBeGreaterThan(7000);
  expect(counts.failed).toBeGreaterThan(100);
});

function compile(source: string): Template | null {
  try {
    return compileTemplate(source);
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

function parse(template: Template, text: string): { rows: object[] } | { reason: string; error: string } {
  try {
    return { rows: template.parse(text) };
  } catch (error) {
    if (error instanceof ParseError) return { reason: error.reason, error: error.message };
    throw error;
  }
}

/** An unmatched List value with nested groups is a TypeError in Python. */
function same(expected: Exclude<Result, { timeout: true }>, found: ReturnType<typeof parse>): boolean {
  if ('rows' in expected) return 'rows' in found && JSON.stringify(expected.rows) === JSON.stringify(found.rows);
  if (!('error' in found)) return false;
  return expected.kind === 'TypeError' ? found.reason === 'not_recognised' : expected.error === found.error;
}
