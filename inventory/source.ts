import type { InventorySourceOptions, SourceProblem, SourceRecord } from '../core/inventory.ts';

/** What a source may need to be let in; held in memory only while it is read. */
export interface SourceSecret {
  username: string | null;
  password: string | null;
  token: string | null;
}

export interface ReadContext {
  /** Null where the source is open to all. */
  secret: SourceSecret | null;
  signal: AbortSignal;
  limits: ReadLimits;
}

export interface ReadLimits {
  /** Longest wait for an answer, and longest silence within it. Milliseconds. */
  silenceMs: number;
  /** Of one answer. */
  bytes: number;
  /** Tries of one request, and the wait before the second; it doubles. */
  tries: number;
  pauseMs: number;
  /** Longest wait that a busy server may ask for. */
  longestPauseMs: number;
  /** Records of one page. */
  page: number;
}

export const READ_LIMITS: ReadLimits = {
  silenceMs: 60_000,
  bytes: 64 * 1024 * 1024,
  tries: 5,
  pauseMs: 1000,
  longestPauseMs: 120_000,
  page: 500,
};

/**
 * A kind of inventory. It only reads: what becomes of the records is decided by `core/reconcile.ts` and written by
 * `stores/inventory.ts`. A record that cannot be used is a `SourceProblem`; a source that cannot be read throws a `SourceError`.
 */
export interface InventorySource<O extends InventorySourceOptions = InventorySourceOptions> {
  name: O['type'];
  read(options: O, context: ReadContext): AsyncIterable<SourceRecord | SourceProblem>;
}

/** The source as a whole cannot be read. Its message says which, and why; it never holds a secret. */
export class SourceError extends Error {
  override name = 'SourceError';
  /** Of the answer, where there was one. */
  readonly status: number | null;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status ?? null;
  }
}

/** The server has nothing at that address. */
export function isMissing({ status }: SourceError): boolean {
  return status === 404 || status === 405;
}
