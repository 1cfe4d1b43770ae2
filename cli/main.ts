import { AppError, ERROR_CODES } from '../core/errors.ts';
import type { CliContext } from './context.ts';
import { record, RECORD_USAGE } from './commands/record.ts';

interface Command {
  usage: string;
  /** Resolves with the exit code. */
  run(context: CliContext): Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  record: { usage: RECORD_USAGE, run: record },
};

const USAGE = Object.values(COMMANDS)
  .map(({ usage }) => usage)
  .join('\n');

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const asked = ['--help', '-h', 'help'].includes(name) || args.includes('--help');
  if (command === undefined || asked) {
    (asked ? process.stdout : process.stderr).write(`${command?.usage ?? USAGE}\n`);
    return asked ? 0 : ERROR_CODES.validation_failed.exit;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return command.run({
    args,
    env: process.env,
    out: (line) => void process.stdout.write(`${line}\n`),
    signal: stop.signal,
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const known = error instanceof AppError;
  process.stderr.write(`cairn: ${known ? error.detail : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = ERROR_CODES[known ? error.code : 'internal'].exit;
}
