import { type Pattern, preparePattern } from './textfsm/regex/pattern.ts';
import { parseRegex } from './textfsm/regex/parse.ts';
import { strip } from './textfsm/python-text.ts';

/** Finds the templates of a command in the `index` file of ntc-templates. */
export interface TemplateIndex {
  /** File names, several for a command whose tables are merged; null where no row fits. */
  find(platform: string, command: string): string[] | null;
}

interface IndexRow {
  files: string[];
  platform: Field;
  command: Field;
}

interface Field {
  source: string;
  pattern: Pattern | null;
}

const COMPLETION = /\[\[(.+?)\]\]/g;
const REGEX_SYNTAX = /[\\^$.|?*+()[\]{}]/;

/**
 * Reads the comma-separated index as `clitable.IndexTable` does: the first line names the columns, `#` in column 0 is a comment, rows
 * with another number of fields are dropped. Unlike there a pattern has to match the whole platform or command: upstream a prefix is
 * enough, so that `display ip routing-table` picks the template of `dir`.
 */
export function readTemplateIndex(text: string): TemplateIndex {
  const lines = text.split(/\r\n|\r|\n/);
  const start = lines.findIndex((line) => headerOf(line) !== '');
  const header = headerOf(lines[start] ?? '')
    .split(',')
    .map(strip);
  const column = (name: string): number => {
    const at = header.indexOf(name);
    if (at < 0) throw new Error(`the template index has no column ${name}`);
    return at;
  };
  const [template, platform, command] = [column('Template'), column('Platform'), column('Command')];

  const rows: IndexRow[] = [];
  for (const line of lines.slice(start + 1)) {
    const fields = line.split(',').map(strip);
    if (line.startsWith('#') || fields.length !== header.length) continue;
    rows.push({
      files: (fields[template] ?? '').split(':'),
      platform: { source: fields[platform] ?? '', pattern: null },
      command: { source: (fields[command] ?? '').replaceAll(COMPLETION, complete), pattern: null },
    });
  }
  return {
    find: (wantedPlatform, wantedCommand) =>
      rows.find((row) => fits(row.platform, wantedPlatform) && fits(row.command, wantedCommand))?.files ?? null,
  };
}

function headerOf(line: string): string {
  return strip(line.split('#')[0] ?? '');
}

/** `[[show]]` stands for every beginning of the word, also none: `(s(h(o(w)?)?)?)?`. */
function complete(_: string, word: string): string {
  const letters = Array.from(word);
  return `(${letters.join('(')}${')?'.repeat(letters.length)}`;
}

function fits(field: Field, text: string): boolean {
  if (field.source === '') return true;
  if (!REGEX_SYNTAX.test(field.source)) return field.source === text;
  field.pattern ??= wholePattern(field.source);
  return field.pattern.match(text) !== null;
}

function wholePattern(source: string): Pattern {
  const regex = parseRegex(source);
  const end = { type: 'anchor', kind: 'end', scope: 'string', ascii: false } as const;
  return preparePattern({ ...regex, root: { type: 'sequence', parts: [regex.root, end] } }, []);
}
