import type { Kind, Records } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Ask, Join, Row } from './platform.ts';
import { NORMALISERS, toRecords } from './records/index.ts';
import { RowError } from './records/fields.ts';
import type { TemplateLibrary } from './template-library.ts';
import { withoutLogLines } from './terminal.ts';
import { ParseError, parseTable, TemplateError } from './textfsm/textfsm.ts';

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
  parse<K extends Kind>(kind: K, from: { ask: Ask; text: string }, join: { join: Join; text: string } | null): Parsed<K>;
  templateOf(ask: Ask): TemplateName;
}

export function outputParser(library: TemplateLibrary): OutputParser {
  const parsed = new Map<string, Row[]>();

  const rowsOf = (ask: Ask, raw: string): Row[] => {
    const name = 'read' in ask.parse ? ask.parse.read.name : templateName(ask);
    const key = `${name}\n${ask.command}`;
    const known = parsed.get(key);
    if (known !== undefined) return known;
    const text = withoutLogLines(raw);
    const rows = 'read' in ask.parse ? ask.parse.read(text) : tableOf(library, ask, ask.prepare?.(text) ?? text);
    const begun = ask.starts === undefined ? 0 : (text.match(ask.starts)?.length ?? 0);
    if (rows.length < begun) {
      throw new NotUnderstood(`${name} found ${rows.length} of the ${begun} entries in the output of "${ask.command}"`);
    }
    parsed.set(key, rows);
    return rows;
  };

  /** No rows are an empty answer only where every line was known, or the answer says so; else the text was not understood. */
  const meansNothing = (kind: Kind, { ask, text }: { ask: Ask; text: string }): boolean => {
    if (text.trim() === '' || ask.empty?.test(text) === true) return !NORMALISERS[kind].evidence.test(text);
    const sources = 'read' in ask.parse ? null : library.byName(templateName(ask))?.sources;
    const strict = sources === null || sources?.every((source) => /->\s*Error/.test(source)) === true;
    return strict && !NORMALISERS[kind].evidence.test(text);
  };

  return {
    parse: (kind, from, join) => {
      try {
        const all = rowsOf(from.ask, from.text);
        const rows = from.ask.where === undefined ? all : all.filter(from.ask.where);
        if (all.length === 0 && !meansNothing(kind, from)) {
          throw new NotUnderstood(`nothing was recognised in the output of "${from.ask.command}"${firstLine(from.text)}`);
        }
        const records = toRecords(kind, join === null ? rows : joined(rows, join.join, rowsOf(join.join, join.text)));
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

function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '');
  return line === undefined ? '' : `: ${line.trim().slice(0, 120)}`;
}

function templateName(ask: Ask): string {
  return 'ntc' in ask.parse ? ask.parse.ntc : 'own' in ask.parse ? ask.parse.own : ask.parse.read.name;
}

function tableOf(library: TemplateLibrary, ask: Ask, text: string): Row[] {
  const found = library.byName(templateName(ask));
  if (found === null) throw new NotUnderstood(`there is no template ${templateName(ask)}`);
  return parseTable(found.templates, text);
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
