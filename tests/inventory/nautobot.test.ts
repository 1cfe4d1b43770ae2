import { afterEach, describe, expect, it } from 'vitest';
import { readAll, startSourceServer, type Answer, type Asked, type SourceServer } from './support/source-server.ts';

let server: SourceServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

const source = (url: string, more: object = {}) => ({ type: 'nautobot' as const, name: 'bot', url, ...more });

function device(n: number, told: object = {}) {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name: `sw-${n}`,
    status: { name: 'Active' },
    role: { name: 'access' },
    tenant: null,
    location: { name: 'Berlin' },
    platform: { name: 'Cisco IOS XE', network_driver: 'cisco_ios' },
    primary_ip4: { address: `10.0.${n >> 8}.${n & 255}/24` },
    primary_ip6: null,
    tags: [{ name: 'core, dc1' }],
    ...told,
  };
}

const many = (n: number) => Array.from({ length: n }, (_, index) => device(index + 1));

/** Nautobot: `POST /api/graphql/` has limit and offset and no total, the REST list has count and next. */
function bot(devices: unknown[], told: { graphql?: Answer; shuffled?: boolean } = {}): (asked: Asked) => Answer {
  return ({ url, body }) => {
    if (url.pathname.endsWith('/api/graphql/')) {
      if (told.graphql !== undefined) return told.graphql;
      const query: unknown = (JSON.parse(body) as { query: unknown }).query;
      const [, limit, offset] = /limit: (\d+), offset: (\d+)/.exec(String(query)) ?? [];
      const list = told.shuffled === true && offset !== '0' ? devices.toReversed() : devices;
      return { json: { data: { devices: list.slice(Number(offset), Number(offset) + Number(limit)) } } };
    }
    const limit = Number(url.searchParams.get('limit'));
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const next = offset + limit < devices.length ? `${url.href}&next` : null;
    return { json: { count: devices.length, next, previous: null, results: devices.slice(offset, offset + limit) } };
  };
}

const apisUsed = (asked: Asked[]): string[] => [
  ...new Set(asked.filter((one) => one.url.searchParams.get('limit') !== '1').map((one) => one.url.pathname)),
];

describe('Nautobot', () => {
  it.each(['graphql', 'rest'] as const)('%s gives what is told of a device', async (api) => {
    server = await startSourceServer(
      bot([
        device(1),
        device(2, {
          platform: { name: 'EOS', network_driver: '' },
          primary_ip4: null,
          primary_ip6: { address: '2001:db8::1/64' },
        }),
      ]),
    );
    const records = await readAll(source(server.url, { api }), { secret: { token: 'abc' } });
    expect(records[0]).toEqual({
      key: '00000000-0000-4000-8000-000000000001',
      name: 'sw-1',
      host: '10.0.0.1',
      port: null,
      transport: null,
      platform: 'cisco_ios',
      site: 'Berlin',
      role: 'access',
      tenant: null,
      status: 'active',
      tags: ['core dc1'],
      credential: null,
      collection_group: null,
      external_id: null,
    });
    expect(records[1]).toMatchObject({ platform: 'EOS', host: '2001:db8::1' });
    expect(new Set(server.asked.map((one) => one.authorization))).toEqual(new Set(['Token abc']));
  });

  it.each(['graphql', 'rest'] as const)('%s: 10,000 devices, each once', async (api) => {
    server = await startSourceServer(bot(many(10_000)));
    const records = await readAll(source(server.url, { api }), { limits: { page: 1000 } });
    expect(new Set(records.map((one) => one.key)).size).toBe(10_000);
    expect(server.asked.length).toBeLessThan(16);
  });

  it('filters are sent to both APIs as each takes them', async () => {
    server = await startSourceServer(bot(many(1)));
    const filter = { location: ['Berlin "North"', 'Bonn'], has_primary_ip: true };
    await readAll(source(server.url, { filter }));
    const [count, query] = server.asked;
    expect(count!.url.searchParams.getAll('location')).toEqual(['Berlin "North"', 'Bonn']);
    expect(JSON.parse(query!.body)).toEqual({
      query: expect.stringContaining(
        'devices(location: ["Berlin \\"North\\"","Bonn"], has_primary_ip: true, limit: 50, offset: 0)',
      ) as unknown,
    });
  });

  it.each([404, 405])('REST is taken where GraphQL answers %i', async (status) => {
    server = await startSourceServer(bot(many(120), { graphql: { status } }));
    expect(await readAll(source(server.url))).toHaveLength(120);
    expect(apisUsed(server.asked)).toEqual(['/api/graphql/', '/api/dcim/devices/']);
    await expect(readAll(source(server.url, { api: 'graphql' }))).rejects.toThrow('has no GraphQL');
  });

  it('REST is taken where GraphQL gives another order each time', async () => {
    server = await startSourceServer(bot(many(120), { shuffled: true }));
    expect(await readAll(source(server.url))).toHaveLength(120);
    await expect(readAll(source(server.url, { api: 'graphql' }))).rejects.toThrow('changed 3 times');
  });

  it('a page that comes short is noticed by the count', async () => {
    const devices = many(60);
    server = await startSourceServer((asked) => {
      const answer = bot(devices)(asked);
      if (asked.url.pathname.endsWith('/graphql/') && !asked.body.includes('offset: 0'))
        return { json: { data: { devices: devices.slice(49, 52) } } };
      return answer;
    });
    await expect(readAll(source(server.url, { api: 'graphql' }))).rejects.toThrow('changed 3 times');
  });

  it.each([
    [
      'an error beside data',
      { json: { errors: [{ message: 'you may not' }], data: { devices: [] } } },
      'refuses the query: you may not',
    ],
    [
      'a query that it does not take',
      { status: 400, json: { errors: [{ message: 'Unknown argument' }] } },
      'answered 400 to /api/graphql/: Unknown argument',
    ],
    ['no list', { json: { data: null } }, 'answered no list of devices'],
    ['no token', { status: 403, json: { detail: 'Invalid token' } }, 'refuses access to /api/graphql/ with 403'],
  ])('%s is told, and never taken for an empty list', async (_what, graphql, message) => {
    server = await startSourceServer(bot(many(1), { graphql }));
    await expect(readAll(source(server.url), { secret: { token: 'x' } })).rejects.toThrow(message);
  });

  it('one bad record costs one record', async () => {
    server = await startSourceServer(bot([device(1, { name: null }), device(2), device(3, { tags: 'x' })]));
    expect(await readAll(source(server.url))).toMatchObject([
      { problem: 'it has no name' },
      { name: 'sw-2' },
      { name: 'sw-3', tags: ['x'] },
    ]);
  });
});
