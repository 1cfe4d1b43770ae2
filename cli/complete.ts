import type { Command, Completes, Option } from './command.ts';
import type { ConnectionOptions } from './connection.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

/** Names that a shell takes as they are: a device may be called `$(reboot)`, and what is completed is run as it stands. */
const PLAIN = /^[A-Za-z0-9_.@%+,/][A-Za-z0-9_.@%+,/-]*$/;

export type LookUp = (kind: Exclude<Completes, 'file'>, typed: string, options: ConnectionOptions) => Promise<string[]>;

/**
 * What the last of the words may become; `words` are those after `cairn`. Empty where a file name or a free text is wanted.
 * @throws AppError what `lookUp` throws
 */
export async function candidates(commands: readonly Command[], words: readonly string[], lookUp: LookUp): Promise<string[]> {
  const typed = words.at(-1) ?? '';
  const { positional, pending, values, command } = parse(commands, words.slice(0, -1));
  const begins = (word: string): boolean => word.startsWith(typed) && PLAIN.test(word.replace(/^--/, ''));
  const connection = { url: values.get('url'), token: values.get('token'), tokenFile: values.get('token-file') };
  const valuesOf = async (what: { choices?: readonly string[]; completes?: Completes } | undefined): Promise<string[]> => {
    if (what?.choices !== undefined) return [...what.choices];
    return what?.completes === undefined || what.completes === 'file' ? [] : lookUp(what.completes, typed, connection);
  };

  if (pending !== null) return (await valuesOf(pending)).filter(begins);
  if (typed.startsWith('-')) return [...optionsOf(command), { name: 'help' }].map(({ name }) => `--${name}`).filter(begins);
  if (command === undefined) return verbs(commands, positional).filter(begins);
  const args = command.args ?? [];
  const at = positional.length - command.name.split(' ').length;
  const arg = args[at] ?? (args.at(-1)?.many === true ? args.at(-1) : undefined);
  return (await valuesOf(arg)).filter((word) => begins(word) && !positional.includes(word));
}

function optionsOf(command: Command | undefined): readonly Option[] {
  return [...(command?.options ?? []), ...(command?.local === true ? [] : GLOBAL_OPTIONS)];
}

/** Nouns, or the verbs of the noun that is typed. */
function verbs(commands: readonly Command[], positional: readonly string[]): string[] {
  const names = commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name.split(' '));
  const fitting = names.filter((words) => positional.every((word, index) => words[index] === word));
  return [...new Set(fitting.flatMap((words) => words[positional.length] ?? []))];
}

function parse(commands: readonly Command[], done: readonly string[]) {
  const positional: string[] = [];
  const values = new Map<string, string>();
  let command: Command | undefined;
  let pending: Option | null = null;
  for (const word of done) {
    if (pending !== null) {
      values.set(pending.name, word);
      pending = null;
    } else if (word.startsWith('--')) {
      const option = optionsOf(command).find(({ name }) => `--${name}` === word);
      pending = option?.value === undefined ? null : option;
    } else {
      positional.push(word);
      command ??= commands.find(({ name }) => name === positional.join(' '));
    }
  }
  return { positional, pending, values, command };
}
