import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import type { Collected } from '../../core/collection.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { NoLab, raiseLab } from '../support/lab.ts';
import type { Lab, LabDevice } from '../support/lab.ts';
import { collect, sorted } from './support/collect.ts';
import { openLibrary } from './support/library.ts';

type RouteKind = 'static_routes' | 'ospf_routes' | 'bgp_routes';

/** Real FRR routers, Linux switches and hosts. Raised by this test: one that somebody else works with is not touched. */
describe('the lab', () => {
  let library: TemplateLibrary;
  let lab: Lab | null = null;
  let missing = 'NOT RUN';

  beforeAll(async () => {
    library = await openLibrary();
    try {
      lab = await raiseLab({ routers: 6, seed: 1 });
    } catch (error) {
      if (!(error instanceof NoLab)) throw error;
      missing = `NOT RUN: ${error.message}`;
    }
  }, 900_000);
  afterAll(() => lab?.down());

  const needsLab = (context: TestContext): Lab => lab ?? context.skip(missing);

  function routesOf(device: LabDevice, kind: RouteKind): unknown[] {
    return device.routes
      .filter(({ protocol }) => `${protocol}_routes` === kind)
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
  }

  function found(collected: Collected, kind: RouteKind): unknown[] {
    return (collected.kinds[kind]?.records ?? []).map(
      ({ network, next_hop, interface: port, distance, metric, vrf, selected }) => ({
        network,
        next_hop,
        interface: port,
        distance,
        metric,
        vrf,
        selected,
      }),
    );
  }

  async function check(device: LabDevice, platform: 'frr' | 'linux', password: string): Promise<Collected> {
    const username = platform === 'frr' ? 'lab' : 'linux';
    const target = { name: device.name, host: device.mgmt_ip, port: 22, platform, credential: { username, password } };
    const collected = await collect(library, target);
    expect(collected.failure).toBeNull();
    for (const kind of ['static_routes', 'ospf_routes', 'bgp_routes'] as const) {
      expect(sorted(found(collected, kind)), `${device.name} ${kind}`).toEqual(sorted(routesOf(device, kind)));
    }
    const ports = (collected.kinds.interfaces?.records ?? []).filter(({ name }) => !['lo', 'br0'].includes(name));
    expect(sorted(ports.map(({ name, mac, addresses }) => ({ name, mac, ip: addresses[0] ?? null })))).toEqual(
      sorted(device.interfaces.map(({ name, mac, ip }) => ({ name, mac, ip }))),
    );
    return collected;
  }

  test('every router, at the vtysh prompt', async (context) => {
    const { truth, password } = needsLab(context);
    const routers = truth.devices.filter(({ role }) => role === 'router');
    expect(routers).toHaveLength(6);
    for (const device of routers) {
      const collected = await check(device, 'frr', password);
      const discarded = (collected.kinds.static_routes?.records ?? []).filter(({ blackhole }) => blackhole);
      const expected = device.routes.filter(
        ({ protocol, next_hops }) => protocol === 'static' && next_hops[0]?.blackhole === true,
      );
      expect(discarded.map(({ network }) => network).sort()).toEqual(expected.map(({ prefix }) => prefix).sort());
      expect(collected.kinds.lldp_neighbors?.outcome).toBe('unsupported');
      expect((collected.kinds.bgp_routes?.records ?? []).every(({ origin }) => origin === 'igp')).toBe(true);
    }
  });

  test('every router, switch and host, as Linux', async (context) => {
    const { truth, password } = needsLab(context);
    for (const device of truth.devices) {
      const collected = await check(device, 'linux', password);
      for (const kind of ['lldp_neighbors', 'cdp_neighbors'] as const) {
        const seen = (collected.kinds[kind]?.records ?? []).map((one) => ({
          local_interface: one.local_interface,
          device: one.neighbor_name,
          interface: one.neighbor_interface,
        }));
        expect(sorted(seen), `${device.name} ${kind}`).toEqual(sorted(device[kind]));
      }
      const dynamic = (collected.kinds.mac_table?.records ?? []).filter(({ type }) => type === 'dynamic');
      expect(sorted(dynamic.map(({ mac, interface: port, type }) => ({ mac, interface: port, type })))).toEqual(
        sorted(device.mac_table),
      );
    }
  });
});
