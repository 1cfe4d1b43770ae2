import { candidates } from '../complete.ts';
import type { Command } from '../command.ts';
import { connect } from '../connection.ts';
import { wrong } from '../given.ts';
import { COMPLETION_SCRIPTS } from '../completion-scripts.ts';
import { lookUp } from '../look-up.ts';

/** `table`: all commands, these too. */
export const completionCommands = (table: () => readonly Command[]): Command[] => [
  {
    name: 'completion',
    about: 'print a script that teaches a shell to complete: eval "$(cairn completion bash)"',
    local: true,
    args: [{ name: 'shell', about: Object.keys(COMPLETION_SCRIPTS).join(', ') }],
    run({ out }, given) {
      const shell = given.need('shell');
      const script = Object.entries(COMPLETION_SCRIPTS).find(([name]) => name === shell)?.[1];
      out.write(script ?? wrong('shell', `must be one of ${Object.keys(COMPLETION_SCRIPTS).join(', ')}`));
      return Promise.resolve(0);
    },
  },
  {
    name: '__complete',
    about: 'what the last word may become, one a line',
    hidden: true,
    local: true,
    args: [{ name: 'words', about: 'what was typed after `cairn`', many: true }],
    async run({ out, env, signal }, given) {
      const words = given.list('words') ?? [''];
      const found = await candidates(table(), words, (kind, typed, options) =>
        lookUp(connect(options, env), signal, kind, typed),
      );
      out.write(found.map((word) => `${word}\n`).join(''));
      return 0;
    },
  },
];
