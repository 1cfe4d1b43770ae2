/** True if the error is one of Node's system errors with one of these codes, e.g. `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
