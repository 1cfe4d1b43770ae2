import type { SourceProblem } from './inventory.ts';
import type { CurrentDevice, Reconciled, ReconcileOptions } from './reconcile.ts';

export interface Departure {
  id: string;
  name: string;
  why: string;
}

/** What the records say of a device: it stays, or why it goes; a device without one vanished. */
export type Presence = 'kept' | { leaves: string };

const DAY_MS = 86_400_000;
const UNSEEN = 'the source gives it no more';

/** What becomes of the devices of the source that no record stands for. A device that a person disabled, or enabled again, is left alone. */
export function departuresOf(
  own: CurrentDevice[],
  present: ReadonlyMap<string, Presence>,
  bad: SourceProblem[],
  { remove_after_days: days, now, force }: Pick<ReconcileOptions, 'remove_after_days' | 'now' | 'force'>,
): { disable: Departure[]; remove: Departure[]; problems: Reconciled['problems']; unchanged: number } {
  const disable: Departure[] = [];
  const remove: Departure[] = [];
  const problems: Reconciled['problems'] = [];
  let unchanged = 0;
  const nameless = bad.filter((one) => one.key === null && one.name === null).length;
  for (const { id, name, enabled, vanished_at: since, reaches } of own) {
    const seen = present.get(id);
    if (seen === 'kept') continue;
    const due = seen === undefined && since !== null && !enabled && days !== null && now - since >= days * DAY_MS;
    if (due && reaches !== null) problems.push({ name, problem: `it would be removed, but is the jump host of ${reaches}` });
    else if (due) remove.push({ id, name, why: `${UNSEEN} for ${days} day(s)` });
    else if (since !== null || !enabled) unchanged += 1;
    else if (seen === undefined && nameless > 0 && !force)
      problems.push({ name, problem: `${UNSEEN}, or it is one of ${nameless} record(s) that cannot be read: it stays enabled` });
    else disable.push({ id, name, why: seen?.leaves ?? UNSEEN });
  }
  return { disable, remove, problems, unchanged };
}

/** An empty or halved answer is more likely a fault of the source than of the network. */
export function whyRefused(source: string, read: number, disabled: number, live: number): string | null {
  if (read === 0)
    return `the source ${source} gave no device at all; a token that may not read devices looks like this too (force: true goes on)`;
  if (disabled * 2 <= live) return null;
  return `the source ${source} gives too little: ${disabled} of its ${live} enabled devices would be disabled (force: true does so)`;
}
