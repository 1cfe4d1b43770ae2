import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD_PATTERNS } from './cases/bad-patterns.ts';
import { BAD_TEMPLATES } from './cases/bad-templates.ts';
import { FAILURES } from './cases/failures.ts';
import { OPTIONS } from './cases/options.ts';
import { PATTERNS } from './cases/patterns.ts';
import { READING } from './cases/reading.ts';
import { RULES } from './cases/rules.ts';
import type { Reference } from './support/python.ts';
import { NEEDS_PYTHON, python, reference } from './support/reference.ts';

/** That what the cases expect is really what Python answers. */
describe.skipIf(!python)(python ? 'the values written down are those of Python' : NEEDS_PYTHON, () => {
  let running: Reference;
  beforeAll(async () => {
    running = await reference(10);
  });
  afterAll(async () => {
    await running.stop();
  });

  test.each([...READING, ...OPTIONS, ...RULES])('$name', async ({ template, text, rows }) => {
    expect(await running.ask({ source: template, texts: [text] })).toMatchObject({ results: [{ rows }] });
  });

  test.each(FAILURES)('$name', async ({ template, text, message }) => {
    const answer = await running.ask({ source: template, texts: [text] });
    expect(answer).toMatchObject({ results: [{ error: message, kind: 'TextFSMError' }] });
  });

  test.each(BAD_TEMPLATES)('$name', async ({ template, message }) => {
    expect(await running.ask({ source: template, texts: [] })).toMatchObject({ template_error: message });
  });

  test.each(PATTERNS)('$name', async ({ pattern, matches }) => {
    const answer = await running.askPattern(
      pattern,
      matches.map(([text]) => text),
    );
    expect(answer).toEqual({ matches: matches.map(([, groups]) => groups) });
  });

  test.each(BAD_PATTERNS)('$pattern', async ({ pattern, message }) => {
    expect(await running.askPattern(pattern, [])).toEqual({ pattern_error: message });
  });
});
