import { expect, test } from 'vitest';
import { createBatchEnds } from '../../../activities/fleet/batch-ends.ts';

/** Whether a promise has settled, once all that can go on has gone on. */
async function settled(promise: Promise<boolean>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise(setImmediate);
  return done;
}

test('the only batch of a job does not wait, also beside those of another job', async () => {
  const ends = createBatchEnds();
  ends.enter('other');
  const one = ends.enter('job');
  expect(await settled(one.together())).toBe(true);
});

test('a batch that is over waits for the others, and all are told at once with the last', async () => {
  const ends = createBatchEnds();
  const [a, b, c] = [ends.enter('job'), ends.enter('job'), ends.enter('job')];
  const first = a.together();
  const second = b.together();
  expect(await settled(first)).toBe(false);
  const third = c.together();
  expect(await Promise.all([first, second, third].map(settled))).toEqual([true, true, true]);
  expect(await Promise.all([first, second, third])).toEqual([true, true, true]);
  for (const batch of [a, b, c]) batch.leave();
  expect(await settled(ends.enter('job').together())).toBe(true);
});

test('one that fails or is cancelled keeps nobody waiting', async () => {
  const ends = createBatchEnds();
  const [a, b] = [ends.enter('job'), ends.enter('job')];
  const first = a.together();
  expect(await settled(first)).toBe(false);
  b.leave();
  expect(await first).toBe(true);
});

test('one that takes long is not waited for, and the others hear that it is not over', async () => {
  const ends = createBatchEnds();
  const [quick, slow] = [ends.enter('job'), ends.enter('job')];
  const first = quick.together();
  expect(await settled(first)).toBe(false);
  expect(await first).toBe(false);
  quick.leave();
  expect(await slow.together()).toBe(true);
});
