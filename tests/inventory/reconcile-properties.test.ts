import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceProblem, SourceRecord } from '../../core/inventory.ts';
import { reconcile, type CurrentDevice } from '../../core/reconcile.ts';
import { carriedOut, DAY, device, NOW, options, record } from './support/given.ts';

const few = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const anyRecord: fc.Arbitrary<SourceRecord | SourceProblem> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        name: few,
        told: fc.record(
          {
            key: few,
            host: maybe(fc.constantFrom('h1', 'h2', 'not an address')),
            platform: maybe(fc.constantFrom('cisco_ios', 'EOS', 'vax')),
            site: maybe(fc.constantFrom('x', 'y')),
            status: maybe(fc.constantFrom('active', 'planned')),
            tags: fc.uniqueArray(fc.constantFrom('t1', 't2'), { maxLength: 2 }),
            credential: maybe(fc.constantFrom('lab', 'nobody')),
          },
          { requiredKeys: ['key'] },
        ),
      })
      .map(({ name, told }) => record(name, told)),
  },
  {
    weight: 1,
    arbitrary: fc.record({ key: maybe(few), name: maybe(few), record: fc.constant('row'), problem: fc.constant('it is bad') }),
  },
);

const anyDevice = fc.record({
  name: few,
  told: fc.record(
    {
      source: fc.constantFrom('box', 'box', 'other box', null),
      source_key: few,
      enabled: fc.boolean(),
      vanished_at: maybe(fc.constantFrom(NOW - DAY, NOW - 40 * DAY)),
      host: fc.constantFrom('h1', 'h2'),
      tags: fc.uniqueArray(fc.constantFrom('t1', 't2'), { maxLength: 2 }),
      reaches: maybe(fc.constant('z')),
    },
    { requiredKeys: ['source', 'source_key'] },
  ),
});

/** As the database would have them: names are unique, and so are ids within a source. */
const anyNetwork: fc.Arbitrary<CurrentDevice[]> = fc
  .uniqueArray(anyDevice, { maxLength: 6, selector: ({ name }) => name })
  .map((list) => {
    const seen = new Set<string>();
    return list.flatMap(({ name, told }) => {
      const key = `${told.source}/${told.source_key}`;
      if (told.source !== null && seen.has(key)) return [];
      seen.add(key);
      return [device(name, { ...told, source_key: told.source === null ? null : told.source_key })];
    });
  });

const anyOptions = fc
  .record({
    adopt: fc.boolean(),
    force: fc.boolean(),
    remove_after_days: maybe(fc.constant(30)),
    statuses: maybe(fc.constant(['active'] as string[])),
  })
  .map((told) => options(told));

const check = (
  holds: (current: CurrentDevice[], records: (SourceRecord | SourceProblem)[], told: ReturnType<typeof options>) => void,
): void => fc.assert(fc.property(anyNetwork, fc.array(anyRecord, { maxLength: 8 }), anyOptions, holds), { numRuns: 2000 });

describe('reconcile, whatever a source gives', () => {
  it('has nothing left to do when it was carried out', () => {
    check((current, records, told) => {
      const once = reconcile(current, records, told);
      fc.pre(once.refused === null);
      const after = carriedOut(current, once);
      const twice = reconcile(after, records, { ...told, force: true });
      // A removed device gives a name free that a refused record may take then.
      fc.pre(once.remove.length === 0);
      expect({ create: twice.create, update: twice.update, remove: twice.remove }).toEqual({
        create: [],
        update: [],
        remove: [],
      });
      if (told.force) expect(twice.disable).toEqual([]);
    });
  });

  it('does not depend on the order of records or devices', () => {
    check((current, records, told) => {
      expect(reconcile(current.toReversed(), records.toReversed(), told)).toEqual(reconcile(current, records, told));
    });
  });

  it('never touches a device of another source, and one made by hand only to adopt it', () => {
    check((current, records, told) => {
      const { update, disable, remove } = reconcile(current, records, told);
      const touched = new Set([...update, ...disable, ...remove].map((one) => one.id));
      for (const { id, source } of current) {
        if (source === 'other box' || (source === null && !told.adopt)) expect(touched.has(id)).toBe(false);
        if (source === null) expect([...disable, ...remove].some((one) => one.id === id)).toBe(false);
      }
    });
  });

  it('leaves names and ids unique', () => {
    check((current, records, told) => {
      const after = carriedOut(current, reconcile(current, records, told));
      expect(new Set(after.map((one) => one.name)).size).toBe(after.length);
      const keys = after.filter((one) => one.source === 'box').map((one) => one.source_key);
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  it('accounts for every record: each is a device, skipped, or a problem', () => {
    check((current, records, told) => {
      const { create, update, unchanged, skipped, problems } = reconcile(current, records, told);
      expect(create.length + update.length + unchanged + skipped + problems.length).toBeGreaterThanOrEqual(records.length);
    });
  });
});
