import {
  type Cell,
  type CellState,
  type Column,
  UnmatchedListError,
  assign,
  clear,
  clearAll,
  createColumn,
  save,
} from './cells.ts';
import { ParseError } from './errors.ts';
import { splitLines } from './python-text.ts';
import { type Match, type Pattern, isPlain, preparePattern } from './regex/pattern.ts';
import { StepLimitError } from './regex/run.ts';
import type { Definition, Rule } from './template.ts';

/** A rule made ready to run. */
interface Step {
  rule: Rule;
  pattern: Pattern;
  /** Column of each wanted group. */
  columns: number[];
  next: State | null;
}

interface State {
  name: string;
  rules: Rule[];
  steps: Step[] | null;
}

export interface Machine {
  names: string[];
  /** Runs a text from `Start` on; rows hold a cell per value, in their order. Throws `ParseError`. */
  run(text: string): Cell[][];
}

export function createMachine(definition: Definition): Machine {
  const columns = definition.values.map(createColumn);
  const byName = new Map(columns.map((column, index) => [column.name, index]));
  const states = new Map<string, State>();
  for (const [name, rules] of definition.states) states.set(name, { name, rules, steps: null });

  const prepare = (rule: Rule): Step => {
    const groups = rule.regex.names.filter((group) => byName.has(group.name));
    return {
      rule,
      pattern: preparePattern(
        rule.regex,
        groups.map((group) => group.index),
      ),
      columns: groups.map((group) => byName.get(group.name) ?? 0),
      next: states.get(rule.target) ?? null,
    };
  };
  return {
    names: columns.map((column) => column.name),
    run: (text) => runMachine(columns, states, prepare, text),
  };
}

function runMachine(columns: Column[], states: Map<string, State>, prepare: (rule: Rule) => Step, text: string): Cell[][] {
  const record = columns.map((): CellState => ({ value: null, remembered: null, list: [] }));
  const rows: Cell[][] = [];
  const lines = splitLines(text);
  const allPlain = isPlain(text.replaceAll(/[\r\n]/g, ''));
  let state = states.get('Start');
  let name = 'Start';

  const clearRecord = (): void => columns.forEach((column, at) => clear(column, cellAt(record, at)));
  const saveRecord = (): void => {
    if (columns.length === 0) return;
    const row: Cell[] = [];
    let filled = false;
    for (const [at, column] of columns.entries()) {
      const cell = cellAt(record, at);
      if (!save(column, cell)) return clearRecord();
      filled ||= cell.value !== null && (typeof cell.value === 'string' || cell.value.length > 0);
      row.push(cell.value ?? '');
    }
    if (!filled) return;
    rows.push(row);
    clearRecord();
  };

  for (const [lineNumber, line] of lines.entries()) {
    state ??= fail(`no state ${name}`);
    state.steps ??= state.rules.map(prepare);
    const plain = allPlain || isPlain(line);
    for (const step of state.steps) {
      const { rule } = step;
      const where = { ruleLine: rule.line, inputLine: lineNumber + 1, inputText: line };
      try {
        const found: Match | null = step.pattern.match(line, plain);
        if (found === null) continue;
        for (const [at, column] of step.columns.entries()) {
          assign(columns[column] ?? fail('no column'), cellAt(record, column), found[at + 1] ?? null, rows, column);
        }
      } catch (error) {
        if (error instanceof UnmatchedListError) throw new ParseError('not_recognised', error.message, where);
        if (error instanceof StepLimitError)
          throw new ParseError('too_costly', `Rule too costly. Rule Line: ${rule.line}. Input Line: ${line}.`, where);
        throw error;
      }
      if (rule.recordAction === 'Record') saveRecord();
      else if (rule.recordAction === 'Clear') clearRecord();
      else if (rule.recordAction === 'Clearall') record.forEach(clearAll);
      if (rule.lineAction === 'Error') throw errorAction(rule, where);
      if (rule.lineAction === 'Continue') continue;
      if (rule.target !== '') {
        state = step.next ?? state;
        name = rule.target;
      }
      break;
    }
    if (name === 'End' || name === 'EOF') break;
  }
  if (name !== 'End' && !states.has('EOF')) saveRecord();
  return rows;
}

/** The messages of textfsm. */
function errorAction(rule: Rule, where: { ruleLine: number; inputLine: number; inputText: string }): ParseError {
  const message =
    rule.target === ''
      ? `State Error raised. Rule Line: ${rule.line}. Input Line: ${where.inputText}`
      : `Error: ${rule.target}. Rule Line: ${rule.line}. Input Line: ${where.inputText}.`;
  return new ParseError('error_action', message, where);
}

function cellAt(record: CellState[], at: number): CellState {
  return record[at] ?? fail('no cell');
}

function fail(message: string): never {
  throw new Error(message);
}
