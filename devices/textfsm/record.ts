import { type Pattern, preparePattern } from './regex/pattern.ts';
import type { Value } from './template.ts';

export type ListItem = string | null | Record<string, string | null>;
/** What one value of a row holds. textfsm writes '' for a value that was never set. */
export type Cell = string | ListItem[];

/** A List value with nested groups took no part in a match; Python's textfsm fails with a TypeError there. */
export class UnmatchedListError extends Error {}

interface Column {
  name: string;
  /** Assigning it does nothing but set it. */
  simple: boolean;
  filldown: boolean;
  fillup: boolean;
  list: boolean;
  /** Position of `Required` against `List`: it looks at what was assigned last, or at the list. */
  required: 'no' | 'value' | 'list';
  /** List values with more than one group: their text is matched again, and its named groups, if any, become an object. */
  nested: { pattern: Pattern; names: string[] } | null;
}

/**
 * The values of the record that is being built and the rows saved so far: what the options of textfsm do when a value is assigned,
 * cleared and saved. Source: `TextFSMOptions` and `TextFSM._AppendRecord` of textfsm 2.1.0.
 */
export class RecordBuilder {
  readonly rows: Cell[][] = [];
  readonly #columns: Column[];
  readonly #required: number[];
  readonly #values: (string | null)[];
  readonly #remembered: (string | null)[];
  readonly #lists: ListItem[][];

  constructor(columns: Column[]) {
    this.#columns = columns;
    this.#required = columns.flatMap((column, at) => (column.required === 'no' ? [] : [at]));
    this.#values = columns.map(() => null);
    this.#remembered = columns.map(() => null);
    this.#lists = columns.map(() => []);
  }

  /** `AssignVar`: null for a group that took no part. Throws `UnmatchedListError`. */
  assign(at: number, text: string | null): void {
    this.#values[at] = text;
    const column = this.#columns[at];
    if (column === undefined || column.simple) return;
    if (column.filldown) this.#remembered[at] = text;
    if (column.list) this.#lists[at]?.push(listItem(column, text));
    if (column.fillup && text !== null && text !== '') this.#fillUp(at, text);
  }

  /** Upwards through the rows until one has this value. */
  #fillUp(at: number, text: string): void {
    for (let index = this.rows.length - 1; index >= 0; index -= 1) {
      const row = this.rows[index];
      if (row === undefined || row[at]?.length !== 0) return;
      row[at] = text;
    }
  }

  /** `ClearVar` of every value. */
  clear(): void {
    for (let at = 0; at < this.#columns.length; at += 1) {
      const column = this.#columns[at];
      if (column?.filldown === true) this.#values[at] = this.#remembered[at] ?? null;
      else {
        this.#values[at] = null;
        if (column?.list === true) this.#lists[at] = [];
      }
    }
  }

  /** `ClearAllVar` of every value. */
  clearAll(): void {
    this.#values.fill(null);
    this.#remembered.fill(null);
    for (let at = 0; at < this.#lists.length; at += 1) this.#lists[at] = [];
  }

  /** Adds the record to the rows unless a Required value is missing or nothing is set at all. */
  save(): void {
    const columns = this.#columns;
    for (const at of this.#required) {
      const subject = columns[at]?.required === 'list' ? this.#lists[at] : this.#values[at];
      if (subject === undefined || subject === null || subject.length === 0) {
        this.clear();
        return;
      }
    }
    const row: Cell[] = [];
    let filled = false;
    for (let at = 0; at < columns.length; at += 1) {
      if (columns[at]?.list === true) {
        const list = this.#lists[at]?.slice() ?? [];
        filled ||= list.length > 0;
        row.push(list);
      } else {
        const value = this.#values[at] ?? null;
        filled ||= value !== null;
        row.push(value ?? '');
      }
    }
    if (!filled) return;
    this.rows.push(row);
    this.clear();
  }
}

export function createColumn(value: Value): Column {
  const { name, options, nested } = value;
  const [filldown, fillup, list] = [options.includes('Filldown'), options.includes('Fillup'), options.includes('List')];
  const listFirst = list && options.indexOf('List') < options.indexOf('Required');
  const groups = nested?.names ?? [];
  return {
    name,
    simple: !filldown && !fillup && !list,
    filldown,
    fillup,
    list,
    required: options.includes('Required') ? (listFirst ? 'list' : 'value') : 'no',
    nested:
      nested !== null && nested.groups > 1
        ? {
            pattern: preparePattern(
              nested,
              groups.map((group) => group.index),
            ),
            names: groups.map((group) => group.name),
          }
        : null,
  };
}

function listItem(column: Column, text: string | null): ListItem {
  if (column.nested === null) return text;
  if (text === null) throw new UnmatchedListError(`List value ${column.name} with nested groups took no part in the match`);
  const { pattern, names } = column.nested;
  if (names.length === 0) return text;
  const found = pattern.match(text);
  if (found === null) return text;
  return Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? null]));
}
