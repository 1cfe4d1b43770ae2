import { AppError } from '../core/errors.ts';

/** True if the error is one of Node's system errors with one of these codes, e.g. `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The store does not do its work now; trying again later may help. An AppError passes through as it is. */
export function unavailable(location: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('artifact_store_unavailable', `the artifact store ${location} is not usable: ${textOf(cause)}`, { cause });
}

export function missing(location: string, address: string, why = 'nothing is stored under it'): AppError {
  return new AppError('artifact_missing', `no text ${address} in the artifact store ${location}: ${why}`);
}

/** Resolves to null where the promise fails with one of these codes of the system. */
export async function nullOn<T>(promise: Promise<T>, ...codes: string[]): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, ...codes)) return null;
    throw error;
  }
}
