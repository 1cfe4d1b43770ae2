import { WANTED_FIELDS, type WantedDevice } from '../../core/inventory-judge.ts';
import type { SyncCounts } from '../../core/inventory.ts';
import type { DeviceChange, Reconciled } from '../../core/reconcile.ts';
import type { InventoryLine, InventoryNames } from '../../stores/inventory.ts';

/** The line by which the end of the job is told. */
export type SyncResult = SyncCounts & { inventory: 'counts'; dry_run: boolean; refused: string | null };

const VERBS = {
  create: ['created', 'would create'],
  update: ['updated', 'would update'],
  disable: ['disabled', 'would disable'],
  remove: ['removed', 'would remove'],
} as const;

const HOW_LONG = 300;

export function countsOf(result: Reconciled, read: number): SyncCounts {
  return {
    read,
    created: result.create.length,
    updated: result.update.length,
    disabled: result.disable.length,
    removed: result.remove.length,
    unchanged: result.unchanged,
    skipped: result.skipped,
    problems: result.problems.length,
  };
}

/** One line for each record that is more than there already, and one with the counts. `ids` are those of new devices by name. */
export function reportLines(
  result: Reconciled,
  counts: SyncCounts,
  dryRun: boolean,
  names: InventoryNames,
  ids: ReadonlyMap<string, string>,
): InventoryLine[] {
  // What is refused is not done either.
  const form = dryRun || result.refused !== null ? 1 : 0;
  const said = (what: keyof typeof VERBS, name: string, id: string | null, detail: string): InventoryLine => ({
    level: what === 'disable' || what === 'remove' ? 'warn' : 'info',
    message: `${VERBS[what][form]} ${name}${detail}`,
    device_id: id,
    data: { inventory: what, name },
  });
  const total: SyncResult = { inventory: 'counts', dry_run: dryRun, refused: result.refused, ...counts };
  return [
    ...result.problems.map(({ name, problem }) => ({
      level: 'warn' as const,
      message: `${name}: ${problem}`.slice(0, 2000),
      device_id: null,
      data: { inventory: 'problem', name, problem },
    })),
    ...result.create.map((device) =>
      said('create', device.name, ids.get(device.name) ?? null, ` (${device.host}, ${device.platform})`),
    ),
    ...result.update.map((change) => said('update', change.name, change.id, `: ${changesOf(change, names)}`)),
    ...result.disable.map(({ id, name, why }) => said('disable', name, id, `: ${why}`)),
    ...result.remove.map(({ id, name, why }) => said('remove', name, id, `: ${why}`)),
    {
      level: counts.problems > 0 || result.refused !== null ? 'warn' : 'info',
      message: saysCounts(total),
      device_id: null,
      data: total,
    },
  ];
}

function changesOf({ set, was, back, adopted }: DeviceChange, names: InventoryNames): string {
  const fields = WANTED_FIELDS.filter((field) => field in set).map((field) => {
    const word = field.replace(/_id$/, '').replaceAll('_', ' ');
    return `${word} ${wordOf(field, was[field], names)} → ${wordOf(field, set[field], names)}`;
  });
  const all = [...(adopted ? ['taken over'] : []), ...(back ? ['it is back, enabled'] : []), ...fields];
  return (all.length === 0 ? 'it has another id in the source' : all.join(', ')).slice(0, HOW_LONG * 3);
}

function wordOf(
  field: keyof WantedDevice,
  value: WantedDevice[keyof WantedDevice] | undefined,
  { credentials, groups }: InventoryNames,
): string {
  if (value === null || value === undefined) return 'none';
  const known = field === 'credential_id' ? credentials : field === 'collection_group_id' ? groups : null;
  const name = known === null ? undefined : [...known].find(([text, id]) => id === value && text !== value)?.[0];
  const text = name ?? (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
  return text.length > HOW_LONG ? `${text.slice(0, HOW_LONG)}…` : text;
}

export function saysCounts(result: SyncResult): string {
  const { read, created, updated, disabled, removed, unchanged, skipped, problems, refused, dry_run } = result;
  const told =
    `${read} records read: ${created} created, ${updated} updated, ${disabled} disabled, ${removed} removed, ` +
    `${unchanged} unchanged, ${skipped} skipped, ${problems} with a problem`;
  if (refused !== null) return `nothing was done: ${refused}`;
  return dry_run ? `dry run, nothing was changed: ${told}` : told;
}
