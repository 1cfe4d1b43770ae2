import { ParseError } from './errors.ts';
import { splitLines } from './python-text.ts';
import { type Cell, RecordBuilder, UnmatchedListError, createColumn } from './record.ts';
import { type Match, isPlain } from './regex/pattern.ts';
import { StepLimitError } from './regex/run.ts';
import { type Step, createStates } from './state.ts';
import type { Definition } from './template.ts';

export interface Machine {
  names: string[];
  /** Runs a text from `Start` on; rows hold a cell per value, in their order. Throws `ParseError`. */
  run(text: string): Cell[][];
}

/** Lines of a text without these are plain: \n, \v, \f and \r end lines and are in none. */
const MAYBE_NOT_PLAIN = /[^\0-\x1b\x20-\x7f]/;

/** Source: `TextFSM.ParseText`, `_CheckLine` and `_Operations` of textfsm 2.1.0. */
export function createMachine(definition: Definition): Machine {
  const columns = definition.values.map(createColumn);
  const states = createStates(definition);
  const recordAtEnd = !states.has('EOF');

  const run = (text: string): Cell[][] => {
    const record = new RecordBuilder(columns);
    const lines = splitLines(text);
    const allPlain = !MAYBE_NOT_PLAIN.test(text);
    let state = states.get('Start');
    let target = '';

    for (let number = 0; number < lines.length && state !== undefined; number += 1) {
      const line = lines[number] ?? '';
      const plain: boolean = allPlain || isPlain(line);
      for (const step of state.stepsFor(line)) {
        if (step.needed !== null && !line.includes(step.needed)) continue;
        const found = matchOf(step, line, plain, number);
        if (found === null) continue;
        if (step.columns.length > 0) assignAll(record, step, found, line, number);
        if (step.recordAction === 'Record') record.save();
        else if (step.recordAction === 'Clear') record.clear();
        else if (step.recordAction === 'Clearall') record.clearAll();
        if (step.lineAction === 'Error') throw errorAction(step, line, number);
        if (step.lineAction === 'Continue') continue;
        if (step.target !== '') {
          target = step.target;
          state = step.next ?? state;
        }
        break;
      }
      if (target === 'End' || target === 'EOF') break;
    }
    if (target !== 'End' && recordAtEnd && columns.length > 0) record.save();
    return record.rows;
  };
  return { names: columns.map((column) => column.name), run };
}

function matchOf(step: Step, line: string, plain: boolean, number: number): Match | null {
  try {
    return step.pattern.match(line, plain);
  } catch (error) {
    if (!(error instanceof StepLimitError)) throw error;
    const message = `Rule needs too many steps. Rule Line: ${step.line}. Input Line: ${line}`;
    throw new ParseError('too_costly', message, { ruleLine: step.line, inputLine: number + 1, inputText: line });
  }
}

function assignAll(record: RecordBuilder, step: Step, found: Match, line: string, number: number): void {
  try {
    for (let at = 0; at < step.columns.length; at += 1) record.assign(step.columns[at] ?? 0, found[at + 1] ?? null);
  } catch (error) {
    if (!(error instanceof UnmatchedListError)) throw error;
    const message = `${error.message}. Rule Line: ${step.line}. Input Line: ${line}`;
    throw new ParseError('not_recognised', message, { ruleLine: step.line, inputLine: number + 1, inputText: line });
  }
}

/** The messages of textfsm. */
function errorAction(step: Step, line: string, number: number): ParseError {
  const message =
    step.target === ''
      ? `State Error raised. Rule Line: ${step.line}. Input Line: ${line}`
      : `Error: ${step.target}. Rule Line: ${step.line}. Input Line: ${line}.`;
  return new ParseError('error_action', message, { ruleLine: step.line, inputLine: number + 1, inputText: line });
}
