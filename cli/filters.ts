import type { Option } from './command.ts';
import type { Given } from './given.ts';

/** Which jobs, besides their status and type. */
export const JOB_FILTER = [
  { name: 'owner', value: 'name', about: 'started by' },
  { name: 'since', value: 'time', about: 'created at or after: RFC 3339, or 30m, 2h, 7d ago' },
  { name: 'until', value: 'time', about: 'created before' },
  { name: 'device', value: 'device', about: 'with this device', completes: 'device' },
  { name: 'group', value: 'group', about: 'with devices of this collection group', completes: 'group' },
  { name: 'schedule', value: 'id', about: 'started by this schedule (its id)' },
] as const satisfies Option[];

/** The same as the API takes it. */
export const jobFilter = (given: Given) => ({
  owner: given.text('owner'),
  since: given.time('since', -1),
  until: given.time('until', -1),
  device_id: given.text('device'),
  group: given.text('group'),
  schedule_id: given.text('schedule'),
});

/** Which devices. */
export const DEVICE_FILTER = [
  { name: 'match', value: 'text', about: 'part of the name or the host' },
  { name: 'group', value: 'group', about: 'of a collection group', completes: 'group' },
  { name: 'tag', value: 'tag', about: 'with this tag' },
  { name: 'site', value: 'site', about: 'of a site' },
  { name: 'platform', value: 'platform', about: 'of a platform' },
  { name: 'enabled', value: 'yes|no', about: 'enabled ones, or the others', choices: ['yes', 'no'] },
] as const satisfies Option[];

/** The same as the API takes it, but for `enabled`, which lists and bulk jobs take in their own ways. */
export const deviceFilter = (given: Given) => ({
  q: given.text('match'),
  group: given.text('group'),
  tag: given.text('tag'),
  site: given.text('site'),
  platform: given.text('platform'),
});
