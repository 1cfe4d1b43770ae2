import { describe, expect, it } from 'vitest';
import { InventorySyncTask } from '../../contracts/inventory.ts';

const box = { type: 'netbox', name: 'box', url: 'https://netbox.example.org' };
const parse = (told: Record<string, unknown>) => InventorySyncTask.safeParse({ source: box, ...told });
const problemOf = (told: Record<string, unknown>): string => {
  const result = parse(told);
  return result.success ? 'none' : result.error.issues.map((issue) => `/${issue.path.join('/')} ${issue.message}`).join('; ');
};

describe('the parameters of inventory.sync', () => {
  it.each([
    {
      source: { ...box, credential: 'c', filter: { role: ['a'], has_primary_ip: true, cf_x: 'y' }, host: 'name', statuses: null },
    },
    { source: { type: 'nautobot', name: 'b', url: 'http://10.0.0.1:8080/nautobot', api: 'rest', statuses: ['Active'] } },
    { source: { type: 'csv', name: 'c', text: 'name,host\n' } },
    { source: { type: 'csv', name: 'c', url: 'https://x/devices.csv?v=1', fields: { name: 'Host', host: 'IP' } } },
    { source: { type: 'http_json', name: 'j', url: 'https://x/', fields: { name: 'n', host: 'a.0' } } },
    {
      rules: [
        { match: { name: '^sw-\\d+' }, set: { credential: null, platform: 'frr' } },
        { match: {}, set: { skip: true } },
      ],
    },
    { adopt: true, remove_after_days: 30, dry_run: true, force: true, job_time_limit: 60 },
  ])('%j', (told) => {
    expect(problemOf(told)).toBe('none');
  });

  it.each([
    [{ source: { ...box, url: 'ftp://x' } }, '/source/url must be an address that starts with http://'],
    [{ source: { ...box, url: 'https://u:p@x' } }, '/source/url must hold no user name or password'],
    [{ source: { ...box, url: 'https://x?a=1' } }, '/source/url must have no query'],
    [{ source: { type: 'csv', name: 'c', url: 'https://x/d.csv?api_token=1' } }, '/source/url must hold no token or password'],
    [{ source: { ...box, token: 'x' } }, 'Unrecognized key: "token"'],
    [{ source: { ...box, filter: { limit: 1 } } }, 'is set by Cairn itself'],
    [{ source: { ...box, filter: { 'a) { x }': 1 } } }, 'must be the name of a filter'],
    [{ source: { type: 'csv', name: 'c' } }, '/source/text is required, or url'],
    [{ source: { type: 'csv', name: 'c', text: '', url: 'https://x' } }, '/source/text is required, or url; and not both'],
    [{ source: { type: 'sql', name: 'c' } }, '/source/type'],
    [{ rules: [{ match: { name: '(a' }, set: {} }] }, '/rules/0/match/name has a ( that is not closed'],
    [{ rules: [{ match: { name: '(?=a)' }, set: {} }] }, 'look-around'],
    [{ rules: [{ match: { color: 'red' }, set: {} }] }, 'Unrecognized key: "color"'],
    [{ rules: [{ match: {}, set: { skip: false } }] }, '/rules/0/set/skip'],
    [{ rules: [{ match: {}, set: { tags: ['a,b'] } }] }, 'must not hold a comma'],
    [{ remove_after_days: 0 }, '/remove_after_days'],
    [{ device_ids: ['x'] }, 'Unrecognized key: "device_ids"'],
  ])('%j is refused', (told, problem) => {
    expect(problemOf(told)).toContain(problem);
  });

  it('a table of more than 1 MiB is refused', () => {
    const text = (length: number) => ({ source: { type: 'csv', name: 'c', text: 'x'.repeat(length) } });
    expect(problemOf(text(1024 * 1024))).toBe('none');
    expect(problemOf(text(1024 * 1024 + 1))).toContain('/source/text');
  });
});
