import { createHmac } from 'node:crypto';
import { VERSION } from '../../core/version.ts';
import type { ClaimedDelivery } from '../../stores/webhook-deliveries.ts';

/** `sha256=<hex>`: HMAC-SHA256 of `<timestamp>.<body>`. */
export function signatureOf(secret: string, timestamp: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** The same text at each attempt; what it says is `data`. */
export function bodyOf({ id, event, created_at, redelivery_of, payload }: ClaimedDelivery): string {
  return JSON.stringify({ id, event, created_at, redelivery_of, data: payload });
}

/** Headers of one attempt; `timestamp` in Unix seconds. */
export function headersOf(
  delivery: Pick<ClaimedDelivery, 'id' | 'event'>,
  secret: string,
  timestamp: number,
  body: string,
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'User-Agent': `cairn/${VERSION}`,
    'X-Cairn-Event': delivery.event,
    'X-Cairn-Delivery': delivery.id,
    'X-Cairn-Timestamp': String(timestamp),
    'X-Cairn-Signature': signatureOf(secret, timestamp, body),
  };
}
