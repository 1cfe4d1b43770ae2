import type { Collected } from '../../core/collection.ts';
import type { ConfigCollected } from '../../devices/collect-config.ts';
import type { CollectCall } from './deps.ts';
import { digest, keepConfiguration, type Digest, type KeepDeps } from './keep-configuration.ts';

/** The session and what is kept of it, as the fleet engine takes it. What may be tried again leaves no row yet. */
export async function backUp(deps: KeepDeps, call: CollectCall, collect: () => Promise<ConfigCollected>): Promise<Collected> {
  const { found, read } = await collectAndRead(deps, call, collect);
  await found.closed;
  call.onClosed();
  const { logged_in, host_key, stopped, detected_platform } = found;
  const collected: Collected = {
    kinds: {},
    outputs: [],
    logged_in,
    host_key,
    failure: null,
    stopped,
    ...(detected_platform === undefined ? {} : { detected_platform }),
  };
  if (stopped || call.signal.aborted) return collected;
  call.onTask('store');
  const { configuration, backup } = await keepConfiguration(deps, call.lastVersion, read);
  const retryable = found.retryable && !logged_in;
  const failure =
    configuration.outcome === 'ok' ? null : { outcome: configuration.outcome, error: configuration.error ?? '', retryable };
  return { ...collected, kinds: { configuration }, failure, backup, collected_at: backup.timestamp };
}

/** Reads the text while the session closes, and lets go of it. */
async function collectAndRead(
  deps: KeepDeps,
  { lastVersion }: CollectCall,
  collect: () => Promise<ConfigCollected>,
): Promise<{ found: Omit<ConfigCollected, 'result'>; read: Digest }> {
  const { result, ...found } = await collect();
  try {
    return { found, read: digest(deps, lastVersion, { result, ...found }) };
  } catch (cause) {
    // A fault of ours gives the lock back, but not before the session is over.
    await found.closed;
    throw cause;
  }
}
