import { parseAddress } from './addresses.ts';
import type { Observer, Saying } from './claims.ts';
import type { DeviceView } from './devices.ts';
import { IDENTITY_KEYS, type IdentityKey } from './identity.ts';
import type { GraphNode } from './model.ts';
import { stableId } from './stable-id.ts';
import { groupStrangers } from './strangers.ts';
import { clean, compare, list, shorten } from './text.ts';

export function deviceNode(device: DeviceView): GraphNode {
  const { source } = device;
  const host = parseAddress(clean(source.host) ?? '')?.text;
  const own = sortAddresses(device.prefixes.map(({ prefix }) => prefix.address.text));
  return {
    id: device.id,
    name: device.name,
    device_id: device.id,
    kind: 'device',
    platform: clean(source.platform),
    site: clean(source.site),
    addresses: host === undefined ? own : [host, ...own.filter((address) => address !== host)],
    reason: null,
  };
}

/** A claim about a neighbour that is no managed device, with those that it may be. */
export interface Unresolved {
  claim: Saying;
  verdict: { hits: { key: IdentityKey; devices: Candidate[] }[]; note: string | null };
}

type Candidate = Observer & { name: string };

/** One node for each neighbour that is no managed device, and the node of each claim. `known` are ids that no node may have. */
export function strangerNodes(known: Iterable<string>, resolved: Unresolved[]): Map<Saying, GraphNode> {
  const entryOf = new Map(resolved.map((entry) => [entry.claim, entry]));
  const groups = groupStrangers([...entryOf.keys()])
    .map((claims) => claims.flatMap((claim) => entryOf.get(claim) ?? []))
    .map((entries) => ({ entries, key: identityParts(entries), seen: firstSeen(entries) }))
    .sort((a, b) => compare(a.key.join('\0'), b.key.join('\0')) || compare(a.seen, b.seen));
  const taken = new Set<string>(known);
  const nodes = new Map<Saying, GraphNode>();
  for (const { entries, key, seen } of groups) {
    let id = stableId('neighbor', ...key);
    // Two that say the same of themselves and are still not one: who saw them first tells them apart.
    for (let number = 1; taken.has(id); number++) id = stableId('neighbor', ...key, seen, String(number));
    taken.add(id);
    const node = strangerNode(id, entries);
    for (const { claim } of entries) nodes.set(claim, node);
  }
  return nodes;
}

/** What the id is derived from: the strongest thing the neighbour says of itself, so that the id outlives a new port or observer. */
function identityParts(entries: Unresolved[]): string[] {
  const claims = entries.map(({ claim }) => claim);
  const mac = smallest(claims.map((claim) => claim.mac));
  if (mac !== null) return ['chassis', mac];
  const address = smallest(claims.map((claim) => claim.address));
  const name = smallest(claims.map((claim) => claim.name?.key ?? null));
  const chassis = smallest(claims.map((claim) => claim.chassis));
  if (address === null && name === null && chassis === null) return ['port', firstSeen(entries)];
  return ['address', address ?? '', 'name', name ?? '', 'chassis', address === null ? (chassis ?? '') : ''];
}

function firstSeen(entries: Unresolved[]): string {
  return smallest(entries.map(({ claim }) => `${claim.device.id}\0${claim.local?.key ?? ''}`)) ?? '';
}

function strangerNode(id: string, entries: Unresolved[]): GraphNode {
  const claims = entries.map(({ claim }) => claim);
  const addresses = sortAddresses(claims.flatMap((claim) => claim.address ?? []));
  const chassis = smallest(claims.map((claim) => claim.mac ?? claim.chassis));
  const name = longest(claims.map((claim) => claim.name?.text ?? null)) ?? addresses[0] ?? chassis ?? 'unknown neighbour';
  const ambiguous = ambiguity(entries);
  return {
    id,
    name,
    device_id: null,
    kind: ambiguous === null ? 'unmanaged' : 'ambiguous',
    platform: longest(claims.map((claim) => claim.platform)),
    site: null,
    addresses,
    reason: ambiguous ?? unknown(claims, addresses, chassis),
  };
}

/** Names every device that it may be; null where none is a candidate. */
function ambiguity(entries: Unresolved[]): string | null {
  const candidates = new Map<Candidate, Set<IdentityKey>>();
  for (const { key, devices } of entries.flatMap(({ verdict }) => verdict.hits)) {
    // One more than is shown of each is enough to say that there are more.
    for (const device of devices.slice(0, 64)) candidates.set(device, (candidates.get(device) ?? new Set()).add(key));
  }
  if (candidates.size === 0) return null;
  const texts = [...candidates]
    .map(([device, keys]) => ({ device, keys: IDENTITY_KEYS.filter((key) => keys.has(key)) }))
    .sort((a, b) => compare(a.device.name, b.device.name) || compare(a.device.id, b.device.id))
    .map(({ device, keys }) => `${shorten(device.name)} (same ${keys.join(', ')})`);
  const notes = [...new Set(entries.flatMap(({ verdict }) => verdict.note ?? []))].sort();
  const which = texts.length === 1 ? `May be ${texts[0]}` : `May be one of ${texts.length} devices: ${list(texts)}`;
  return `${which}; nothing proves it${notes.length === 0 ? '' : `: ${list(notes, 2)}`}`;
}

function unknown(claims: Saying[], addresses: string[], chassis: string | null): string {
  const names = [...new Set(claims.flatMap((claim) => claim.name?.text ?? []))].sort(compare);
  const told = [
    ...(chassis === null ? [] : [`chassis id ${shorten(chassis)}`]),
    ...(addresses.length === 0 ? [] : [`address ${list(addresses, 3)}`]),
    ...(names.length === 0
      ? []
      : [
          `name ${list(
            names.map((name) => shorten(name)),
            3,
          )}`,
        ]),
  ];
  return told.length === 0 ? 'It tells neither chassis id, address nor name' : `No managed device has its ${told.join(', ')}`;
}

function smallest(texts: (string | null)[]): string | null {
  return texts.reduce((least, text) => (text !== null && (least === null || text < least) ? text : least), null);
}

/** A full name rather than a short one. */
function longest(texts: (string | null)[]): string | null {
  return texts.reduce(
    (best, text) =>
      text !== null && (best === null || text.length > best.length || (text.length === best.length && text < best)) ? text : best,
    null,
  );
}

/** Without duplicates, IPv4 first, in the order of the numbers. */
function sortAddresses(texts: string[]): string[] {
  return [...new Set(texts)]
    .flatMap((text) => parseAddress(text) ?? [])
    .sort((a, b) => a.version - b.version || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
    .map((address) => address.text);
}
