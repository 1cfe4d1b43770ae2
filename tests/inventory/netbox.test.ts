import { afterEach, describe, expect, it } from 'vitest';
import { netboxDevice, netboxList } from './support/netbox-data.ts';
import { readAll, startSourceServer, type Answer, type Asked, type SourceServer } from './support/source-server.ts';

let server: SourceServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function box(answer: (asked: Asked, nth: number) => Answer): Promise<SourceServer> {
  server = await startSourceServer(answer);
  return server;
}

const source = (url: string, more: object = {}) => ({ type: 'netbox' as const, name: 'box', url, ...more });
const many = (n: number) => Array.from({ length: n }, (_, index) => netboxDevice(index + 1));

describe('NetBox', () => {
  it('gives what is told of a device', async () => {
    const { url } = await box((asked) => netboxList([netboxDevice(1)], asked));
    expect(await readAll(source(url))).toEqual([
      {
        key: '1',
        name: 'sw-1',
        host: '10.0.0.1',
        port: null,
        transport: null,
        platform: 'cisco-ios',
        site: 'Berlin',
        role: 'Access Switch',
        tenant: null,
        status: 'active',
        tags: ['core-net'],
        credential: null,
        collection_group: null,
        external_id: null,
      },
    ]);
  });

  it('10,000 devices come page by page, each once, by id, without configuration contexts', async () => {
    const devices = many(10_000);
    const { url, asked } = await box((one) => netboxList(devices, one));
    const records = await readAll(
      source(`${url}/netbox/`, { filter: { role: ['router', 'switch'], has_primary_ip: true, limit: 7 } }),
      { limits: { page: 500 } },
    );
    expect(records).toHaveLength(10_000);
    expect(new Set(records.map((one) => one.key)).size).toBe(10_000);
    expect(asked).toHaveLength(21);
    expect(asked[1]!.url.pathname).toBe('/netbox/api/dcim/devices/');
    const query = asked[1]!.url.searchParams;
    expect(query.getAll('role')).toEqual(['router', 'switch']);
    expect(Object.fromEntries(query)).toMatchObject({
      limit: '500',
      offset: '499',
      ordering: 'id',
      exclude: 'config_context',
      has_primary_ip: 'true',
    });
  });

  it('a server that gives smaller pages than asked for is read to its end', async () => {
    const { url } = await box((asked) => netboxList(many(105), asked, 10));
    expect(await readAll(source(url))).toHaveLength(105);
  });

  it.each([
    ['abc', 'Token abc'],
    ['nbt_key.secret', 'Bearer nbt_key.secret'],
  ])('the token %s is sent as %s', async (token, authorization) => {
    const { url, asked } = await box((one) => netboxList(many(1), one));
    await readAll(source(url), { secret: { token } });
    expect(asked[0]!.authorization).toBe(authorization);
  });

  it('an older server, and devices with less', async () => {
    const old = netboxDevice(1, { role: undefined, device_role: { name: 'Core' }, tags: ['plain'], tenant: { name: 'Us' } });
    const bare = netboxDevice(2, { platform: null, primary_ip: null, site: null, status: null, tags: [] });
    const six = netboxDevice(3, { primary_ip: { address: '2001:db8::1/64' } });
    const { url } = await box((asked) => netboxList([old, bare, six], asked));
    expect(await readAll(source(url))).toMatchObject([
      { role: 'Core', tags: ['plain'], tenant: 'Us' },
      { platform: null, host: null, site: null, status: null },
      { host: '2001:db8::1' },
    ]);
    expect(await readAll(source(url, { host: 'name' }))).toMatchObject([{ host: 'sw-1' }, { host: 'sw-2' }, { host: 'sw-3' }]);
  });

  it('one bad record costs one record', async () => {
    const list = [
      netboxDevice(1, { name: null }),
      'nonsense',
      { name: 'x' },
      netboxDevice(4, { site: { name: { de: 'Berlin' } } }),
      netboxDevice(5),
    ];
    const { url } = await box((asked) => netboxList(list, asked));
    expect(await readAll(source(url))).toMatchObject([
      { key: '1', name: null, record: 'device 1', problem: 'it has no name' },
      { key: null, problem: 'it is no device with an id' },
      { key: null, problem: 'it is no device with an id' },
      { key: '4', name: 'sw-4', problem: 'its site is no text' },
      { key: '5', name: 'sw-5' },
    ]);
  });

  it('a list that changes while it is read is read anew', async () => {
    const devices = many(120);
    const { url } = await box((asked, nth) => {
      if (nth === 2) devices.shift();
      return netboxList(devices, asked);
    });
    const records = await readAll(source(url));
    expect(records.map((one) => one.key)).toEqual(devices.map((one) => String(one.id)));
  });

  it('a device that goes while another comes is noticed too', async () => {
    const devices = many(120);
    const { url } = await box((asked, nth) => {
      if (nth === 2) devices.splice(3, 1);
      if (nth === 2) devices.push(netboxDevice(500));
      return netboxList(devices, asked);
    });
    const records = await readAll(source(url));
    expect(records.map((one) => one.key)).toEqual(devices.map((one) => String(one.id)));
  });

  it('a list that never stands still is no list', async () => {
    const devices = many(120);
    const { url } = await box((asked) => {
      devices.shift();
      return netboxList(devices, asked);
    });
    await expect(readAll(source(url))).rejects.toThrow('changed 3 times while it was read');
  });

  it('a server that says there is more and gives none is not asked for ever', async () => {
    const { url, asked } = await box(() => ({ json: { count: 10, next: 'x', results: [] } }));
    await expect(readAll(source(url))).rejects.toThrow('tells of more records and gives none');
    expect(asked.length).toBeLessThan(5);
  });

  it('what is no NetBox is told', async () => {
    const { url } = await box(() => ({ json: { hello: 'world' } }));
    await expect(readAll(source(url))).rejects.toThrow('answered no list of devices: is the URL that of the server itself?');
  });

  it('a credential without a token is told', async () => {
    const { url } = await box((asked) => netboxList([], asked));
    await expect(readAll(source(url), { secret: { password: 'x' } })).rejects.toThrow('has no token');
  });
});
