import { Command as Parser, Option as ParserOption } from 'commander';
import type { Command, Option } from './command.ts';
import type { Screen } from './context.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { wrong } from './given.ts';
import { safeText } from './text/safe.ts';

/** Given the command that was typed, and what was typed for its arguments and options, by their names. */
type Run = (command: Command, values: Record<string, unknown>) => Promise<void>;

/** The parser of the command line, made from the table of commands; throws `CommanderError` where it does not fit. */
export function buildProgram(
  commands: readonly Command[],
  nouns: Readonly<Record<string, string>>,
  { out, err }: { out: Screen; err: Screen },
  run: Run,
): Parser {
  const program = new Parser('cairn')
    .description('Network discovery and configuration backup')
    .helpCommand('help [command]', 'help of a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(safeText(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'cairn: ')),
      getOutHelpWidth: () => (out.terminal ? out.width : 100),
      getErrHelpWidth: () => (err.terminal ? err.width : 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addOptions(program, GLOBAL_OPTIONS);
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const words = command.name.split(' ');
    const [noun = '', verb] = words;
    if (verb !== undefined && !groups.has(noun)) groups.set(noun, program.command(noun).description(nouns[noun] ?? ''));
    const parent = groups.get(noun) ?? program;
    addCommand(parent, verb ?? noun, command, program, run);
  }
  return program;
}

function addCommand(parent: Parser, word: string, command: Command, program: Parser, run: Run): void {
  const parser = parent.command(word, { hidden: command.hidden === true }).description(command.about);
  const args = command.args ?? [];
  for (const { name, about, many, optional } of args) {
    const shown = many === true ? `${name}...` : name;
    parser.argument(many === true || optional === true ? `[${shown}]` : `<${shown}>`, about);
  }
  addOptions(parser, command.options ?? []);
  parser.action(async () => {
    const globals = valuesOf(program, GLOBAL_OPTIONS);
    const [useless] = Object.keys(globals);
    if (command.local === true && useless !== undefined) wrong(`--${useless}`, `is of no use to cairn ${command.name}`);
    const positional = Object.fromEntries(args.map(({ name }, index): [string, unknown] => [name, parser.processedArgs[index]]));
    await run(command, { ...positional, ...valuesOf(parser, command.options ?? []), ...globals });
  });
}

function addOptions(parser: Parser, options: readonly Option[]): void {
  for (const { name, value, about, many, choices } of options) {
    const listed = choices === undefined || choices.length > 6 ? about : `${about}: ${choices.join(', ')}`;
    const option = new ParserOption(value === undefined ? `--${name}` : `--${name} <${value}>`, listed);
    if (many === true) option.argParser<string[]>((one, before) => [...(Array.isArray(before) ? before : []), one]);
    parser.addOption(option);
  }
}

/** Of the options that were given. */
function valuesOf(parser: Parser, options: readonly Option[]): Record<string, unknown> {
  const given = parser.opts<Record<string, unknown>>();
  return Object.fromEntries(
    options
      .map(({ name }): [string, unknown] => [name, given[new ParserOption(`--${name}`).attributeName()]])
      .filter(([, value]) => value !== undefined),
  );
}
