import type { CONTRACTS } from '../contracts/http/index.ts';

type Tables = typeof CONTRACTS;
type ActionsOf<T> = { [K in keyof T]: T[K] extends { audit: infer A extends string } ? A : never }[keyof T];

/** Every action that a contract names. */
export type AuditAction = { [N in keyof Tables]: ActionsOf<Tables[N]> }[keyof Tables];

/**
 * When the event of a call is written, so that nothing is done without one.
 * `transaction`: what the handler does is in PostgreSQL alone, and the event is written in the same transaction.
 * `before`: it acts elsewhere too (Temporal, a device), so the event is written as `pending` before, and settled after.
 */
export type AuditWay = 'transaction' | 'before';

/** An action that is missing here does not compile. */
export const AUDIT_WAYS = {
  'codec.decode': 'transaction',
  'codec.encode': 'transaction',
  'collection_group.cancel': 'before',
  'collection_group.create': 'transaction',
  'collection_group.delete': 'transaction',
  'collection_group.pause': 'transaction',
  'collection_group.resume': 'transaction',
  'collection_group.update': 'transaction',
  'credential.create': 'transaction',
  'credential.delete': 'transaction',
  'credential.update': 'transaction',
  'dead_letters.ignore': 'transaction',
  'dead_letters.reopen': 'transaction',
  'dead_letters.replay': 'before',
  'dead_letters.resolve': 'transaction',
  'device.bulk': 'before',
  'device.circuit_reset': 'transaction',
  'device.collect': 'before',
  'device.create': 'transaction',
  'device.delete': 'transaction',
  'device.import': 'transaction',
  'device.query': 'before',
  'device.update': 'transaction',
  'discovery.start': 'before',
  'hold.create': 'transaction',
  'hold.delete': 'transaction',
  'job.bulk': 'before',
  'job.cancel': 'before',
  'job.create': 'before',
  'job.pause': 'before',
  'job.resume': 'before',
  'job.retry': 'before',
  'job.update': 'before',
  'preset.create': 'transaction',
  'preset.delete': 'transaction',
  'preset.update': 'transaction',
  'schedule.backfill': 'before',
  'schedule.create': 'before',
  'schedule.delete': 'before',
  'schedule.pause': 'before',
  'schedule.preview': 'transaction',
  'schedule.trigger': 'before',
  'schedule.unpause': 'before',
  'schedule.update': 'before',
  'system.cancel': 'before',
  'system.pause': 'transaction',
  'system.resume': 'transaction',
  'token.create': 'transaction',
  'token.delete': 'transaction',
  'token.update': 'transaction',
  'user.create': 'transaction',
  'user.delete': 'transaction',
  'user.update': 'transaction',
  'webhook.create': 'transaction',
  'webhook.delete': 'transaction',
  'webhook.ping': 'transaction',
  'webhook.redeliver': 'transaction',
  'webhook.update': 'transaction',
} as const satisfies Record<AuditAction, AuditWay>;

const ways: Readonly<Record<string, AuditWay>> = AUDIT_WAYS;

/** The safe one for an action that is not in the table: only a test has such. */
export function auditWay(action: string): AuditWay {
  return ways[action] ?? 'before';
}
