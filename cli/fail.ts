import { CommanderError } from 'commander';
import { AppError, ERROR_CODES } from '../core/errors.ts';
import { EXIT } from './command.ts';
import type { Screen } from './context.ts';
import { safeLine } from './text/safe.ts';

const MOST_FIELDS = 3;

/** Says what went wrong, in one or two lines; the exit code. A bug shows its stack. */
export function fail(error: unknown, err: Screen, signal: AbortSignal): number {
  // The parser has said it already; 0 is that of the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : ERROR_CODES.validation_failed.exit;
  if (signal.aborted) return EXIT.interrupted;
  if (!(error instanceof AppError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    err.write(`cairn: ${text.split('\n').map(safeLine).join('\n')}\n`);
    return ERROR_CODES.internal.exit;
  }
  err.write(`cairn: ${safeLine(error.detail)}\n`);
  const more = error.errors.slice(1, 1 + MOST_FIELDS).map(({ pointer, detail }) => `${pointer} ${detail}`);
  const rest = error.errors.length - 1 - more.length;
  if (more.length > 0) err.write(`  also: ${safeLine(more.join('; '))}${rest > 0 ? `; and ${rest} more` : ''}\n`);
  else if (error.code === 'unauthenticated') err.write('  a token comes from --token-file, --token or CAIRN_TOKEN\n');
  return ERROR_CODES[error.code].exit;
}
