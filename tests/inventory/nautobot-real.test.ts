import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchRequest } from '../../api/launch.ts';
import type { InventoryRequest, SourceRecord } from '../../core/inventory.ts';
import { loadSettings } from '../../runtime/config.ts';
import { ensureSecretKey } from '../../runtime/secrets.ts';
import { insertCredential } from '../../stores/credentials.ts';
import { createKeyring } from '../../stores/seal.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { NAUTOBOT, raiseNautobot, whyNoNautobot, type Nautobot } from './support/nautobot.ts';
import { readAll } from './support/source-server.ts';

const dir = process.env['CAIRN_TEST_NAUTOBOT'] ?? join(loadSettings(process.env).cacheDir, `nautobot-${NAUTOBOT}`);
const absent = whyNoNautobot(dir);
const DEVICES = 130;

type Row = Record<string, unknown> & { id: string };

describe.skipIf(absent !== null).sequential(`a real Nautobot${absent === null ? '' : ` (skipped: ${absent})`}`, () => {
  let nautobot: Nautobot;

  const find = async (path: string, filter: string): Promise<Row | undefined> =>
    ((await nautobot.call('GET', `${path}?${filter}`)).results as Row[])[0];
  const ensure = async (path: string, filter: string, body: object): Promise<Row> =>
    (await find(path, filter)) ?? ((await nautobot.call('POST', path, body)) as Row);
  const source = (more: object = {}) => ({ type: 'nautobot' as const, name: 'bot', url: nautobot.url, ...more });
  // The first query makes its GraphQL schema.
  const limits = { silenceMs: 60_000 };
  const secret = () => ({ limits, secret: { token: nautobot.token } });

  /** A network of 130 devices: two with addresses, one without a name, one that is planned. It stays for the next run. */
  async function plant(): Promise<void> {
    const count = async (filter: string) => (await nautobot.call('GET', `/dcim/devices/?limit=1${filter}`)).count;
    if ((await count('')) === DEVICES && (await count('&has_primary_ip=true')) === 2) return;
    const active = (await find('/extras/statuses/', 'name=Active'))!.id;
    const planned = (await find('/extras/statuses/', 'name=Planned'))!.id;
    const content_types = ['dcim.device'];
    const type = await ensure('/dcim/location-types/', 'name=Site', { name: 'Site', content_types });
    const berlin = await ensure('/dcim/locations/', 'name=Berlin', { name: 'Berlin', location_type: type.id, status: active });
    const role = await ensure('/extras/roles/', 'name=access', { name: 'access', content_types });
    const maker = await ensure('/dcim/manufacturers/', 'name=Cisco', { name: 'Cisco' });
    const model = await ensure('/dcim/device-types/', 'model=C9300', { model: 'C9300', manufacturer: maker.id });
    const system = { name: 'Cisco IOS XE', network_driver: 'cisco_ios', manufacturer: maker.id };
    const platform = await ensure('/dcim/platforms/', 'name=Cisco%20IOS%20XE', system);
    const tag = await ensure('/extras/tags/', 'name=core,%20dc1', { name: 'core, dc1', content_types });
    const namespace = (await find('/ipam/namespaces/', 'name=Global'))!.id;
    await ensure('/ipam/prefixes/', 'prefix=10.1.0.0/16', { prefix: '10.1.0.0/16', status: active, namespace });
    const old = (await nautobot.call('GET', '/dcim/devices/?limit=1000')).results as Row[];
    if (old.length > 0)
      await nautobot.call(
        'DELETE',
        '/dcim/devices/',
        old.map(({ id }) => ({ id })),
      );
    const common = { role: role.id, device_type: model.id, location: berlin.id, status: active, platform: platform.id };
    const wanted = Array.from({ length: DEVICES }, (_, n) => ({ ...common, name: `sw-${n}`, tags: n === 0 ? [tag.id] : [] }));
    Object.assign(wanted[5]!, { status: planned });
    Object.assign(wanted[6]!, { name: null });
    await nautobot.call('POST', '/dcim/devices/', wanted);
    for (const [name, address] of [
      ['sw-0', '10.1.0.1/24'],
      ['sw-1', '10.1.0.2/24'],
    ]) {
      const device = (await find('/dcim/devices/', `name=${name}`))!.id;
      const ip = await ensure('/ipam/ip-addresses/', `address=${address}`, { address, status: active, namespace });
      const vlan = await nautobot.call('POST', '/dcim/interfaces/', { name: 'Vlan1', device, type: 'virtual', status: active });
      await nautobot.call('POST', '/ipam/ip-address-to-interface/', { ip_address: ip.id, interface: vlan.id });
      await nautobot.call('PATCH', `/dcim/devices/${device}/`, { primary_ip4: ip.id });
    }
  }

  beforeAll(async () => {
    nautobot = await raiseNautobot(dir);
    await plant();
  });

  afterAll(() => nautobot?.stop());

  it('GraphQL and REST give the same, page by page', { timeout: 120_000 }, async () => {
    const byKey = (list: { key: string | null }[]) => list.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
    const graphql = byKey(await readAll(source({ api: 'graphql' }), secret()));
    expect(graphql).toHaveLength(DEVICES);
    expect(byKey(await readAll(source({ api: 'rest' }), secret()))).toEqual(graphql);
    const named = (name: string) => graphql.find((one) => (one as SourceRecord).name === name);
    expect(named('sw-0')).toMatchObject({
      host: '10.1.0.1',
      platform: 'cisco_ios',
      site: 'Berlin',
      role: 'access',
      tenant: null,
      status: 'active',
      tags: ['core dc1'],
    });
    expect(named('sw-2')).toMatchObject({ host: null, tags: [] });
    expect(named('sw-5')).toMatchObject({ status: 'planned' });
    expect(graphql.filter((one) => 'problem' in one)).toMatchObject([{ name: null, problem: 'it has no name' }]);
  });

  it.each(['graphql', 'rest'] as const)('%s takes its filters', async (api) => {
    const filter = { has_primary_ip: true, location: ['Berlin'] };
    const records = await readAll(source({ api, filter }), secret());
    expect(new Set(records.map((one) => one.name))).toEqual(new Set(['sw-0', 'sw-1']));
    const wrong = readAll(source({ api, filter: { no_such_filter: 'x' } }), secret());
    await expect(wrong).rejects.toThrow(/answered 400/);
  });

  it.each(['graphql', 'rest'] as const)('%s: a token that is none is told', async (api) => {
    const read = readAll(source({ api }), { limits, secret: { token: 'x'.repeat(40) } });
    await expect(read).rejects.toThrow(/with 40[13]: it does not take the credential: Invalid token/);
  });

  it('a job makes its devices', { timeout: 180_000 }, async () => {
    let cluster: Cluster | null = null;
    try {
      cluster = await startCluster();
      const { database, dataDir, deps } = cluster;
      const keyring = createKeyring(ensureSecretKey({ secretKey: null, dataDir }));
      await insertCredential(database, keyring, { name: 'bot', username: null, secrets: { token: nautobot.token } });
      await cluster.startWorker();
      const request: InventoryRequest = { source: source({ credential: 'bot', filter: { has_primary_ip: true } }) };
      const wish = { type: 'inventory.sync', request, priority: 5, owner: 'test' } as const;
      const run = async (): Promise<string> => {
        const { job_id } = await launchRequest({ ...deps, maxDevicesPerRequest: 100 }, UNSCOPED, wish);
        expect(await cluster!.wait(job_id)).toBe('completed');
        return (await cluster!.job(job_id)).message ?? '';
      };
      expect(await run()).toContain('2 records read: 2 created');
      expect(await run()).toContain('2 unchanged');
      const rows = await database.sql`select name, host, platform, site, tags from devices order by name`;
      expect([...rows]).toEqual([
        { name: 'sw-0', host: '10.1.0.1', platform: 'cisco_ios', site: 'Berlin', tags: ['core dc1'] },
        { name: 'sw-1', host: '10.1.0.2', platform: 'cisco_ios', site: 'Berlin', tags: [] },
      ]);
    } finally {
      await cluster?.stop();
    }
  });
});
