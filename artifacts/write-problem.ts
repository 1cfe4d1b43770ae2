import type { Problem } from './object-writer.ts';

/** An error of the system as it travels between threads. */
export function problemOf(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { code, message: error instanceof Error ? error.message : String(error) };
}
