import type { Kind, Records } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Ask, Join, Row } from './platform.ts';
import { NORMALISERS, toRecords } from './records/index.ts';
import { RowError } from './records/fields.ts';
import type { FoundTemplates, TemplateLibrary } from './template-library.ts';
import { withoutLogLines } from './terminal.ts';
import { parseOutput, parseText } from './template-parse.ts';
import { ParseError, TemplateError } from './textfsm/textfsm.ts';

/** Characters from which parsing would hold up the other sessions of the process. */
const LONG = 256 * 1024;

export interface TemplateName {
  template: string | null;
  template_version: string | null;
}

export interface Parsed<K extends Kind = Kind> {
  outcome: Extract<Outcome, 'ok' | 'empty' | 'parse_failed'>;
  records: Records[K][];
  error: string | null;
}

class NotUnderstood extends Error {}

/** One device's outputs; each text is parsed once, however many kinds are taken from it. */
export interface OutputParser {
  /** Parses a long text in a thread, so that `parse` finds its rows ready; does nothing for others. Never rejects. */
  begin(ask: Ask, text: string): Promise<void>;
  parse<K extends Kind>(kind: K, from: { ask: Ask; text: string }, join: { join: Join; text: string } | null): Parsed<K>;
  templateOf(ask: Ask): TemplateName;
}

export function outputParser(library: TemplateLibrary): OutputParser {
  /** By reader, then by command. */
  const parsed = new Map<unknown, Map<string, Row[]>>();
  /** What threads made of long texts, to be taken by `tableOf`. */
  const ready = new Map<string, Row[] | Error>();
  const keyOf = (ask: Ask): string => `${templateName(ask)}\n${ask.command}`;

  const tableOf = (ask: Ask, text: string): Row[] => {
    const early = ready.get(keyOf(ask));
    if (early instanceof Error) throw early;
    if (early !== undefined) return early;
    const found = library.byName(templateName(ask));
    if (found === null) throw new NotUnderstood(`there is no template ${templateName(ask)}`);
    return timed(() => parseOutput(found, text));
  };

  const timed = (read: () => Row[]): Row[] => {
    const began = performance.now();
    try {
      return read();
    } finally {
      library.onParsed?.((performance.now() - began) / 1000);
    }
  };

  const rowsOf = (ask: Ask, raw: string): Row[] => {
    const name = templateName(ask);
    const reader = 'read' in ask.parse ? ask.parse.read : name;
    const known = parsed.get(reader)?.get(ask.command);
    if (known !== undefined) return known;
    const text = readable(ask, raw);
    const { parse } = ask;
    const rows = 'read' in parse ? timed(() => parse.read(text)) : tableOf(ask, text);
    const begun = ask.starts === undefined ? 0 : (text.match(ask.starts)?.length ?? 0);
    if (rows.length < begun) {
      throw new NotUnderstood(`${name} found ${rows.length} of the ${begun} entries in the output of "${ask.command}"`);
    }
    const texts = parsed.get(reader) ?? new Map<string, Row[]>();
    parsed.set(reader, texts.set(ask.command, rows));
    return rows;
  };

  /** No rows are an empty answer only where every line was known, or the answer says so; else the text was not understood. */
  const meansNothing = (kind: Kind, { ask, text }: { ask: Ask; text: string }): boolean => {
    if (text.trim() === '' || ask.empty?.test(text) === true) return !NORMALISERS[kind].evidence.test(text);
    const found = 'read' in ask.parse ? null : library.byName(templateName(ask));
    const strict = found === null || knowsEveryLine(found);
    return strict && !NORMALISERS[kind].evidence.test(text);
  };

  return {
    begin: async (ask, text) => {
      if ('read' in ask.parse || text.length < LONG || ready.has(keyOf(ask))) return;
      try {
        const done = await parseText(library, { templateName: templateName(ask) }, readable(ask, text));
        if (done !== null) ready.set(keyOf(ask), done.rows);
      } catch (error) {
        ready.set(keyOf(ask), error instanceof Error ? error : new Error(String(error)));
      }
    },
    parse: (kind, from, join) => {
      try {
        const all = rowsOf(from.ask, from.text);
        const rows = from.ask.where === undefined ? all : all.filter(from.ask.where);
        if (all.length === 0 && !meansNothing(kind, { ask: from.ask, text: withoutLogLines(from.text) })) {
          throw new NotUnderstood(`nothing was recognised in the output of "${from.ask.command}"${firstLine(from.text)}`);
        }
        const full = join === null ? rows : joined(rows, join.join, rowsOf(join.join, join.text));
        const { shape } = from.ask;
        const records = toRecords(kind, shape === undefined ? full : full.map((row) => shape(row)));
        return { outcome: records.length > 0 ? 'ok' : 'empty', records, error: null };
      } catch (error) {
        return { outcome: 'parse_failed', records: [], error: describe(error, from.ask) };
      }
    },
    templateOf: (ask) => {
      if ('read' in ask.parse) return { template: null, template_version: null };
      const found = library.byName(templateName(ask));
      return { template: found?.name ?? null, template_version: found?.version ?? null };
    },
  };
}

/** Whether the templates reject a line that they do not know; tried out, for a rule may match more than it seems to. */
function knowsEveryLine(found: FoundTemplates): boolean {
  try {
    parseOutput(found, 'xyzzy: no device says this 4711\n');
    return false;
  } catch (error) {
    if (error instanceof ParseError) return true;
    throw error;
  }
}

function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '');
  return line === undefined ? '' : `: ${line.trim().slice(0, 120)}`;
}

function templateName(ask: Ask): string {
  return 'ntc' in ask.parse ? ask.parse.ntc : 'own' in ask.parse ? ask.parse.own : ask.parse.read.name;
}

/** Without log lines, and mended where the template needs it. */
function readable(ask: Ask, raw: string): string {
  const text = withoutLogLines(raw);
  return ask.prepare?.(text) ?? text;
}

/** Fills what the first command leaves open from the row of the second that belongs to it. */
function joined(rows: Row[], join: Join, others: Row[]): Row[] {
  const byKey = new Map<string, Row>();
  for (const other of others) {
    const key = join.by(other);
    if (key !== null && !byKey.has(key)) byKey.set(key, other);
  }
  return rows.map((row) => {
    const key = join.by(row);
    const other = key === null ? undefined : byKey.get(key);
    if (other === undefined) return row;
    const filled: Row = { ...other };
    for (const [name, value] of Object.entries(row))
      if (value !== '' && value !== null && value !== undefined) filled[name] = value;
    return filled;
  });
}

function describe(error: unknown, ask: Ask): string {
  const template = 'read' in ask.parse ? null : `${templateName(ask)}.textfsm`;
  if (error instanceof ParseError) {
    return `${template} line ${error.ruleLine} rejects line ${error.inputLine} of "${ask.command}": ${error.inputText.slice(0, 200)}`;
  }
  if (error instanceof TemplateError) return `${template} cannot be used: ${error.message}`;
  if (error instanceof RowError) return `${template ?? `"${ask.command}"`}: ${error.message}`;
  if (error instanceof NotUnderstood) return error.message;
  if (error instanceof SyntaxError) return `the output of "${ask.command}" is not what was expected: ${error.message}`;
  return `the output of "${ask.command}" was not understood: ${error instanceof Error ? error.message : String(error)}`;
}
