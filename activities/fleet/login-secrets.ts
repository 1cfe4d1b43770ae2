import { NO_CREDENTIAL, type Credential } from '../../core/device.ts';
import type { StoredCredential } from '../../core/secret-reference.ts';
import type { BatchDevice } from '../../stores/plan-batches.ts';
import type { FleetDeps } from './deps.ts';
import type { BatchRun } from './run-device.ts';

/** What one login takes: with secrets that are kept elsewhere read just now, and to be let go with the session. */
export interface LoginSecrets {
  device: Credential;
  jump: Credential | null;
}

/** The secrets of a device and of its jump host, or which one cannot be had and why. */
export async function loginSecrets(
  deps: Pick<FleetDeps, 'secrets'>,
  run: Pick<BatchRun, 'work' | 'credentials'>,
  device: BatchDevice,
): Promise<LoginSecrets | { problem: string }> {
  const [own, jump] = storedOf(run, device);
  if (!run.work.login || own === undefined) return { device: NO_CREDENTIAL, jump: null };
  const resolved = await deps.secrets.resolve(own);
  if ('problem' in resolved) return resolved;
  if (jump === undefined) return { device: resolved.credential, jump: null };
  const through = await deps.secrets.resolve(jump);
  if ('problem' in through) return { problem: `jump host ${device.jump?.name}: ${through.problem}` };
  return { device: resolved.credential, jump: through.credential };
}

/** After a refused login: what was in memory of it is read anew by the next one. */
export function forgetSecrets(deps: Pick<FleetDeps, 'secrets'>, run: Pick<BatchRun, 'credentials'>, device: BatchDevice): void {
  for (const stored of storedOf(run, device)) if (stored !== undefined) deps.secrets.forget(stored);
}

function storedOf(
  { credentials }: Pick<BatchRun, 'credentials'>,
  { credential_id, jump }: BatchDevice,
): [StoredCredential | undefined, StoredCredential | undefined] {
  return [credentials.get(credential_id ?? ''), credentials.get(jump?.credential_id ?? '')];
}
