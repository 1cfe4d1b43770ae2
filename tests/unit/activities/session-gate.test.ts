import { expect, test } from 'vitest';
import { createSessionGate } from '../../../activities/fleet/session-gate.ts';

const never = new AbortController().signal;
const turn = (priority: number, owner = 'a') => ({ priority, owner });

/** Fills the gate; returns who was let in, in order, as the places are given back one by one. */
async function order(wishes: { name: string; priority: number; owner?: string }[]): Promise<string[]> {
  const gate = createSessionGate(1);
  let leave = await gate.enter(never, turn(5));
  const seen: string[] = [];
  const waits = wishes.map(async ({ name, priority, owner }) => {
    const next = await gate.enter(never, turn(priority, owner));
    seen.push(name);
    leave = next;
  });
  for (const _ of wishes) {
    const before = seen.length;
    leave();
    await Promise.resolve();
    await Promise.resolve();
    expect(seen.length).toBe(before + 1);
    expect(gate.demand()).toEqual({ open: 1, waiting: wishes.length - seen.length, limit: 1 });
  }
  await Promise.all(waits);
  return seen;
}

test('higher priorities first, and in order within one', async () => {
  const wishes = [
    { name: 'low', priority: 0 },
    { name: 'one', priority: 5 },
    { name: 'high', priority: 10 },
    { name: 'two', priority: 5 },
  ];
  expect(await order(wishes)).toEqual(['high', 'one', 'two', 'low']);
});

test('owners of one priority have their turn one after the other', async () => {
  const of = (owner: string, n: number) => Array.from({ length: n }, (_, at) => ({ name: `${owner}${at}`, priority: 5, owner }));
  expect(await order([...of('a', 4), ...of('b', 2), ...of('c', 1)])).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2', 'a3']);
});

test('who gives up is not let in, and leaves nothing behind', async () => {
  const gate = createSessionGate(1);
  const leave = await gate.enter(never, turn(5));
  const gone = new AbortController();
  const first = gate.enter(gone.signal, turn(7));
  const second = gate.enter(never, turn(3));
  expect([gate.waitingFrom(0), gate.waitingFrom(4), gate.waitingFrom(8), gate.lowest()]).toEqual([2, 1, 0, 3]);
  gone.abort(new Error('cancelled'));
  await expect(first).rejects.toThrow('cancelled');
  expect([gate.waitingFrom(4), gate.lowest()]).toEqual([0, 3]);
  leave();
  leave();
  const last = await second;
  expect(gate.demand()).toEqual({ open: 1, waiting: 0, limit: 1 });
  expect(gate.lowest()).toBe(null);
  last();
  expect(gate.demand().open).toBe(0);
  await expect(gate.enter(gone.signal, turn(5))).rejects.toThrow('cancelled');
});
