import type { Claim } from './claims.ts';
import type { DeviceIndex, DeviceView, Owners } from './devices.ts';
import { parentNames } from './names.ts';

/** What a neighbour can be recognised by, strongest first. */
export const IDENTITY_KEYS = ['chassis id', 'serial number', 'management address', 'name', 'other end'] as const;
export type IdentityKey = (typeof IDENTITY_KEYS)[number];

/** The devices that one key points to; never none. */
export interface Hit {
  key: IdentityKey;
  devices: DeviceView[];
}

/** Who a neighbour is. With `device` null it is unknown (no hits) or ambiguous. */
export interface Verdict {
  device: DeviceView | null;
  hits: Hit[];
  /** Why it is ambiguous, where several candidates are not the whole reason. */
  note: string | null;
}

/** Of a name with very many owners only so many are kept. */
const MOST_OWNERS = 64;

/**
 * Recognises a neighbour: every key that exactly one device has must mean the same device, else it is ambiguous. An address or a
 * MAC that several devices have says nothing against another key; a name that several devices have must at least include the device.
 * A device sees itself only where a chassis id or serial number says so (a cable loop).
 */
export function identify(index: DeviceIndex, claim: Claim): Verdict {
  const hits = lookUp(index, claim);
  const [first, ...others] = hits.filter((hit) => hit.devices.length === 1);
  const device = first?.devices[0];
  if (device === undefined || others.some((hit) => hit.devices[0] !== device)) return { device: null, hits, note: null };
  if (hits.some((hit) => hit.key === 'name' && !hit.devices.includes(device))) return { device: null, hits, note: null };
  const proven = hits.some((hit) => hit.devices.length === 1 && (hit.key === 'chassis id' || hit.key === 'serial number'));
  if (device === claim.device && !proven) {
    return {
      device: null,
      hits,
      note: 'that is the device that sees it, and neither chassis id nor serial number proves a loop',
    };
  }
  return { device, hits, note: null };
}

/** True where the verdict rests on one key alone. */
export function restsOn(verdict: Verdict, key: IdentityKey): boolean {
  return verdict.hits.every((hit) => hit.key === key || hit.devices.length > 1);
}

function lookUp(index: DeviceIndex, claim: Claim): Hit[] {
  const { name } = claim;
  const serials = [...(name?.serials ?? []), ...(claim.chassis === null ? [] : [claim.chassis.toUpperCase()])];
  const serial = serials.find((text) => index.serials.has(text)) ?? null;
  // CatOS puts the serial number before the name.
  const inner = serial !== null && serial === name?.serials[1] ? name.inner : null;
  const hits: Hit[] = [];
  const add = (key: IdentityKey, devices: DeviceView[]) => {
    if (devices.length > 0) hits.push({ key, devices });
  };
  add('chassis id', owners(index.macs, claim.mac));
  add('serial number', owners(index.serials, serial));
  add('management address', owners(index.addresses, claim.address));
  // A chassis id of subtype `local` may be the host name; it counts where no name is sent.
  add('name', ownersOfName(index, inner ?? name?.key ?? claim.chassis?.toLowerCase() ?? null));
  return hits;
}

function owners(map: Owners, key: string | null): DeviceView[] {
  return key === null ? [] : (map.get(key) ?? []);
}

/**
 * Devices with this name. An equal name wins; else a short name means the devices that extend it by a domain, and a name with a domain
 * means a device that has only its first labels. Two different domains are two different names, and `sw1` is never `sw10`.
 */
function ownersOfName(index: DeviceIndex, key: string | null): DeviceView[] {
  if (key === null) return [];
  const equal = index.names.get(key);
  if (equal !== undefined) return equal;
  const found = index.shortNames.get(key) ?? [];
  const shorter = parentNames(key).flatMap((parent) => {
    const devices = index.names.get(parent);
    // With `sw1` and `sw1.other` in the inventory, `sw1.here` may be `sw1`, but nothing proves it.
    return devices === undefined ? [] : [...devices, ...(index.shortNames.get(parent) ?? []).slice(0, MOST_OWNERS)];
  });
  return shorter.length === 0 ? found : [...new Set([...shorter, ...found])];
}
