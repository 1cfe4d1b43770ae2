import { describe, expect, test } from 'vitest';
import { compileTemplate, ParseError, parseTable, TemplateError } from '../../devices/textfsm/textfsm.ts';
import { BAD_TEMPLATES } from './cases/bad-templates.ts';
import { FAILURES } from './cases/failures.ts';
import { OPTIONS } from './cases/options.ts';
import { READING } from './cases/reading.ts';
import { RULES } from './cases/rules.ts';
import { TABLES } from './cases/tables.ts';
import { messageParts } from './support/messages.ts';
import { thrownBy } from './support/thrown.ts';

describe.each([
  ['reading', READING],
  ['options', OPTIONS],
  ['rules', RULES],
])('%s', (_, cases) => {
  test.each(cases)('$name', ({ template, text, rows }) => {
    const compiled = compileTemplate(template);
    expect(compiled.parse(text)).toEqual(rows);
    // Nothing is left over from one text to the next.
    expect(compiled.parse(text)).toEqual(rows);
  });
});

describe('the view of CliTable', () => {
  test.each(TABLES)('$name', ({ template, text, rows }) => {
    expect(parseTable([compileTemplate(template)], text)).toEqual(rows);
  });

  const first = compileTemplate('Value Key SLOT (\\d+)\nValue NAME (\\w+)\n\nStart\n  ^n ${SLOT} ${NAME} -> Record\n');
  const second = compileTemplate('Value Key SLOT (\\d+)\nValue STATE (\\w+)\n\nStart\n  ^s ${SLOT} ${STATE} -> Record\n');
  const keyless = compileTemplate('Value STATE (\\w+)\n\nStart\n  ^s \\d+ ${STATE} -> Record\n');

  test('tables are merged by key: new columns only, first match, empty text where there is none', () => {
    expect(parseTable([first, second], 'n 1 a\nn 2 b\nn 3 c\ns 3 up\ns 1 down\ns 1 other\n')).toEqual([
      { slot: '1', name: 'a', state: 'down' },
      { slot: '2', name: 'b', state: '' },
      { slot: '3', name: 'c', state: 'up' },
    ]);
  });

  test('without a Key the tables are merged row by row', () => {
    const names = compileTemplate('Value NAME (\\w+)\n\nStart\n  ^n \\d+ ${NAME} -> Record\n');
    expect(parseTable([names, keyless], 'n 1 a\nn 2 b\ns 1 up\n')).toEqual([
      { name: 'a', state: 'up' },
      { name: 'b', state: '' },
    ]);
  });

  test('a Key that another template lacks is an error', () => {
    expect(thrownBy(() => parseTable([first, keyless], 'n 1 a\ns 1 up\n'))).toBeInstanceOf(TemplateError);
  });
});

describe('texts that are rejected', () => {
  test.each(FAILURES)('$name', ({ template, text, message }) => {
    const error = thrownBy(() => compileTemplate(template).parse(text));
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ message, reason: 'error_action' });
  });

  test('the error carries the line of the rule, the number and the text of the line', () => {
    const error = thrownBy(() => compileTemplate('Value A (x)\n\nStart\n  ^${A}\n  ^. -> Error\n').parse('x\n\ny \n'));
    expect(error).toMatchObject({ ruleLine: 5, inputLine: 3, inputText: 'y ' });
  });

  test('a List value with nested groups that took no part: textfsm fails with a TypeError there', () => {
    const template = compileTemplate('Value List A ((\\d)(\\d))\n\nStart\n  ^(${A})?x\n');
    expect(template.parse('12x\n')).toEqual([{ A: ['12'] }]);
    expect(thrownBy(() => template.parse('12x\nx\n'))).toMatchObject({ reason: 'not_recognised', ruleLine: 4, inputLine: 2 });
  });
});

describe('templates that are rejected', () => {
  test.each(BAD_TEMPLATES)('$name', ({ template, message }) => {
    const error = thrownBy(() => compileTemplate(template));
    if (!(error instanceof TemplateError)) throw new Error('no TemplateError', { cause: error });
    const expected = messageParts(message);
    expect(messageParts(error.message).text).toBe(expected.text);
    if (expected.line !== null) expect(error.line).toBe(expected.line);
  });
});
