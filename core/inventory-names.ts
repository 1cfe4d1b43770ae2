import type { CurrentDevice } from './reconcile.ts';

/** A record that wants a name, and the device that it stands for; null for a new one. */
export interface Claim {
  name: string;
  device: CurrentDevice | null;
}

/**
 * Which claims may have the name they want, when all is done: devices may swap names, but no two get the same one and none gets
 * that of a device that keeps it. The order of the claims does not matter.
 */
export function settleNames<C extends Claim>(
  current: CurrentDevice[],
  claims: C[],
): { settled: C[]; refused: { claim: C; problem: string }[] } {
  const holders = new Map(current.map((device) => [device.name, device]));
  const wishes = new Map<string, C[]>();
  for (const claim of claims) wishes.set(claim.name, [...(wishes.get(claim.name) ?? []), claim]);
  const refused: { claim: C; problem: string }[] = [];
  let settled: C[] = [];
  for (const [name, rivals] of wishes) {
    const stays = rivals.length === 1 ? rivals[0] : rivals.find(({ device }) => device?.name === name && isOnly(rivals, device));
    for (const claim of rivals) {
      if (claim === stays) settled.push(claim);
      else refused.push({ claim, problem: 'another record of the source has the same name' });
    }
  }
  // A device whose claim is refused keeps its name, which may be the one that another wants.
  for (;;) {
    const leaving = new Set(settled.flatMap(({ name, device }) => (device === null || device.name === name ? [] : [device.id])));
    const held = settled.filter(({ name, device }) => {
      const holder = holders.get(name);
      return holder !== undefined && holder.id !== device?.id && !leaving.has(holder.id);
    });
    if (held.length === 0) return { settled, refused };
    refused.push(...held.map((claim) => ({ claim, problem: whoHolds(holders.get(claim.name)!) })));
    settled = settled.filter((claim) => !held.includes(claim));
  }
}

function isOnly(rivals: Claim[], device: CurrentDevice): boolean {
  return rivals.filter((one) => one.device?.id === device.id).length === 1;
}

function whoHolds({ source, vanished_at }: CurrentDevice): string {
  if (source === null) return 'a device made by hand has this name (adopt: true takes it over)';
  const gone = vanished_at === null ? '' : ', which it gives no more';
  return `a device of the source ${source} has this name${gone}`;
}
