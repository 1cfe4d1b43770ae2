import { describe, expect, it } from 'vitest';
import { until } from '../support/cluster.ts';
import { READABLE, useScheduleLab } from './support/schedule-lab.ts';

const { lab, create, trigger, runsOf } = useScheduleLab('127.57.2.1');

const jobRows = async (id: string) => [
  ...(await lab.cluster.database.sql<{ status: string }[]>`select status from jobs where schedule_id = ${id}`),
];

describe('kill -9 of the worker', () => {
  it.each([
    ['as soon as the run is there', 0],
    ['as soon as its job is there', 1],
    ['while its devices are collected', 2],
  ] as const)(
    '%s: the run is one job, and it ends',
    async (_when, when) => {
      lab.simulator.reset();
      lab.simulator.setLatency(500);
      const { id } = await create({ paused: true });
      await trigger(id);
      if (when === 0) await until('the run is there', async () => (await runsOf(id)).length === 1);
      if (when === 1) await until('the job is there', async () => (await jobRows(id)).length === 1);
      if (when === 2) await until('it collects', () => lab.simulator.counters().totals.open_sessions > 0);
      await lab.worker.kill();
      lab.simulator.setLatency(0);
      lab.worker = await lab.cluster.startWorker(READABLE);
      await until('the run is over', async () => (await runsOf(id))[0]?.status === 'COMPLETED', 100_000);
      expect(await jobRows(id)).toEqual([{ status: 'completed' }]);
      expect((await runsOf(id)).length).toBe(1);
      expect(lab.simulator.counters().totals.overlapping_sessions).toBe(0);
      expect(await lab.cluster.locks()).toBe(0);
      // A database activity that died with its worker is tried again after its time limit of a minute.
    },
    150_000,
  );
});
