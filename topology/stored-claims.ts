import type { Saying } from './claims.ts';
import type { IdentityKey } from './identity.ts';
import type { Resolved } from './resolve.ts';

/** A claim as a snapshot keeps it, with whom it was found to mean. */
export interface StoredClaim extends Saying {
  /** Id of the managed device that it means; null for a neighbour that is none. */
  means: string | null;
  /** Ids of the managed devices that it may mean, by what they have in common; only where it means none. */
  hits: { key: IdentityKey; devices: string[] }[];
}

export function storedClaim({ claim, verdict }: Resolved): StoredClaim {
  const { device, hits } = verdict;
  return {
    ...claim,
    device: { id: claim.device.id },
    means: device?.id ?? null,
    hits: device === null ? hits.map(({ key, devices }) => ({ key, devices: devices.map(({ id }) => id) })) : [],
  };
}
