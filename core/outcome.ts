import type { JobKind } from './facts.ts';

/** What happened to one data kind of one device, or to the device as a whole. DESIGN section 2, rule 1. */
export const OUTCOMES = [
  'ok',
  'empty',
  'unsupported',
  'parse_failed',
  'truncated',
  'auth_failed',
  'unreachable',
  'host_key_mismatch',
  'timeout',
  'locked',
  'circuit_open',
  'cancelled',
  'error',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** A device as a whole may also be `partial`: some kinds came, some did not. */
export type DeviceOutcome = Outcome | 'partial';

export interface KindOutcome {
  outcome: Outcome;
  /** Records found; 0 unless `ok`. */
  rows: number;
  duration_ms: number;
  /** A sentence a person can act on; null for `ok` and `empty`. */
  error: string | null;
}

export type DeviceStatus = 'pending' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

export const TERMINAL_DEVICE_STATUSES = ['completed', 'failed', 'cancelled'] as const satisfies DeviceStatus[];

export interface Verdict {
  status: 'completed' | 'failed' | 'cancelled';
  outcome: DeviceOutcome;
  error: string | null;
}

/** `ok` and `empty` are answers; everything else means that something asked for is missing. */
export function isAnswer(outcome: Outcome): boolean {
  return outcome === 'ok' || outcome === 'empty';
}

/**
 * The one rule of partial success: a device is `completed` if at least one kind was `ok` or `empty`; its outcome is then
 * `ok` or `partial`; else it is `failed` with what happened to the first kind that is not merely `unsupported`.
 */
export function deviceVerdict(kinds: Partial<Record<JobKind, KindOutcome>>): Verdict {
  const missing = Object.entries(kinds).filter(([, kind]) => !isAnswer(kind.outcome));
  const answered = Object.values(kinds).some((kind) => isAnswer(kind.outcome));
  const first = missing.find(([, kind]) => kind.outcome !== 'unsupported') ?? missing[0];
  if (first === undefined) {
    return answered
      ? { status: 'completed', outcome: 'ok', error: null }
      : { status: 'failed', outcome: 'error', error: 'no data kind was asked for' };
  }
  const same = missing.every(([, kind]) => kind.outcome === first[1].outcome && kind.error === first[1].error);
  const detail = missing.map(([name, kind]) => `${name}: ${kind.outcome}${kind.error ? ` (${kind.error})` : ''}`).join('; ');
  return answered
    ? { status: 'completed', outcome: 'partial', error: detail }
    : { status: 'failed', outcome: first[1].outcome, error: same ? first[1].error : detail };
}
