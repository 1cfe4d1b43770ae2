import type { Saying } from './claims.ts';
import { groupBy } from '../core/group-by.ts';
import { createGroups, type Groups } from './groups.ts';
import { distinctNames, parentNames } from './names.ts';
import { foreignPort } from './ports.ts';

/**
 * Puts together the claims about neighbours that are no managed device, one group for each neighbour: the same chassis id, the same
 * port seen by both protocols, the same address, the same name. What only looks alike stays apart: an address under two names
 * (a factory default), a name over several chassis ids (`Switch`, telephones).
 */
export function groupStrangers(claims: Saying[]): Saying[][] {
  const groups = createGroups(claims);
  for (const members of groupBy(claims, chassisKey).values()) groups.joinAll(members);
  joinProtocols(claims, groups);
  // Each kind of join is decided for all values before the first is made, so that none depends on another.
  for (const members of addressJoins(claims, groups)) groups.joinAll(members);
  for (const members of nameJoins(claims, groups)) groups.joinAll(members);
  return groups.sets();
}

/** A chassis id that is no MAC (`1`, `Switch`) means one device only together with the name. */
function chassisKey(claim: Saying): string | null {
  return claim.mac ?? (claim.chassis === null ? null : `${claim.chassis}\0${claim.name?.key ?? ''}`);
}

function isSilent(claim: Saying): boolean {
  return chassisKey(claim) === null && claim.address === null && claim.name === null;
}

/** On one local port, one LLDP row and one CDP row with the same remote port or name are the same neighbour; so are rows that tell nothing. */
function joinProtocols(claims: Saying[], groups: Groups<Saying>): void {
  const portOf = (claim: Saying) => `${claim.device.id}\0${claim.local?.key ?? ''}`;
  for (const rows of groupBy(claims.filter(isSilent), portOf).values()) groups.joinAll(rows);
  for (const rows of groupBy(claims, (claim) => (claim.local === null ? null : portOf(claim))).values()) {
    const [lldp, ...moreLldp] = rows.filter((claim) => claim.kind === 'lldp');
    const [cdp, ...moreCdp] = rows.filter((claim) => claim.kind === 'cdp');
    if (lldp === undefined || cdp === undefined || moreLldp.length > 0 || moreCdp.length > 0) continue;
    const names = [lldp.name, cdp.name].flatMap((name) => name?.key ?? []);
    const port = foreignPort(lldp.port)?.key;
    const samePort = port !== undefined && port === foreignPort(cdp.port)?.key;
    if (distinctNames(names).length < 2 && (samePort || names.length === 2)) groups.join(lldp, cdp);
  }
}

function addressJoins(claims: Saying[], groups: Groups<Saying>): Saying[][] {
  const names = namesOf(claims, groups);
  return [...groupBy(claims, (claim) => claim.address).values()].flatMap((members) => {
    const distinct = distinctNames(members.flatMap((claim) => [...(names.get(groups.root(claim)) ?? [])]));
    if (distinct.length < 2) return [members];
    const joins = new Map<string, Saying[]>(distinct.map((name) => [name, []]));
    const full = new Map(distinct.flatMap((name) => parentNames(name).map((parent) => [parent, name] as const)));
    for (const claim of members) {
      for (const name of names.get(groups.root(claim)) ?? []) (joins.get(name) ?? joins.get(full.get(name) ?? ''))?.push(claim);
    }
    const nameless = members.filter((claim) => !names.has(groups.root(claim)) && chassisKey(claim) === null);
    return [...joins.values(), nameless];
  });
}

function namesOf(claims: Saying[], groups: Groups<Saying>): Map<Saying, Set<string>> {
  const names = new Map<Saying, Set<string>>();
  for (const claim of claims) {
    if (claim.name === null) continue;
    const root = groups.root(claim);
    names.set(root, (names.get(root) ?? new Set<string>()).add(claim.name.key));
  }
  return names;
}

function nameJoins(claims: Saying[], groups: Groups<Saying>): Saying[][] {
  const full = fullNames(claims);
  const withChassis = new Set(claims.filter((claim) => claim.mac !== null).map((claim) => groups.root(claim)));
  const named = groupBy(claims, (claim) => (claim.name === null ? null : (full.get(claim.name.key) ?? claim.name.key)));
  return [...named.values()].map((members) => {
    const chassis = new Set(members.map((claim) => groups.root(claim)).filter((root) => withChassis.has(root)));
    if (chassis.size < 2) return members;
    // Several devices have this name; rows that tell nothing else are kept as one more.
    return members.filter(
      (claim) => chassisKey(claim) === null && claim.address === null && !withChassis.has(groups.root(claim)),
    );
  });
}

/** A short name means a full one where exactly one full name extends it. */
function fullNames(claims: Saying[]): Map<string, string> {
  const extended = new Map<string, Set<string>>();
  for (const key of new Set(claims.flatMap((claim) => claim.name?.key ?? []))) {
    for (const parent of parentNames(key)) extended.set(parent, (extended.get(parent) ?? new Set<string>()).add(key));
  }
  const full = new Map<string, string>();
  for (const [parent, names] of extended) {
    const [name, other] = distinctNames([...names]);
    if (name !== undefined && other === undefined) full.set(parent, name);
  }
  return full;
}
