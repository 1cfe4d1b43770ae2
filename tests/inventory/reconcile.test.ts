import { describe, expect, it } from 'vitest';
import { reconcile } from '../../core/reconcile.ts';
import { carriedOut, DAY, device, NOW, options, record } from './support/given.ts';

const names = (list: { name: string }[]): string[] => list.map((one) => one.name);

describe('reconcile', () => {
  it('creates what is new, updates what differs, leaves what agrees, disables what is gone', () => {
    const current = [
      device('same'),
      device('moved', { host: 'old' }),
      device('gone'),
      device('other', { site: 'x', tags: ['a'] }),
    ];
    const records = [record('same'), record('moved'), record('new'), record('other', { site: 'x', tags: ['a'] })];
    const result = reconcile(current, records, options());
    expect(names(result.create)).toEqual(['new']);
    expect(result.update).toMatchObject([
      { name: 'moved', set: { host: 'moved.example.org' }, was: { host: 'old' }, back: false },
    ]);
    expect(result.disable).toEqual([{ id: 'id of gone', name: 'gone', why: 'the source gives it no more' }]);
    expect(result).toMatchObject({ remove: [], unchanged: 2, skipped: 0, problems: [], refused: null });
  });

  it('leaves what people gave and the source does not speak of', () => {
    const own = {
      port: 2222,
      credential_id: 'by hand',
      collection_group_id: 'by hand',
      external_id: 'x',
      platform: 'cisco_nxos',
    };
    const result = reconcile([device('a', own)], [record('a', { platform: null })], options());
    expect(result).toMatchObject({ update: [], unchanged: 1 });
  });

  it('never enables a device that a person disabled, nor counts it as vanished', () => {
    const current = [device('off', { enabled: false }), device('off-and-gone', { enabled: false }), device('a')];
    const result = reconcile(current, [record('off'), record('a')], options());
    expect(result).toMatchObject({ update: [], disable: [], remove: [], unchanged: 3 });
  });

  it('enables a device again that came back', () => {
    const current = [device('a', { enabled: false, vanished_at: NOW - DAY })];
    const result = reconcile(current, [record('a')], options());
    expect(result.update).toMatchObject([{ name: 'a', set: {}, back: true }]);
    expect(carriedOut(current, result)[0]).toMatchObject({ enabled: true, vanished_at: null });
  });

  it('removes only when the days are over, and only what nobody enabled or goes through', () => {
    const gone = (days: number) => ({ enabled: false, vanished_at: NOW - days * DAY });
    const current = [
      device('a'),
      device('long', gone(30)),
      device('short', gone(29)),
      device('again', { vanished_at: NOW - 90 * DAY }),
      device('jump', { ...gone(90), reaches: 'a' }),
    ];
    const result = reconcile(current, [record('a')], options({ remove_after_days: 30 }));
    expect(result.remove).toMatchObject([{ name: 'long', why: 'the source gives it no more for 30 day(s)' }]);
    expect(result.problems).toEqual([{ name: 'jump', problem: 'it would be removed, but is the jump host of a' }]);
    expect(reconcile(current, [record('a')], options()).remove).toEqual([]);
  });

  describe('names', () => {
    it('follows a rename, also where two devices swap their names', () => {
      const current = [device('a'), device('b')];
      const records = [record('b', { key: 'key of a' }), record('a', { key: 'key of b' })];
      const result = reconcile(current, records, options());
      expect(result.update.map(({ id, set }) => [id, set.name])).toEqual([
        ['id of a', 'b'],
        ['id of b', 'a'],
      ]);
      expect(result.problems).toEqual([]);
    });

    it('takes a device of the source by its name where its id is gone', () => {
      const result = reconcile([device('a')], [record('a', { key: 'other' })], options());
      expect(result.update).toMatchObject([{ name: 'a', key: 'other', set: {} }]);
      expect(result.create).toEqual([]);
    });

    it('refuses both of two records with one name, and the device stays', () => {
      const result = reconcile([device('a')], [record('a', { key: '1' }), record('a', { key: '2' })], options());
      expect(names(result.problems)).toEqual(['a', 'a']);
      expect(result).toMatchObject({ create: [], update: [], disable: [] });
    });

    it('leaves the name to the device that has it', () => {
      const result = reconcile([device('a')], [record('a'), record('a', { key: '2' })], options());
      expect(result.problems).toEqual([{ name: 'a', problem: 'another record of the source has the same name' }]);
      expect(result.unchanged).toBe(1);
    });

    it('refuses an id that is given twice', () => {
      const result = reconcile([device('a')], [record('a'), record('b', { key: 'key of a' })], options());
      expect(result.problems.map((one) => one.problem)).toEqual([
        'the source gives the id "key of a" to 2 devices',
        'the source gives the id "key of a" to 2 devices',
      ]);
      expect(result.disable).toEqual([]);
    });
  });

  describe('devices of others', () => {
    const hand = device('a', { source: null, source_key: null, credential_id: 'by hand' });
    const foreign = device('a', { source: 'other box' });

    it('a device made by hand is not taken over', () => {
      const result = reconcile([hand], [record('a')], options());
      expect(result.problems).toEqual([
        { name: 'a', problem: 'a device made by hand has this name (adopt: true takes it over)' },
      ]);
      expect(result).toMatchObject({ create: [], update: [] });
    });

    it('adopt takes it over, with what people gave it', () => {
      const result = reconcile([hand], [record('a', { site: 'x' })], options({ adopt: true }));
      expect(result.update).toMatchObject([{ id: hand.id, set: { site: 'x' }, adopted: true }]);
    });

    it('a device of another source is never taken', () => {
      const result = reconcile([foreign], [record('a')], options({ adopt: true }));
      expect(result.problems).toEqual([{ name: 'a', problem: 'a device of the source other box has this name' }]);
    });
  });

  describe('one bad record costs one record', () => {
    it.each([
      ['no address', { host: null }, 'it has no address'],
      ['a bad address', { host: 'not an address' }, '"not an address" is no address'],
      ['a platform that is not known', { platform: 'vax' }, 'Cairn has no platform for "vax"'],
      ['a credential that is not there', { credential: 'nobody' }, 'there is no credential "nobody"'],
      ['a group that is not there', { collection_group: 'none' }, 'there is no collection group "none"'],
      ['a transport that is none', { transport: 'telnet' }, 'the transport "telnet" is none of ssh, http'],
      ['a port that is none', { port: 70_000 }, 'the port 70000 is none'],
      ['a tag with a comma', { tags: ['a,b'] }, 'the tag "a,b"'],
      ['a name like an id', { name: '01890a5d-ac96-774b-bcce-b302099a8057', key: 'key of bad' }, 'looks like an id'],
      ['http without a base URL', { transport: 'http' }, 'is not the http:// or https:// base URL'],
    ])('%s', (_what, told, problem) => {
      const result = reconcile(
        [device('bad'), device('good', { host: 'old' })],
        [record('bad', told), record('good')],
        options(),
      );
      expect(result.problems).toHaveLength(1);
      expect(result.problems[0]!.problem).toContain(problem);
      expect(names(result.update)).toEqual(['good']);
      expect(result.disable).toEqual([]);
    });

    it('a record that a source could not make out keeps its device', () => {
      const bad = { key: 'key of a', name: null, record: 'row 3', problem: 'it has no name' };
      const result = reconcile([device('a'), device('b')], [bad, record('b')], options());
      expect(result.problems).toEqual([{ name: 'row 3', problem: 'it has no name' }]);
      expect(result.disable).toEqual([]);
    });

    it('while a record is unreadable through and through, nobody knows what vanished', () => {
      const bad = { key: null, name: null, record: 'row 3', problem: 'it has 2 cells' };
      const current = [device('a'), device('b'), device('c')];
      const result = reconcile(current, [bad, record('b'), record('c')], options());
      expect(result.disable).toEqual([]);
      expect(names(result.problems)).toEqual(['a', 'row 3']);
      expect(names(reconcile(current, [bad, record('b'), record('c')], options({ force: true })).disable)).toEqual(['a']);
    });
  });

  describe('too little is refused', () => {
    const current = ['a', 'b', 'c', 'd'].map((name) => device(name));

    it.each([
      [0, 'gave no device at all'],
      [1, '3 of its 4 enabled devices would be disabled'],
    ])('%i of 4', (left, why) => {
      const records = current.slice(0, left).map((one) => record(one.name));
      expect(reconcile(current, records, options()).refused).toContain(why);
      expect(reconcile(current, records, options({ force: true }))).toMatchObject({ refused: null });
    });

    it('half of them is not too little', () => {
      const result = reconcile(current, [record('a'), record('b')], options());
      expect(result).toMatchObject({ refused: null });
      expect(names(result.disable)).toEqual(['c', 'd']);
    });

    it('the first answer of a source may not be empty either', () => {
      expect(reconcile([], [], options()).refused).toContain('gave no device at all');
    });
  });

  describe('rules and statuses', () => {
    const rules = [
      { match: { name: '^lab-', site: 'Berlin' }, set: { credential: 'lab', tags: ['lab'], platform: 'frr', port: 2022 } },
      { match: { role: 'PDU' }, set: { skip: true as const } },
      { match: { tag: 'dc' }, set: { credential: 'dc', collection_group: 'berlin' } },
      { match: {}, set: { credential: null } },
    ];

    it('the first that matches is the one', () => {
      const records = [
        record('lab-1', { site: 'BERLIN', tags: ['dc'], platform: 'vax' }),
        record('lab-2', { site: 'bonn', tags: ['DC'] }),
        record('pdu-1', { role: 'pdu' }),
        record('plain', { credential: 'lab' }),
      ];
      const result = reconcile([], records, options({ ruleList: rules }));
      expect(result.create).toMatchObject([
        {
          name: 'lab-1',
          credential_id: 'credential 1',
          collection_group_id: null,
          platform: 'frr',
          port: 2022,
          tags: ['dc', 'lab'],
        },
        { name: 'lab-2', credential_id: 'credential 2', collection_group_id: 'group 1', port: 22 },
        { name: 'plain', credential_id: null },
      ]);
      expect(result.skipped).toBe(1);
    });

    it('a device that is out of service is disabled, never created, and stays while the source has it', () => {
      const records = [
        record('a', { status: 'offline' }),
        record('new', { status: 'planned' }),
        record('b', { status: 'active' }),
      ];
      const current = [device('a'), device('b')];
      const result = reconcile(current, records, options({ statuses: ['active'] }));
      expect(result.disable).toMatchObject([{ name: 'a', why: 'its status is offline' }]);
      expect(result).toMatchObject({ create: [], skipped: 2 });
      const long = [device('a', { enabled: false, vanished_at: NOW - 90 * DAY }), device('b')];
      expect(reconcile(long, records, options({ statuses: ['active'], remove_after_days: 1 })).remove).toEqual([]);
    });

    it('a rule may reach a device over its API', () => {
      const told = record('api', { host: 'https://lab.example.org:8443/v1' });
      const result = reconcile([], [told], options({ ruleList: [{ match: {}, set: { transport: 'http' } }] }));
      expect(result.create).toMatchObject([{ transport: 'http', port: 8443 }]);
    });

    it('a device whose platform nobody told finds it out at its first login', () => {
      expect(reconcile([], [record('a', { platform: null })], options()).create[0]!.platform).toBe('auto');
    });
  });
});
