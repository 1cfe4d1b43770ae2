import { afterEach, describe, expect, it } from 'vitest';
import type { InventorySourceOptions } from '../../core/inventory.ts';
import { readAll, startSourceServer, type SourceServer } from './support/source-server.ts';

let server: SourceServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

type Csv = Extract<InventorySourceOptions, { type: 'csv' }>;
const table = (text: string, fields?: Csv['fields']): Csv => ({ type: 'csv', name: 'table', text, fields });

describe('CSV', () => {
  it.each([
    ['commas', 'name,host,tags,port\nsw1,10.0.0.1,"a;b",2222\n'],
    ['semicolons, Windows lines, a BOM', '\uFEFFname;host;tags;port\r\nsw1;10.0.0.1;a,b;2222\r\n'],
    ['tabs, upper case', 'Name\tHOST\tTags\tport\nsw1\t10.0.0.1\ta, b\t2222'],
  ])('%s', async (_what, text) => {
    expect(await readAll(table(text))).toMatchObject([
      { key: 'sw1', name: 'sw1', host: '10.0.0.1', tags: ['a', 'b'], port: 2222 },
    ]);
  });

  it('every field, and the ids of the source', async () => {
    const header = 'key,name,host,port,transport,platform,site,role,tenant,status,tags,credential,collection_group,external_id';
    const row = '7,sw1,https://api/x,,HTTP,eos,Berlin,core,us,Active,,lab,berlin,e7';
    expect(await readAll(table(`${header}\n${row}`))).toEqual([
      {
        key: '7',
        name: 'sw1',
        host: 'https://api/x',
        port: null,
        transport: 'http',
        platform: 'eos',
        site: 'Berlin',
        role: 'core',
        tenant: 'us',
        status: 'active',
        tags: [],
        credential: 'lab',
        collection_group: 'berlin',
        external_id: 'e7',
      },
    ]);
  });

  it('one bad row costs one row', async () => {
    const text = 'name,host,port\nsw1,h1,22\nsw2,h2\n,h3,22\nsw4,h4,many\nsw5,h5,22\n';
    expect(await readAll(table(text))).toMatchObject([
      { name: 'sw1' },
      { key: null, record: 'row 2', problem: 'it has 2 cells, but the header has 3' },
      { name: null, record: 'row 3', problem: 'it has no name' },
      { name: 'sw4', record: 'row 4', problem: 'its port "many" is no number' },
      { name: 'sw5' },
    ]);
  });

  it('other columns, where fields says which is which', async () => {
    const text = 'Hostname,Mgmt IP,Owner\nsw1,10.0.0.1/24,me\n';
    expect(await readAll(table(text, { name: 'Hostname', host: 'Mgmt IP' }))).toMatchObject([{ name: 'sw1', host: '10.0.0.1' }]);
    await expect(readAll(table(text, { name: 'Host name', host: 'Mgmt IP' }))).rejects.toThrow(
      'no column "Host name", which fields says is the name',
    );
  });

  it.each([
    ['', 'is empty'],
    ['name,colour\nsw1,red', 'has the column "colour", which is no field'],
    ['name,name\nsw1,sw2', 'has the column "name" twice'],
    ['name,host\n"sw1,h1\n', 'cannot be read'],
  ])('%j as a whole is refused', async (text, message) => {
    await expect(readAll(table(text))).rejects.toThrow(message);
  });

  it('is fetched, with a token or with user name and password', async () => {
    server = await startSourceServer(() => ({ text: 'name,host\nsw1,h1\n' }));
    const source: Csv = { type: 'csv', name: 'table', url: `${server.url}/devices.csv?v=1` };
    expect(await readAll(source, { secret: { token: 'abc' } })).toMatchObject([{ name: 'sw1' }]);
    await readAll(source, { secret: { username: 'u', password: 'p' } });
    await readAll(source);
    const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(server.asked.map((one) => one.authorization)).toEqual(['Bearer abc', basic, null]);
    expect(server.asked[0]!.url.search).toBe('?v=1');
  });
});

describe('a JSON document', () => {
  const fields = { key: 'uuid', name: 'identity.fqdn', host: 'ips.0', platform: 'os', tags: 'labels' };
  const source = (url: string, items = 'data.devices') => ({ type: 'http_json' as const, name: 'cmdb', url, items, fields });

  it('the list and the fields are where the paths say', async () => {
    const devices = [{ uuid: 1, identity: { fqdn: 'sw1' }, ips: ['10.0.0.1', '10.0.0.2'], os: 'ios', labels: ['a', 'b'] }];
    server = await startSourceServer(() => ({ json: { data: { devices } } }));
    expect(await readAll(source(server.url))).toMatchObject([
      { key: '1', name: 'sw1', host: '10.0.0.1', platform: 'ios', tags: ['a', 'b'], site: null },
    ]);
  });

  it('one bad item costs one item', async () => {
    const list = [
      7,
      { identity: { fqdn: 'sw2' } },
      { uuid: 'x' },
      { uuid: 'y', identity: { fqdn: ['no'] } },
      { uuid: 'z', identity: { fqdn: 'sw5' }, labels: {} },
    ];
    server = await startSourceServer(() => ({ json: list }));
    expect(await readAll(source(server.url, ''))).toMatchObject([
      { key: null, record: 'item 1', problem: 'it is no object' },
      { key: 'sw2', name: 'sw2' },
      { key: 'x', problem: 'it has no name' },
      { key: 'y', problem: 'it has no name; its name is no text' },
      { key: 'z', name: 'sw5', problem: 'its tags are no list of texts' },
    ]);
  });

  it.each([
    ['no list there', { data: {} }, 'answered no list at "data.devices"'],
    ['a list where an object should be', { data: [] }, 'answered no list at "data.devices"'],
  ])('%s', async (_what, json, message) => {
    server = await startSourceServer(() => ({ json }));
    await expect(readAll(source(server.url))).rejects.toThrow(message);
  });

  it('10,000 devices', async () => {
    const json = Array.from({ length: 10_000 }, (_, n) => ({
      uuid: n,
      identity: { fqdn: `sw${n}` },
      ips: [`10.0.${n >> 8}.${n & 255}`],
    }));
    server = await startSourceServer(() => ({ json }));
    expect(await readAll(source(server.url, ''))).toHaveLength(10_000);
  });
});
