import { AppError, ERROR_CODES } from '../core/errors.ts';

/** One line for a person on standard error; returns the exit code. What is not an `AppError` is a defect: its stack follows. */
export function reportFailure(error: unknown): number {
  if (error instanceof AppError) {
    process.stderr.write(`cairn: ${error.detail.replaceAll('\n', ' ')}\n`);
    return ERROR_CODES[error.code].exit;
  }
  process.stderr.write(`cairn: ${error instanceof Error ? error.stack : String(error)}\n`);
  return ERROR_CODES.internal.exit;
}
