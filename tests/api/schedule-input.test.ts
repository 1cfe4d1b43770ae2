import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDevices, problem, startApi, type TestApi } from './harness.ts';
import { postSchedule, strangers, unnamed } from './support/schedules.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ temporal: true, maxDevicesPerRequest: 3 });
  await addDevices(api, ['sw1', 'sw2'], { tags: ['core'] });
});
afterAll(() => api.stop());

const post = (body: unknown) => postSchedule(api, body);
const NO_KIND = Object.fromEntries(
  ['static_routes', 'ospf_routes', 'bgp_routes', 'mac_table', 'arp', 'interfaces', 'cdp_neighbors', 'lldp_neighbors'].map(
    (kind) => [`include_${kind}`, false],
  ),
);

describe('bad input', () => {
  const spec = (more: object) => unnamed({ spec: { cron: '0 2 * * *', ...more } });
  test.each<[string, () => object, string]>([
    ['no spec', () => unnamed({ spec: undefined }), '/spec'],
    ['an empty spec', () => unnamed({ spec: {} }), '/spec'],
    ['a spec that is no object', () => unnamed({ spec: '0 2 * * *' }), '/spec'],
    ['an unknown field', () => unnamed({ crons: [] }), '/crons'],
    ['an unknown field of the spec', () => spec({ timezone: 'UTC' }), '/spec/timezone'],
    ['no cron in the list', () => spec({ cron: [] }), '/spec/cron'],
    ['a cron that is none', () => spec({ cron: 'soon' }), '/spec/cron/0'],
    ['a minute too many', () => spec({ cron: ['0 2 * * *', '60 2 * * *'] }), '/spec/cron/1'],
    ['an hour too many', () => spec({ cron: '0 24 * * *' }), '/spec/cron/0'],
    ['a day 0', () => spec({ cron: '0 0 0 * *' }), '/spec/cron/0'],
    ['a month 13', () => spec({ cron: '0 0 1 13 *' }), '/spec/cron/0'],
    ['a weekday 8', () => spec({ cron: '0 0 * * 8' }), '/spec/cron/0'],
    ['a range backwards', () => spec({ cron: '0 0 * * sat-sun' }), '/spec/cron/0'],
    ['a step 0', () => spec({ cron: '*/0 * * * *' }), '/spec/cron/0'],
    ['a ?', () => spec({ cron: '0 0 ? * 1' }), '/spec/cron/0'],
    ['an L', () => spec({ cron: '0 0 L * *' }), '/spec/cron/0'],
    ['a year 1999', () => spec({ cron: '0 0 1 1 * 1999' }), '/spec/cron/0'],
    ['a zone within', () => spec({ cron: 'CRON_TZ=Europe/Berlin 0 2 * * *' }), '/spec/cron/0'],
    ['@every', () => spec({ cron: '@every 1h' }), '/spec/cron/0'],
    ['a comment', () => spec({ cron: '0 2 * * * # nightly' }), '/spec/cron/0'],
    ['a line break', () => spec({ cron: '0 2 * *' }), '/spec/cron/0'],
    ['a cron that is a number', () => spec({ cron: 5 }), '/spec/cron/0'],
    ['a day that never comes', () => spec({ cron: '0 0 30 2 *' }), '/spec'],
    ['a year that is over', () => spec({ cron: '0 0 1 1 * 2020' }), '/spec'],
    ['an end that is over', () => spec({ end_at: '2026-01-01T00:00:00Z' }), '/spec'],
    ['an end before the start', () => spec({ start_at: '2028-01-01T00:00:00Z', end_at: '2027-01-01T00:00:00Z' }), '/spec/end_at'],
    ['a start that is no time', () => spec({ start_at: 'monday' }), '/spec/start_at'],
    ['an interval 0', () => spec({ interval: { every: 0 } }), '/spec/interval/0/every'],
    ['half a second', () => spec({ interval: { every: 0.5 } }), '/spec/interval/0/every'],
    [
      'an interval that is no duration',
      () => spec({ interval: [{ every: '1h' }, { every: '1 week' }] }),
      '/spec/interval/1/every',
    ],
    ['an empty duration', () => spec({ interval: { every: '' } }), '/spec/interval/0/every'],
    ['an offset as long as the interval', () => spec({ interval: { every: 60, offset: 60 } }), '/spec/interval/0/offset'],
    ['an interval without every', () => spec({ interval: {} }), '/spec/interval/0/every'],
    ['a jitter that is too long', () => spec({ jitter: '2d' }), '/spec/jitter'],
    ['a zone of Mars', () => spec({ time_zone: 'Mars/Olympus' }), '/spec/time_zone'],
    ['a zone in small letters', () => spec({ time_zone: 'europe/berlin' }), '/spec/time_zone'],
    ['a zone that is an offset', () => spec({ time_zone: '+02:00' }), '/spec/time_zone'],
    ['the zone of the server', () => spec({ time_zone: 'Local' }), '/spec/time_zone'],
    ['an empty calendar', () => spec({ calendar: {} }), '/spec/calendar/0'],
    ['an hour 24 of a calendar', () => spec({ calendar: { hour: 24 } }), '/spec/calendar/0/hour/0'],
    [
      'a weekday of a calendar',
      () => spec({ calendar: [{ hour: 1 }, { day_of_week: [1, 'someday'] }] }),
      '/spec/calendar/1/day_of_week/1',
    ],
    ['a field of a calendar', () => spec({ calendar: { week: 1 } }), '/spec/calendar/0/week'],
    ['a comment that is ours', () => spec({ calendar: { hour: 1, comment: 'cron: x' } }), '/spec/calendar/0/comment'],
    ['a catch-up too short', () => unnamed({ catch_up: 5 }), '/catch_up'],
    ['an overlap that is none', () => unnamed({ overlap: 'sometimes' }), '/overlap'],
    ['a priority 11', () => unnamed({ priority: 11 }), '/priority'],
    ['a type that is none', () => unnamed({ type: 'device.reboot' }), '/type'],
    ['params of another type', () => unnamed({ type: 'device.collect' }), '/params/device_id'],
    ['no selection', () => unnamed({ params: {} }), '/params/device_ids'],
    ['an unknown device', () => unnamed({ params: { device_ids: ['sw1', 'sw9'] } }), '/params/device_ids/1'],
    ['an unknown group', () => unnamed({ params: { group: 'nobody' } }), '/params/group'],
    ['a tag that nobody has', () => unnamed({ params: { tag: 'nobody' } }), '/params/tag'],
    ['no data kind', () => unnamed({ type: 'topology.discover', params: { all: true, ...NO_KIND } }), '/params'],
    ['a name like an id', () => unnamed({ name: '0198c0de-0000-7000-8000-000000000000' }), '/name'],
    ['a note with half a character', () => unnamed({ note: '\ud800' }), '/note'],
  ])('%s', async (_what, body, pointer) => {
    const answer = problem(await post(body()));
    expect([answer.status, answer.errors.map((error) => error.pointer), answer.detail]).toEqual([
      422,
      expect.arrayContaining([pointer]),
      answer.detail,
    ]);
  });

  test('leaves nothing behind', async () => {
    expect(await strangers(api)).toEqual([]);
    expect(api.logged()).not.toContain('a request failed');
  });

  test('of a backfill', async () => {
    const { json } = await post(unnamed({ spec: { interval: { every: '1h' } }, paused: true }));
    const backfill = (body: object) => api.send('POST', `/api/schedules/${json.id}/backfill`, { body });
    const later = new Date(Date.now() + 3_600_000).toISOString();
    for (const [body, pointer] of [
      [{}, '/start'],
      [{ start: '2026-01-01T00:00:00Z', end: later }, '/end'],
      [{ start: '2026-01-02T00:00:00Z', end: '2026-01-01T00:00:00Z' }, '/end'],
      [{ start: '2026-01-01T00:10:00Z', end: '2026-01-01T00:50:00Z' }, '/start'],
      [{ start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' }, '/start'],
    ] as const)
      expect([pointer, problem(await backfill(body)).errors[0]?.pointer]).toEqual([pointer, pointer]);
  });
});
