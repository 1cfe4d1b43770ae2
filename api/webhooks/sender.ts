import { setTimeout as sleep } from 'node:timers/promises';
import { DELIVERY_ATTEMPTS, deliveryDelayMs } from '../../core/events.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Database } from '../../stores/database.ts';
import type { Keyring } from '../../stores/seal.ts';
import {
  claimDeliveries,
  releaseDelivery,
  settleDelivery,
  type ClaimedDelivery,
  type DeliveryEnd,
} from '../../stores/webhook-deliveries.ts';
import { createPoster, explainFailure, type Poster } from './post.ts';
import { bodyOf, headersOf } from './sign.ts';

const EVERY_MS = 1_000;
/** At once to one receiver and to all, by this process: a slow receiver delays only itself. */
const PER_WEBHOOK = 4;
const MOST = 64;
/** Longer than an attempt may take. */
const LEASE_SECONDS = 30;
/** How long attempts that are under way may go on after a stop was asked for. */
const FINISH_MS = 1_000;

export interface SenderDeps {
  database: Pick<Database, 'sql'>;
  keyring: Keyring;
  log: Logger;
  metrics: Metrics;
  /** `CAIRN_WEBHOOK_ALLOW_PRIVATE`. */
  privateTargets: boolean;
  /** How long an attempt may take; 10 s unless told. */
  timeoutMs?: number;
}

/**
 * Sends what the outbox holds until it is stopped. Any number of processes share the outbox; a delivery that a process was sending
 * when it died is sent again half a minute later, so that a receiver may get it twice, under the same id.
 */
export function startWebhookSender(deps: SenderDeps): { stop(): Promise<void> } {
  const poster = createPoster(deps);
  const abort = new AbortController();
  const results = deps.metrics.counter('webhook_attempts_total', 'Attempts to deliver an event to a webhook', ['result']);
  const busy = new Map<string, number>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let again = new AbortController();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const due = MOST - running.size;
      again = new AbortController();
      try {
        const limits = { perWebhook: PER_WEBHOOK, most: due, leaseSeconds: LEASE_SECONDS };
        const claimed = due > 0 ? await claimDeliveries(deps.database, busy, limits) : [];
        for (const delivery of claimed) start(delivery);
      } catch (error) {
        deps.log.warn({ err: error }, 'the webhook outbox could not be read; trying again');
      }
      await sleep(EVERY_MS, undefined, { signal: again.signal }).catch(() => undefined);
    }
  }

  function start(delivery: ClaimedDelivery): void {
    busy.set(delivery.webhook_id, (busy.get(delivery.webhook_id) ?? 0) + 1);
    const work = deliver(delivery)
      .catch((error: unknown) =>
        deps.log.warn({ err: error, delivery: delivery.id }, 'the end of a delivery could not be stored'),
      )
      .finally(() => {
        const left = (busy.get(delivery.webhook_id) ?? 1) - 1;
        if (left === 0) busy.delete(delivery.webhook_id);
        else busy.set(delivery.webhook_id, left);
        running.delete(work);
        // The next one in the queue of this webhook has a place now.
        again.abort();
      });
    running.add(work);
  }

  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const end = await attempt(deps, poster, delivery, abort.signal);
    if (end === null) return releaseDelivery(deps.database, delivery);
    const result = end.status === 'delivered' ? 'delivered' : end.retry_ms === null ? 'failed' : 'retried';
    results.inc({ result });
    if (result === 'failed') {
      const fields = {
        webhook_id: delivery.webhook_id,
        delivery: delivery.id,
        event: delivery.event,
        attempts: delivery.attempts,
      };
      deps.log.warn({ ...fields, reason: 'error' in end ? end.error : null }, 'an event could not be delivered');
    }
    await settleDelivery(deps.database, delivery, end);
  }

  const done = loop();
  return {
    async stop() {
      stopping.abort();
      again.abort();
      await done;
      await Promise.race([Promise.all(running), sleep(FINISH_MS)]);
      abort.abort();
      await Promise.all(running);
      await poster.close();
    },
  };
}

/** One attempt; null where this process was stopped meanwhile. */
async function attempt(
  { keyring }: SenderDeps,
  poster: Poster,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<DeliveryEnd | null> {
  let secret = '';
  try {
    secret = keyring.open(delivery, delivery.webhook_id)['secret'] ?? '';
    const body = bodyOf(delivery);
    const headers = headersOf(delivery, secret, Math.floor(Date.now() / 1000), body);
    const { status, excerpt, retryAfterMs } = await poster.post(delivery.url, headers, body, signal);
    if (status >= 200 && status < 300) return { status: 'delivered', response_status: status };
    const error = failureText(status, excerpt.replaceAll(secret, '[redacted]'));
    return { status: 'failed', response_status: status, error, retry_ms: retryMs(delivery, retryAfterMs) };
  } catch (cause) {
    if (signal.aborted) return null;
    const { error, permanent } = explainFailure(cause);
    return { status: 'failed', response_status: null, error, retry_ms: permanent ? null : retryMs(delivery, null) };
  }
}

function failureText(status: number, excerpt: string): string {
  const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  const said = excerpt.trim() === '' ? '' : `: ${excerpt.trim()}`;
  return `the receiver answered ${status}${redirect}${said}`;
}

function retryMs({ attempts }: ClaimedDelivery, retryAfterMs: number | null): number | null {
  return attempts >= DELIVERY_ATTEMPTS ? null : deliveryDelayMs(attempts, Math.random(), retryAfterMs);
}
