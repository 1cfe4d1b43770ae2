import { TemplateError } from './errors.ts';
import { strip } from './python-text.ts';
import { type Regex, RegexError } from './regex/ast.ts';
import { parseRegex } from './regex/parse.ts';
import { LINE_ACTIONS, RECORD_ACTIONS, type Rule } from './template.ts';

const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const WORD = '[\\p{L}\\p{N}_]';
/** The last ` ->` starts the action. */
const MATCH_ACTION = new RegExp(`^(.*)${SPACE}->(.*)$`, 'su');
const LINE = `(?<line>${LINE_ACTIONS.join('|')})`;
const RECORD = `(?<record>${RECORD_ACTIONS.join('|')})`;
const TARGET = `(?:${SPACE}+(?<target>${WORD}+|".*"))?`;
const ACTIONS = [`${SPACE}+${LINE}(?:\\.${RECORD})?${TARGET}`, `${SPACE}+${RECORD}${TARGET}`, TARGET].map(
  (source) => new RegExp(`^(?:${source})$`, 'su'),
);
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');

/** Parses a rule line; `substitutions` maps value names to their groups. Source: `TextFSMRule.__init__`. */
export function parseRuleLine(text: string, line: number, substitutions: ReadonlyMap<string, string>): Rule {
  const stripped = strip(text);
  const split = MATCH_ACTION.exec(stripped);
  const match = split?.[1] ?? stripped;
  const regex = parsePattern(substitute(match, substitutions, line), line);
  if (split === null) return { line, regex, lineAction: '', recordAction: '', target: '' };

  const action = ACTIONS.map((pattern) => pattern.exec(split[2] ?? '')).find((found) => found !== null);
  if (action === undefined) throw new TemplateError(`Badly formatted rule '${stripped}'.`, line);
  const { line: lineWord = '', record = '', target = '' } = action.groups ?? {};
  if (lineWord === 'Continue' && target !== '') {
    throw new TemplateError(`Action '${lineWord}' with new state ${target} specified.`, line);
  }
  if (lineWord !== 'Error' && target !== '' && !STARTS_WITH_WORD.test(target)) {
    throw new TemplateError('Alphanumeric characters only in state names.', line);
  }
  return {
    line,
    regex,
    lineAction: LINE_ACTIONS.find((word) => word === lineWord) ?? '',
    recordAction: RECORD_ACTIONS.find((word) => word === record) ?? '',
    target,
  };
}

/** `string.Template.substitute`: `$$` is a dollar, names are ASCII, each is put in once. Without any value nothing is replaced. */
function substitute(match: string, substitutions: ReadonlyMap<string, string>, line: number): string {
  if (substitutions.size === 0) return match;
  return match.replaceAll(/\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\{([_a-zA-Z][_a-zA-Z0-9]*)\})?/g, (_, dollar, named, braced) => {
    if (dollar !== undefined) return '$';
    const group = substitutions.get(named ?? braced);
    if (group === undefined) throw new TemplateError(`Duplicate or invalid variable substitution: '${match}'.`, line);
    return group;
  });
}

function parsePattern(pattern: string, line: number): Regex {
  try {
    return parseRegex(pattern);
  } catch (error) {
    if (error instanceof RegexError)
      throw new TemplateError(`Invalid regular expression: '${pattern}' (${error.message}).`, line);
    throw error;
  }
}
