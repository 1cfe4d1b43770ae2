import type { Arg, Option } from './command.ts';
import type { Given } from './given.ts';

export const DEVICES: Arg = { name: 'devices', about: 'names or ids', many: true, completes: 'device' };

/** Which devices a job is for, where it is not said one by one. */
export const SELECTORS = [
  { name: 'group', value: 'group', about: 'all enabled devices of a collection group', completes: 'group' },
  { name: 'tag', value: 'tag', about: 'all enabled devices with this tag' },
  { name: 'site', value: 'site', about: 'all enabled devices of a site' },
  { name: 'all', about: 'all enabled devices' },
] as const satisfies Option[];

export const START_OPTIONS = [
  { name: 'wait', about: 'follow the job to its end' },
  { name: 'priority', value: '0-10', about: '0 (last) to 10 (first)' },
  { name: 'idempotency-key', value: 'key', about: 'the same key starts the job once, however often this is called' },
] as const satisfies Option[];

/** As the API takes it; it says what does not go together. */
export function selectionOf(given: Given) {
  const device_ids = given.list('devices');
  const [group, tag, site] = [given.text('group'), given.text('tag'), given.text('site')];
  return {
    ...(device_ids === undefined ? {} : { device_ids }),
    ...(group === undefined ? {} : { group }),
    ...(tag === undefined ? {} : { tag }),
    ...(site === undefined ? {} : { site }),
    ...(given.flag('all') ? { all: true as const } : {}),
  };
}

export function priorityOf(given: Given): { priority?: number } {
  const priority = given.number('priority');
  return priority === undefined ? {} : { priority };
}

export function keyOf(given: Given): { headers?: Record<string, string> } {
  const key = given.text('idempotency-key');
  return key === undefined ? {} : { headers: { 'Idempotency-Key': key } };
}
