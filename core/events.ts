/** What a webhook may be told of. `ping` is sent by hand only. */
export const WEBHOOK_EVENTS = [
  'job.completed',
  'job.partial',
  'job.failed',
  'job.cancelled',
  'device.failing',
  'device.recovered',
  'configuration.changed',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What may stand in the log of deliveries. */
export const DELIVERY_EVENTS = [...WEBHOOK_EVENTS, 'ping'] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** `device.failing` is told at this many failures in a row unless the webhook says otherwise. */
export const FAILURE_THRESHOLD = 3;

/** A delivery is tried this often; after the last one it is `failed`. */
export const DELIVERY_ATTEMPTS = 8;
const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 3_600_000;
/** From the shortest delay to the longest in the attempts there are: about 10 s, 27 s, 71 s, 3 min, 8 min, 22 min, 1 h. */
const GROWTH = (LONGEST_DELAY_MS / FIRST_DELAY_MS) ** (1 / (DELIVERY_ATTEMPTS - 2));

/**
 * Milliseconds until the next attempt after so many: from 10 s to 1 h, of which up to a fifth is left off by
 * `chance` (0 to 1), so that what failed together does not come back together. A `Retry-After` that asks for more is honoured up to 1 h.
 */
export function deliveryDelayMs(attempts: number, chance: number, retryAfterMs: number | null): number {
  const full = Math.min(FIRST_DELAY_MS * GROWTH ** (attempts - 1), LONGEST_DELAY_MS);
  const own = Math.round(full * (1 - 0.2 * chance));
  return retryAfterMs === null ? own : Math.min(Math.max(own, retryAfterMs), LONGEST_DELAY_MS);
}
