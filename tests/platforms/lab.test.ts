import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Collected } from '../../core/collection.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { collect, sorted } from './support/collect.ts';
import { openLibrary } from './support/library.ts';

/** Real FRR routers, Linux switches and hosts. `truth.json` is there only while the lab is up. */
const TRUTH = join(import.meta.dirname, '../../../shared/lab/truth.json');
const PASSWORD = '/tmp/lab/password';
const up = existsSync(TRUTH) && existsSync(PASSWORD);

interface LabDevice {
  name: string;
  platform: string;
  mgmt_ip: string;
  interfaces: { name: string; mac: string; ip: string | null }[];
  routes: {
    prefix: string;
    protocol: string;
    distance: number;
    metric: number;
    selected: boolean;
    next_hops: { ip?: string; interface?: string; recursive?: boolean; blackhole?: boolean }[];
  }[];
  lldp_neighbors: { local_interface: string; device: string; interface: string }[];
  cdp_neighbors: { local_interface: string; device: string; interface: string }[];
  mac_table: { mac: string; interface: string; type: string }[];
}

describe.skipIf(!up)(`the lab${up ? '' : ' (it is not up: ../shared/lab/up)'}`, () => {
  const { devices }: { devices: LabDevice[] } = up ? JSON.parse(readFileSync(TRUTH, 'utf8')) : { devices: [] };
  const password = up ? readFileSync(PASSWORD, 'utf8').trim() : '';
  let library: TemplateLibrary;
  beforeAll(async () => {
    library = await openLibrary();
  });

  test('has routers, switches and hosts', () => {
    expect(new Set(devices.map(({ platform }) => platform))).toEqual(new Set(['frr', 'linux']));
  });

  const routesOf = (device: LabDevice, protocol: string): unknown[] =>
    device.routes
      .filter((route) => route.protocol === protocol)
      .flatMap(({ prefix, distance, metric, selected, next_hops }) =>
        next_hops.map((hop) => ({
          network: prefix,
          next_hop: hop.ip ?? null,
          interface: hop.recursive === true ? null : (hop.interface ?? null),
          distance,
          metric,
          vrf: null,
          selected,
        })),
      );

  const found = (collected: Collected, kind: 'static_routes' | 'ospf_routes' | 'bgp_routes'): unknown[] =>
    (collected.kinds[kind]?.records ?? []).map(({ network, next_hop, interface: port, distance, metric, vrf, selected }) => ({
      network,
      next_hop,
      interface: port,
      distance,
      metric,
      vrf,
      selected,
    }));

  const check = async (device: LabDevice, platform: 'frr' | 'linux'): Promise<Collected> => {
    const username = platform === 'frr' ? 'lab' : 'linux';
    const collected = await collect(library, {
      name: device.name,
      host: device.mgmt_ip,
      port: 22,
      platform,
      credential: { username, password },
    });
    expect(collected.failure).toBeNull();
    for (const protocol of ['static', 'ospf', 'bgp'] as const) {
      expect(sorted(found(collected, `${protocol}_routes`)), `${device.name} ${protocol}`).toEqual(
        sorted(routesOf(device, protocol)),
      );
    }
    const ports = (collected.kinds.interfaces?.records ?? []).filter(({ name }) => !['lo', 'br0'].includes(name));
    expect(sorted(ports.map(({ name, mac, addresses }) => ({ name, mac, ip: addresses[0] ?? null })))).toEqual(
      sorted(device.interfaces.map(({ name, mac, ip }) => ({ name, mac, ip }))),
    );
    return collected;
  };

  test.each(devices.filter(({ platform }) => platform === 'frr').map((device) => [device.name, device] as const))(
    '%s, at the vtysh prompt',
    async (_name, device) => {
      const collected = await check(device, 'frr');
      const blackholes = (collected.kinds.static_routes?.records ?? [])
        .filter(({ blackhole }) => blackhole)
        .map(({ network }) => network);
      const expected = device.routes.filter(
        ({ protocol, next_hops }) => protocol === 'static' && next_hops[0]?.blackhole === true,
      );
      expect(blackholes.sort()).toEqual(expected.map(({ prefix }) => prefix).sort());
      expect(collected.kinds.lldp_neighbors?.outcome).toBe('unsupported');
      expect((collected.kinds.bgp_routes?.records ?? []).every(({ origin }) => origin === 'igp')).toBe(true);
    },
  );

  test.each(devices.map((device) => [device.name, device] as const))('%s, as Linux', async (_name, device) => {
    const collected = await check(device, 'linux');
    for (const kind of ['lldp_neighbors', 'cdp_neighbors'] as const) {
      const seen = (collected.kinds[kind]?.records ?? []).map((one) => ({
        local_interface: one.local_interface,
        device: one.neighbor_name,
        interface: one.neighbor_interface,
      }));
      expect(sorted(seen), kind).toEqual(
        sorted(
          device[kind].map(({ local_interface, device, interface: port }) => ({ local_interface, device, interface: port })),
        ),
      );
    }
    const dynamic = (collected.kinds.mac_table?.records ?? []).filter(({ type }) => type === 'dynamic');
    expect(sorted(dynamic.map(({ mac, interface: port, type }) => ({ mac, interface: port, type })))).toEqual(
      sorted(device.mac_table.map(({ mac, interface: port, type }) => ({ mac, interface: port, type }))),
    );
  });
});
