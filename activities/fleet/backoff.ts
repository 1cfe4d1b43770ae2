/** Attempts of a device that could not be reached before login. Authentication is never tried again. */
export const MAX_ATTEMPTS = 3;

const FIRST_MS = 2_000;
const FACTOR = 3;
const CAP_MS = 600_000;

/** Milliseconds until the attempt after number `attempt` (from 1): exponential, up to a half of it in jitter, at most 10 minutes. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(CAP_MS, FIRST_MS * FACTOR ** (attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}
