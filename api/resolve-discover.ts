import { KIND_OPTIONS, KINDS, type Kind } from '../core/facts.ts';
import type { DiscoverParams } from '../core/jobs.ts';
import type { FieldError } from '../core/errors.ts';
import type { DiscoverRequest } from '../contracts/discover.ts';
import { isUuid } from '../stores/columns.ts';
import { findGroup } from '../stores/collection-groups.ts';
import { chooseDevices, selectDevices, type DeviceChoice } from '../stores/devices.ts';
import type { ApiDeps } from './deps.ts';
import type { LaunchRequest } from './launch.ts';
import { invalid, validationError } from './problems.ts';

type Deps = Pick<ApiDeps, 'database' | 'maxDevicesPerRequest'>;
export type Resolved = Pick<LaunchRequest, 'params' | 'devices'>;

export interface ResolveOptions {
  /** Most devices by `device_ids`; that of the settings unless told. */
  limit?: number;
  /** Most devices by a selector. */
  selectorLimit?: number;
  /** What precedes the pointers: where in the body the request stands. */
  at?: string;
}

/** Seconds; what a request that tells none gets. */
export const DEFAULT_LIMITS = { device_time_limit: 300, command_time_limit: 30, job_time_limit: 1800, lock_wait: 60 };
const LONG_JOB = 86_400;

/** Up to here a job has the short time limit. */
const SHORT_JOB_DEVICES = 100;

/**
 * Turns a discovery request into devices and parameters. Checks what it can before it asks the database, and starts nothing.
 * @throws AppError `validation_failed` that names each field and each index of `device_ids` that is wrong
 */
export async function resolveDiscover(deps: Deps, request: DiscoverRequest, options: ResolveOptions = {}): Promise<Resolved> {
  const at = options.at ?? '';
  const kinds = KINDS.filter((kind) => request[KIND_OPTIONS[kind]]);
  if (kinds.length === 0) throw invalid(at, 'asks for no data kind: at least one include_* must be true');
  const devices = await resolveDevices(deps, request, { ...options, at });
  return { params: paramsOf(request, kinds, devices.length), devices };
}

function paramsOf(request: DiscoverRequest, kinds: Kind[], devices: number): DiscoverParams {
  return {
    kinds,
    cache_results: request.cache_results,
    snapshot: request.cache_results,
    device_time_limit: request.device_time_limit ?? DEFAULT_LIMITS.device_time_limit,
    command_time_limit: request.command_time_limit ?? DEFAULT_LIMITS.command_time_limit,
    job_time_limit: request.job_time_limit ?? (devices <= SHORT_JOB_DEVICES ? DEFAULT_LIMITS.job_time_limit : LONG_JOB),
    lock_wait: request.lock_wait ?? DEFAULT_LIMITS.lock_wait,
  };
}

async function resolveDevices(
  deps: Deps,
  request: DiscoverRequest,
  options: ResolveOptions & { at: string },
): Promise<LaunchRequest['devices']> {
  const { at, limit = deps.maxDevicesPerRequest } = options;
  const { device_ids, group, tag, all } = request;
  const selectors = (
    [
      ['group', group],
      ['tag', tag],
      ['all', all],
    ] as const
  ).filter(([, value]) => value !== undefined);
  if (device_ids === undefined) {
    if (selectors.length === 0) throw invalid(`${at}/device_ids`, 'is required, or one of group, tag, all');
    return bySelector(deps, request, options);
  }
  if (selectors.length > 0) throw invalid(`${at}/${selectors[0]![0]}`, 'cannot be combined with device_ids');
  const wanted = normalise(device_ids);
  if (wanted.length === 0) throw invalid(`${at}/device_ids`, 'must name at least one device');
  // Two ids are two devices and so are two names; only an id and a name may be the same one.
  const ids = wanted.filter(({ text }) => isUuid(text)).length;
  if (Math.max(ids, wanted.length - ids) > limit) throw tooMany(at, limit);
  return byReference(deps, wanted, limit, at);
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

async function byReference(deps: Deps, wanted: Wanted[], limit: number, at: string): Promise<LaunchRequest['devices']> {
  const storable = wanted.map(({ text }) => text).filter((text) => !text.includes('\0'));
  const found = await chooseDevices(deps.database, storable);
  const known = new Map<string, DeviceChoice>(
    found.flatMap((device) => [
      [device.id, device],
      [device.name, device],
    ]),
  );
  const errors: FieldError[] = [];
  const chosen = new Map<string, LaunchRequest['devices'][number]>();
  for (const { text, indexes } of wanted) {
    const device = known.get(text);
    const detail = device === undefined ? 'is no device' : device.enabled ? null : `is disabled: ${device.name}`;
    if (detail !== null) errors.push(...indexes.map((index) => ({ pointer: `${at}/device_ids/${index}`, detail })));
    else if (device !== undefined) chosen.set(device.id, { id: device.id, name: device.name, queue_id: device.queue_id });
  }
  if (errors.length > 0) throw validationError(errors);
  if (chosen.size > limit) throw tooMany(at, limit);
  return [...chosen.values()];
}

async function bySelector(
  deps: Deps,
  { group, tag, all }: DiscoverRequest,
  { at, selectorLimit = Infinity }: ResolveOptions & { at: string },
): Promise<LaunchRequest['devices']> {
  if (all !== undefined && (group !== undefined || tag !== undefined))
    throw invalid(`${at}/all`, 'cannot be combined with group or tag');
  const found = group === undefined ? null : await findGroup(deps.database, group);
  if (group !== undefined && found === null) throw invalid(`${at}/group`, 'is no collection group');
  const devices = await selectDevices(deps.database, { group_id: found?.id, tag });
  const by = group !== undefined ? 'group' : tag !== undefined ? 'tag' : 'all';
  if (devices.length === 0) throw invalid(`${at}/${by}`, 'selects no enabled device');
  if (devices.length > selectorLimit)
    throw invalid(`${at}/${by}`, `selects ${devices.length} devices; at most ${selectorLimit} are possible here`);
  return devices.map(({ id, name, queue_id }) => ({ id, name, queue_id }));
}

function tooMany(at: string, limit: number) {
  return invalid(`${at}/device_ids`, `names more than ${limit} devices`);
}
