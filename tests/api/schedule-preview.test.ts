import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SchedulePreview } from '../../contracts/schedule.ts';
import { until } from '../support/cluster.ts';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ temporal: true });
});
afterAll(() => api.stop());

const preview = (spec: object, count?: number) =>
  api.send<SchedulePreview>('POST', '/api/schedules/preview', {
    as: 'viewer',
    body: { spec, ...(count === undefined ? {} : { count }) },
  });
const scratch = async (): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { scheduleId } of api.deps.temporal.schedule.list()) ids.push(scheduleId);
  return ids.filter((id) => id.startsWith('cairn-preview-'));
};

describe('a preview', () => {
  it('lists the next times in UTC and in the zone, and stores nothing', async () => {
    const { json } = await preview({ cron: '30 2 * * *', time_zone: 'Asia/Kolkata' }, 3);
    expect(json.times).toHaveLength(3);
    for (const { utc, local, offset } of json.times) {
      expect([utc.slice(11), local.slice(11), offset]).toEqual(['21:00:00.000Z', '02:30:00', '+05:30']);
      expect(Date.parse(`${local}${offset}`)).toBe(Date.parse(utc));
    }
    expect((await preview({ interval: { every: '1m' } }, 100)).json.times).toHaveLength(100);
    await until('none is left', async () => (await scratch()).length === 0);
    expect(problem(await preview({ cron: '0 0 * * 9' })).errors).toMatchObject([{ pointer: '/spec/cron/0' }]);
    expect(problem(await preview({ cron: '0 0 * * *' }, 101)).errors).toMatchObject([{ pointer: '/count' }]);
    expect((await preview({ cron: '0 0 30 2 *' })).json).toEqual({
      times: [],
      notes: ['there is no time still to come'],
    });
  });

  it('knows what the clocks do: 02:30 is skipped in March; where it comes twice in October, what Temporal makes of it is told', async () => {
    const around = async (start: string, end: string) =>
      (await preview({ cron: '30 2 * * *', time_zone: 'Europe/Berlin', start_at: start, end_at: end })).json;
    const spring = await around('2027-03-27T00:00:00Z', '2027-03-30T00:00:00Z');
    expect(spring.times.map(({ local, offset }) => local + offset)).toEqual([
      '2027-03-27T02:30:00+01:00',
      '2027-03-29T02:30:00+02:00',
    ]);
    expect(spring.notes).toContain('2027-03-28 in Europe/Berlin: the clocks go forward, 02:30 does not exist and is skipped');
    const autumn = await around('2027-10-30T00:00:00Z', '2027-11-01T00:00:00Z');
    expect(autumn.times.map(({ local, offset, utc }) => `${local}${offset} ${utc}`)).toEqual([
      '2027-10-30T02:30:00+02:00 2027-10-30T00:30:00.000Z',
      '2027-10-31T02:30:00+01:00 2027-10-31T01:30:00.000Z',
    ]);
    expect(autumn.notes).toContain('2027-10-31 in Europe/Berlin: the clocks go back, 02:30 comes twice and is due once');
    const york = (await preview({ cron: '30 1 * * *', time_zone: 'America/New_York' })).json;
    expect(york.notes).toContain('2027-11-07 in America/New_York: the clocks go back, 01:30 comes twice and is due twice');
    const noon = (await preview({ cron: '0 12 * * *', time_zone: 'Europe/Berlin' })).json;
    expect(noon.notes).toEqual([]);
    expect((await preview({ interval: { every: '30m' }, time_zone: 'Europe/Berlin', jitter: 30 })).json.notes).toEqual([
      'each run starts up to 30 s after its time (jitter)',
    ]);
    expect((await preview({ cron: '0 0 1 * 1' })).json.notes).toEqual([
      '"0 0 1 * 1" is due only where day of month and day of week both match',
    ]);
  });

  it('sweeps what a process that died left behind', async () => {
    const action = { type: 'startWorkflow', workflowType: 'scheduledJob', taskQueue: 'cairn-jobs' } as const;
    const create = (scheduleId: string) =>
      api.deps.temporal.schedule.create({ scheduleId, spec: { intervals: [{ every: '1d' }] }, action, state: { paused: true } });
    await create(`cairn-preview-${Date.now() - 120_000}-dead`);
    await create(`cairn-preview-${Date.now()}-alive`);
    const left = async () => (await scratch()).map((id) => id.split('-').at(-1));
    await until('both are listed', async () => (await left()).length === 2);
    await until('the dead one is swept', async () => {
      await preview({ interval: { every: 60 } });
      return !(await left()).includes('dead');
    });
    expect(await left()).toContain('alive');
  });
});
