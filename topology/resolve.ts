import type { Claim } from './claims.ts';
import type { DeviceIndex, DeviceView } from './devices.ts';
import { groupBy } from '../core/group-by.ts';
import { identify, undecided, type Verdict } from './identity.ts';
import { distinctNames, extendsName, parentNames } from './names.ts';
import type { Port } from './ports.ts';
import { list, shorten } from './text.ts';

/** A claim and who the neighbour is. */
export interface Resolved {
  claim: Claim;
  verdict: Verdict;
}

/**
 * Recognises every neighbour. Each row is judged by itself first; then what several rows say together withdraws a match (two neighbours
 * that both pass for the same device) or completes one (the table of the other end, or the same chassis id elsewhere).
 * Every step looks only at what the step before has found, so the order of the rows never matters.
 */
export function resolveClaims(index: DeviceIndex, claims: Claim[]): Resolved[] {
  const resolved = claims.map((claim) => ({ claim, verdict: identify(index, claim) }));
  withdraw(index, resolved, 'management address', (claim) => claim.name?.key ?? null);
  withdraw(index, resolved, 'name', (claim, device) => domainName(index, claim, device));
  completeFromOtherEnd(resolved);
  completeFromChassis(resolved);
  return resolved;
}

/** The name of a claim where only a domain tells it from the device's own. */
function domainName(index: DeviceIndex, claim: Claim, device: DeviceView): string | null {
  const key = claim.name?.key ?? null;
  return key === null || index.names.get(key)?.includes(device) || parentNames(key).length === 0 ? null : key;
}

interface Weak {
  entry: Resolved;
  device: DeviceView;
  name: string | null;
}

/**
 * Withdraws matches that rest on one weak key alone where who they say they are differs: from what the device is called where
 * more proves it, or, where nothing does, from each other.
 */
function withdraw(
  index: DeviceIndex,
  resolved: Resolved[],
  key: 'management address' | 'name',
  nameOf: (claim: Claim, device: DeviceView) => string | null,
): void {
  const weak = resolved.flatMap((entry): Weak[] => {
    const { device } = entry.verdict;
    return device === null || entry.verdict.weak !== key ? [] : [{ entry, device, name: nameOf(entry.claim, device) }];
  });
  const provenNames = new Map<DeviceView, Set<string>>(weak.map(({ device }) => [device, new Set()]));
  for (const { claim, verdict } of weak.length === 0 ? [] : resolved) {
    const name = verdict.device === null || verdict.weak === key ? null : nameOf(claim, verdict.device);
    if (name !== null && verdict.device !== null) provenNames.get(verdict.device)?.add(name);
  }
  const groups = groupBy(weak, ({ entry, device }) => (key === 'name' ? device.id : `${device.id}\0${entry.claim.address}`));
  for (const group of groups.values()) {
    const proven = group[0] === undefined ? new Set<string>() : (provenNames.get(group[0].device) ?? new Set<string>());
    const names = distinctNames([...proven, ...group.flatMap(({ name }) => name ?? [])]);
    const chassis = distinctNames(names.length > 0 ? [] : group.flatMap(({ entry }) => entry.claim.mac ?? []));
    if (names.length < 2 && chassis.length < 2) continue;
    const note = `${list([...names, ...chassis].map((name) => shorten(name)))} cannot all be that device`;
    for (const { entry, name } of group) {
      if (proven.size > 0 && (name === null || isOneOf(name, proven))) continue;
      entry.verdict = undecided(index, entry.claim, note);
    }
  }
}

interface Witness {
  device: DeviceView;
  port: Port | null;
  kind: Claim['kind'] | 'other end';
}

/**
 * A neighbour that says too little is the one device that the other end's table, or the other protocol on the same port, names there,
 * provided that its port agrees.
 */
function completeFromOtherEnd(resolved: Resolved[]): void {
  const witnesses = new Map<DeviceView, Map<string, Witness[]>>();
  for (const { claim, verdict } of resolved) {
    if (verdict.device !== null || claim.local === null) continue;
    const ports = witnesses.get(claim.device) ?? new Map<string, Witness[]>();
    witnesses.set(claim.device, ports.set(claim.local.key, []));
  }
  const add = (device: DeviceView, port: Port | null, witness: Witness) => {
    if (port !== null) witnesses.get(device)?.get(port.key)?.push(witness);
  };
  for (const { claim, verdict } of resolved) {
    if (verdict.device === null) continue;
    const port = verdict.device.ports.remote(claim.port);
    add(claim.device, claim.local, { device: verdict.device, port, kind: claim.kind });
    if (port?.known) add(verdict.device, port, { device: claim.device, port: claim.local, kind: 'other end' });
  }
  for (const entry of resolved) {
    const { claim, verdict } = entry;
    if (verdict.device !== null || claim.local === null) continue;
    const here = witnesses.get(claim.device)?.get(claim.local.key) ?? [];
    const said = new Set(here.filter((witness) => witness.kind === claim.kind).map((witness) => witness.device));
    const [first, ...others] = here.filter((witness) => !said.has(witness.device));
    if (first === undefined || others.some((other) => other.device !== first.device)) continue;
    const ports = new Set([first, ...others].flatMap((witness) => witness.port?.key ?? []));
    if (!agrees(entry, first.device, ports)) continue;
    entry.verdict = { device: first.device, weak: null, hits: [], note: null };
  }
}

/** `ports`: where the witnesses say the other end of the wire is. */
function agrees({ claim, verdict }: Resolved, device: DeviceView, ports: Set<string>): boolean {
  const isCandidate = verdict.hits.some((hit) => hit.devices.includes(device));
  const port = device.ports.remote(claim.port);
  if (port?.known) return ports.size === 1 && ports.has(port.key) && (isCandidate || verdict.hits.length === 0);
  const isSilent = claim.name === null && claim.mac === null && claim.chassis === null && claim.address === null;
  return isCandidate || (isSilent && verdict.hits.length === 0);
}

/** A chassis id that always belonged to one device elsewhere belongs to it here, unless the name says something else. */
function completeFromChassis(resolved: Resolved[]): void {
  const lost = new Set(
    resolved.flatMap(({ claim, verdict }) => (verdict.device === null && claim.mac !== null ? claim.mac : [])),
  );
  const known = new Map<string, { devices: Set<DeviceView>; names: Set<string> }>();
  for (const { claim, verdict } of resolved) {
    if (verdict.device === null || claim.mac === null || !lost.has(claim.mac)) continue;
    const found = known.get(claim.mac) ?? { devices: new Set(), names: new Set() };
    found.devices.add(verdict.device);
    if (claim.name !== null) found.names.add(claim.name.key);
    known.set(claim.mac, found);
  }
  for (const entry of resolved) {
    const { claim, verdict } = entry;
    const found = verdict.device === null && claim.mac !== null ? known.get(claim.mac) : undefined;
    if (found === undefined || !sameName(claim, found.names)) continue;
    const [device, other] = found.devices;
    if (device === undefined || (other === undefined && device === claim.device)) continue;
    const isCandidate = verdict.hits.length === 0 || verdict.hits.some((hit) => hit.devices.includes(device));
    if (other === undefined && isCandidate) entry.verdict = { device, weak: null, hits: [], note: null };
    else entry.verdict = { ...verdict, hits: [...verdict.hits, { key: 'chassis id', devices: [...found.devices] }] };
  }
}

function sameName(claim: Claim, names: Set<string>): boolean {
  return claim.name === null || isOneOf(claim.name.key, names);
}

function isOneOf(key: string, names: Set<string>): boolean {
  return names.has(key) || [...names].some((name) => extendsName(name, key) || extendsName(key, name));
}
