import { describe, expect, it } from 'vitest';
import { confirm, createDraftTable } from '../../../topology/drafts.ts';
import { createEnds } from '../../../topology/ends.ts';
import { AT } from './network.ts';

const port = (key: string, name: string, known: boolean) => ({ key, name, known });

describe('ends', () => {
  it('are one object for each port, in the best spelling that anybody used', () => {
    const spellings = [
      port('gi1', 'Gi1', false),
      port('gi1', 'GigabitEthernet1', false),
      port('gi1', 'gigabitethernet1', false),
      port('gi1', 'G1', true),
    ];
    for (const order of [spellings, spellings.toReversed()]) {
      const ends = createEnds();
      const found = order.map((spelling) => ends.of('a', spelling));
      expect(new Set(found).size).toBe(1);
      expect(found[0]?.port?.name).toBe('G1');
    }
    for (const order of [spellings.slice(0, 3), spellings.slice(0, 3).toReversed()]) {
      const ends = createEnds();
      expect(order.map((spelling) => ends.of('a', spelling)).at(-1)?.port?.name).toBe('GigabitEthernet1');
    }
  });

  it('of different nodes or ports are different, and a node without port is an end too', () => {
    const ends = createEnds();
    const all = [
      ends.of('a', port('1', '1', true)),
      ends.of('a', port('2', '2', true)),
      ends.of('b', port('1', '1', true)),
      ends.of('a', null),
    ];
    expect(new Set(all).size).toBe(4);
    expect(ends.of('a', null)).toBe(all[3]);
    expect(ends.ofNode('a')).toHaveLength(3);
  });
});

describe('drafts', () => {
  it('are confirmed by what each end says, not by a MAC address behind a port', () => {
    const ends = createEnds();
    const table = createDraftTable(ends);
    const [a, b] = [ends.of('a', port('1', '1', true)), ends.of('b', port('2', '2', true))];
    const draft = table.report({ local: a, remote: b, kind: 'mac', device_id: 'a', collected_at: AT });
    expect([draft.saidByA, draft.saidByB]).toEqual([false, false]);
    confirm(draft, { local: b, remote: a, kind: 'cdp', device_id: 'b', collected_at: AT });
    expect([draft.saidByA, draft.saidByB]).toEqual([false, true]);
    confirm(draft, { local: a, remote: b, kind: 'lldp', device_id: 'a', collected_at: AT });
    expect([draft.saidByA, draft.saidByB]).toEqual([true, true]);
    expect(draft.evidence.map(({ kind }) => kind)).toEqual(['mac', 'cdp', 'lldp']);
  });

  it('keep the latest time of each kind of evidence', () => {
    const ends = createEnds();
    const report = { local: ends.of('a', null), remote: ends.of('b', null), kind: 'lldp' as const, device_id: 'a' };
    for (const order of [
      ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
      ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ]) {
      const table = createDraftTable(ends);
      for (const collected_at of order) table.report({ ...report, collected_at });
      expect(table.all()[0]?.evidence).toEqual([{ kind: 'lldp', device_id: 'a', collected_at: '2026-01-02T00:00:00Z' }]);
    }
  });
});
