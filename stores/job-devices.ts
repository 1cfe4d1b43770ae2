import { invalid, validationError, type AppError, type FieldError } from '../core/errors.ts';
import type { Selection } from '../core/job-request.ts';
import { findGroup } from './collection-groups.ts';
import { isUuid } from './columns.ts';
import type { NewJob } from './create-job.ts';
import type { Database } from './database.ts';
import { chooseDevices, selectDevices, type DeviceChoice } from './devices.ts';
import type { Scope } from './scope.ts';

export interface SelectionLimits {
  /** Most devices by `device_ids`. */
  limit: number;
  /** Most devices by a selector; none unless told. */
  selectorLimit?: number | undefined;
  /** Looks only whether a selector selects anything: one device of it at most is answered. */
  probe?: boolean | undefined;
  /** What precedes the pointers: where in the body the selection stands. */
  at?: string | undefined;
}

type Has = Pick<Database, 'sql'>;
type Chosen = NewJob['devices'];
const SELECTORS = ['group', 'tag', 'site', 'all'] as const;

/**
 * The devices in scope that a selection means now, in the order asked for, without doubles.
 * @throws AppError `validation_failed` that names each field and each index of `device_ids` that is wrong
 */
export async function selectJobDevices(
  database: Has,
  scope: Scope,
  selection: Selection,
  limits: SelectionLimits,
): Promise<Chosen> {
  const at = limits.at ?? '';
  const { limit } = limits;
  if (selection.device_id !== undefined) return oneDevice(database, scope, selection.device_id, `${at}/device_id`);
  const used = SELECTORS.filter((name) => selection[name] !== undefined);
  const { device_ids } = selection;
  if (device_ids === undefined) {
    if (used.length === 0) throw invalid(`${at}/device_ids`, 'is required, or one of group, tag, site, all');
    return bySelector(database, scope, selection, limits, at);
  }
  if (used.length > 0) throw invalid(`${at}/${used[0]}`, 'cannot be combined with device_ids');
  const wanted = normalise(device_ids);
  if (wanted.length === 0) throw invalid(`${at}/device_ids`, 'must name at least one device');
  // Two ids are two devices and so are two names; only an id and a name may be the same one.
  const ids = wanted.filter(({ text }) => isUuid(text)).length;
  if (Math.max(ids, wanted.length - ids) > limit) throw tooMany(at, limit);
  return byReference(database, scope, wanted, limit, at);
}

async function oneDevice(database: Has, scope: Scope, reference: string, pointer: string): Promise<Chosen> {
  const text = reference.trim();
  if (text === '') throw invalid(pointer, 'must name a device');
  const [device] = text.includes('\0') ? [] : await chooseDevices(database, scope, [isUuid(text) ? text.toLowerCase() : text]);
  if (device === undefined) throw invalid(pointer, 'is no device');
  if (!device.enabled) throw invalid(pointer, `is disabled: ${device.name}`);
  return [choiceOf(device)];
}

/** One spelling of a device and where in the request it stands. */
interface Wanted {
  text: string;
  indexes: number[];
}

function normalise(deviceIds: string[]): Wanted[] {
  const wanted = new Map<string, Wanted>();
  deviceIds.forEach((raw, index) => {
    const trimmed = raw.trim();
    if (trimmed === '') return;
    const text = isUuid(trimmed) ? trimmed.toLowerCase() : trimmed;
    const known = wanted.get(text) ?? { text, indexes: [] };
    known.indexes.push(index);
    wanted.set(text, known);
  });
  return [...wanted.values()];
}

async function byReference(database: Has, scope: Scope, wanted: Wanted[], limit: number, at: string): Promise<Chosen> {
  const storable = wanted.map(({ text }) => text).filter((text) => !text.includes('\0'));
  const found = await chooseDevices(database, scope, storable);
  const known = new Map<string, DeviceChoice>(
    found.flatMap((device) => [
      [device.id, device],
      [device.name, device],
    ]),
  );
  const errors: FieldError[] = [];
  const chosen = new Map<string, Chosen[number]>();
  for (const { text, indexes } of wanted) {
    const device = known.get(text);
    const detail = device === undefined ? 'is no device' : device.enabled ? null : `is disabled: ${device.name}`;
    if (detail !== null) errors.push(...indexes.map((index) => ({ pointer: `${at}/device_ids/${index}`, detail })));
    else if (device !== undefined) chosen.set(device.id, choiceOf(device));
  }
  if (errors.length > 0) throw validationError(errors);
  if (chosen.size > limit) throw tooMany(at, limit);
  return [...chosen.values()];
}

async function bySelector(
  database: Has,
  scope: Scope,
  { group, tag, site, all }: Selection,
  { selectorLimit = Infinity, probe = false }: SelectionLimits,
  at: string,
): Promise<Chosen> {
  if (all !== undefined && (group !== undefined || tag !== undefined || site !== undefined))
    throw invalid(`${at}/all`, 'cannot be combined with group, tag or site');
  const found = group === undefined ? null : await findGroup(database, scope, group);
  if (group !== undefined && found === null) throw invalid(`${at}/group`, `is no collection group: ${group}`);
  const devices = await selectDevices(database, scope, { group_id: found?.id, tag, site }, probe ? 1 : null);
  const by = SELECTORS.find((name) => ({ group, tag, site, all })[name] !== undefined)!;
  if (devices.length === 0) throw invalid(`${at}/${by}`, 'selects no enabled device');
  if (devices.length > selectorLimit)
    throw invalid(`${at}/${by}`, `selects ${devices.length} devices; at most ${selectorLimit} are possible here`);
  return devices.map(choiceOf);
}

const choiceOf = ({ id, name, queue_id }: DeviceChoice): Chosen[number] => ({ id, name, queue_id });

function tooMany(at: string, limit: number): AppError {
  return invalid(`${at}/device_ids`, `names more than ${limit} devices`);
}
