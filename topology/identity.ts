import type { Claim } from './claims.ts';
import type { DeviceIndex, DeviceView, Owners } from './devices.ts';
import { parentNames } from './names.ts';

/** What a neighbour can be recognised by, strongest first. */
export const IDENTITY_KEYS = ['chassis id', 'serial number', 'management address', 'name'] as const;
export type IdentityKey = (typeof IDENTITY_KEYS)[number];

/** The devices that one key points to; never none. */
export interface Hit {
  key: IdentityKey;
  devices: DeviceView[];
}

/** Who a neighbour is. With `device` null it is unknown (no hits) or ambiguous. */
export interface Verdict {
  device: DeviceView | null;
  /** The one key that `device` rests on; null where several agree, or the strongest does not need the others. */
  weak: 'management address' | 'name' | null;
  /** Where `device` is null, everything that points to some device. */
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
  const { chassis, serial, address, name } = lookUp(index, claim);
  const proof = only(chassis) ?? only(serial);
  const device = proof ?? only(address) ?? only(name);
  const unanimous =
    device !== null &&
    agree(device, chassis) &&
    agree(device, serial) &&
    agree(device, address) &&
    (name.length === 0 || name.includes(device));
  if (!unanimous) return undecided(index, claim, null);
  if (device === claim.device && proof === null) {
    return undecided(index, claim, 'that is the device that sees it, and neither chassis id nor serial number proves a loop');
  }
  const weak =
    proof !== null || (only(address) !== null && name.length > 0) ? null : only(address) === null ? 'name' : 'management address';
  return { device, weak, hits: NO_HITS, note: null };
}

/** The verdict that nothing is proven. */
export function undecided(index: DeviceIndex, claim: Claim, note: string | null): Verdict {
  const { chassis, serial, address, name } = lookUp(index, claim);
  const all: Hit[] = [
    { key: 'chassis id', devices: chassis },
    { key: 'serial number', devices: serial },
    { key: 'management address', devices: address },
    { key: 'name', devices: name },
  ];
  return { device: null, weak: null, hits: all.filter((hit) => hit.devices.length > 0), note };
}

/** What several devices own says nothing, so only a single other owner disagrees. */
function agree(device: DeviceView, owners: DeviceView[]): boolean {
  return owners.length !== 1 || owners[0] === device;
}

function only(owners: DeviceView[]): DeviceView | null {
  return owners.length === 1 ? (owners[0] ?? null) : null;
}

const NOBODY: DeviceView[] = [];
const NO_HITS: Hit[] = [];

function lookUp(index: DeviceIndex, claim: Claim): Record<'chassis' | 'serial' | 'address' | 'name', DeviceView[]> {
  const { name } = claim;
  const serial = [...(name?.serials ?? []), claim.chassis?.toUpperCase() ?? ''].find((text) => index.serials.has(text)) ?? null;
  // CatOS puts the serial number before the name.
  const inner = serial !== null && serial === name?.serials[1] ? name.inner : null;
  return {
    chassis: owners(index.macs, claim.mac),
    serial: owners(index.serials, serial),
    address: owners(index.addresses, claim.address),
    // A chassis id of subtype `local` may be the host name; it counts where no name is sent.
    name: ownersOfName(index, inner ?? name?.key ?? claim.chassis?.toLowerCase() ?? null),
  };
}

function owners(map: Owners, key: string | null): DeviceView[] {
  return key === null ? NOBODY : (map.get(key) ?? NOBODY);
}

/**
 * Devices with this name. An equal name wins; else a short name means the devices that extend it by a domain, and a name with a domain
 * means a device that has only its first labels. Two different domains are two different names, and `sw1` is never `sw10`.
 */
function ownersOfName(index: DeviceIndex, key: string | null): DeviceView[] {
  if (key === null) return NOBODY;
  const equal = index.names.get(key);
  if (equal !== undefined) return equal;
  const found = index.shortNames.get(key) ?? NOBODY;
  const shorter = parentNames(key).flatMap((parent) => {
    const devices = index.names.get(parent);
    // With `sw1` and `sw1.other` in the inventory, `sw1.here` may be `sw1`, but nothing proves it.
    return devices === undefined ? [] : [...devices, ...(index.shortNames.get(parent) ?? []).slice(0, MOST_OWNERS)];
  });
  return shorter.length === 0 ? found : [...new Set([...shorter, ...found])];
}
