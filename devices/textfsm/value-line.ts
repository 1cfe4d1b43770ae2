import { TemplateError } from './errors.ts';
import { RegexError } from './regex/ast.ts';
import { parseRegex } from './regex/parse.ts';
import { OPTIONS, type Option, type Value } from './template.ts';

const MAX_NAME_LENGTH = 48;

/** Parses `Value [options] name (regex)`, split at single blanks as textfsm does. Source: `TextFSMValue.Parse`. */
export function parseValueLine(text: string, line: number): Value {
  const words = text.split(' ');
  if (words.length < 3) throw new TemplateError('Expect at least 3 tokens on line.', line);
  const hasOptions = words[2]?.startsWith('(') !== true;
  const options = hasOptions ? parseOptions(words[1] ?? '', line) : [];
  const name = words[hasOptions ? 2 : 1] ?? '';
  const pattern = words.slice(hasOptions ? 3 : 2).join(' ');
  if (Array.from(name).length > MAX_NAME_LENGTH) {
    throw new TemplateError(`Invalid Value name '${name}' or name too long.`, line);
  }
  if (!pattern.startsWith('(') || !pattern.endsWith(')') || pattern.at(-2) === '\\') {
    throw new TemplateError(`Value '${pattern}' must be contained within a '()' pair.`, line);
  }
  if (name.includes('\\')) throw new TemplateError(`Invalid Value name '${name}'.`, line);
  try {
    const nested = parseRegex(pattern);
    return { name, options, substitution: `(?P<${name}>${pattern.slice(1)}`, nested: options.includes('List') ? nested : null };
  } catch (error) {
    if (error instanceof RegexError) throw new TemplateError(`${error.message}.`, line);
    throw error;
  }
}

function parseOptions(text: string, line: number): Option[] {
  const options: Option[] = [];
  for (const word of text.split(',')) {
    const option = OPTIONS.find((known) => known === word);
    if (option !== undefined && options.includes(option)) throw new TemplateError(`Duplicate option "${word}".`, line);
    if (option === undefined) throw new TemplateError(`Unknown option "${word}".`, line);
    options.push(option);
  }
  return options;
}
