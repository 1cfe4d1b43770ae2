import { describe, expect, test } from 'vitest';
import { frrBgp, frrInterfaces, frrOspf, frrRoutes } from '../../../devices/json/frr.ts';
import { bridgeMacs, kernelInterfaces, kernelRoutes, lldpdCdp, lldpdLldp } from '../../../devices/json/linux.ts';
import { toRecords } from '../../../devices/records/index.ts';

describe('FRR', () => {
  const hop = { ip: '10.1.0.2', interfaceName: 'eth1', active: true };
  const route = (nexthops: unknown[], more: object = {}) => ({
    prefix: '172.16.2.0/24',
    protocol: 'bgp',
    distance: 200,
    metric: 0,
    vrfName: 'default',
    selected: true,
    nexthops,
    ...more,
  });
  const write = (table: object): string => JSON.stringify(table, null, 2);

  test.each([
    [
      'marked',
      [
        { ip: '10.0.0.2', recursive: true },
        { ...hop, resolver: true },
      ],
    ],
    ['listed behind it', [{ ip: '10.0.0.2', recursive: true }, hop]],
  ])('a recursive next hop is one row; what it resolves to is %s', (_name, hops) => {
    const rows = toRecords('bgp_routes', frrRoutes(write({ '172.16.2.0/24': [route(hops)] })));
    expect(rows).toMatchObject([{ network: '172.16.2.0/24', next_hop: '10.0.0.2', interface: null, vrf: null, selected: true }]);
  });

  test('what it does not use, discarded prefixes, its own networks', () => {
    const rows = frrRoutes(
      write({
        '10.0.0.0/8': [
          route([{ blackhole: true, unreachable: true }], { prefix: '10.0.0.0/8', protocol: 'static' }),
          route([{ directlyConnected: true, interfaceName: 'lo' }], {
            prefix: '10.0.0.0/8',
            protocol: 'ospf',
            selected: undefined,
          }),
        ],
      }),
    );
    expect(toRecords('static_routes', rows)).toMatchObject([
      { next_hop: null, interface: null, blackhole: true, selected: true },
      { next_hop: null, interface: 'lo', blackhole: false, selected: false },
    ]);
  });

  test('several VRFs: one object after the other, and one with a member for each', () => {
    const blue = { '10.0.0.0/8': [route([hop], { vrfName: 'BLUE' })] };
    const one = { '172.16.2.0/24': [route([hop])] };
    for (const text of [`${write(one)}\n${write(blue)}\n`, write({ default: one, BLUE: blue })]) {
      expect(frrRoutes(text).map(({ vrf }) => vrf)).toEqual(['default', 'BLUE']);
    }
  });

  test('OSPF types and BGP attributes by network', () => {
    const ospf = { '10.0.0.0/8': { routeType: 'N IA', area: '0.0.0.1' }, '10.0.0.2': { routeType: 'R ', area: '0.0.0.0' } };
    expect(frrOspf(write(ospf))).toEqual([{ network: '10.0.0.0/8', area: '0.0.0.1', route_type: 'inter' }]);
    const bgp = {
      routes: { '10.0.0.0/8': [{ path: '65002 65003', locPrf: 100, origin: 'IGP', nexthops: [{ ip: '10.1.0.2' }] }] },
    };
    expect(toRecords('bgp_routes', frrBgp(write(bgp)))).toMatchObject([
      { as_path: '65002 65003', local_pref: 100, origin: 'igp', next_hop: '10.1.0.2' },
    ]);
  });

  test('an unknown speed is unknown', () => {
    const itf = {
      administrativeStatus: 'up',
      operationalStatus: 'down',
      mtu: 1500,
      speed: 4294967295,
      hardwareAddress: '02:00:5e:00:00:01',
      ipAddresses: [{ address: '10.1.0.1/30' }],
    };
    expect(toRecords('interfaces', frrInterfaces(write({ eth1: itf })))).toMatchObject([
      { name: 'eth1', oper_status: 'down', speed: null, addresses: ['10.1.0.1/30'] },
    ]);
  });

  test('something else is an error, not an empty table', () => {
    expect(() => frrRoutes('% something went wrong')).toThrow(SyntaxError);
    expect(() => frrRoutes('[]')).toThrow(SyntaxError);
  });
});

describe('Linux', () => {
  test('routes set by hand, by a DHCP client, by a daemon, and by the kernel itself', () => {
    const rows = kernelRoutes(
      JSON.stringify([
        { dst: 'default', gateway: '192.0.2.1', dev: 'eth0', protocol: 'dhcp', metric: 100 },
        { dst: '10.0.0.0/8', gateway: '192.0.2.2', dev: 'eth0' },
        { dst: '10.9.9.9', via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth0', protocol: 'static' },
        { type: 'blackhole', dst: '198.51.100.0/24', protocol: 'static' },
        {
          dst: '203.0.113.0/24',
          protocol: 'bgp',
          nexthops: [
            { gateway: '192.0.2.3', dev: 'eth0' },
            { gateway: '192.0.2.4', dev: 'eth1' },
          ],
        },
        { dst: '192.0.2.0/24', dev: 'eth0', protocol: 'kernel', scope: 'link' },
      ]),
    );
    expect(rows.map(({ protocol }) => protocol)).toEqual(['static', 'static', 'static', 'static', 'bgp', 'bgp', 'kernel']);
    expect(toRecords('static_routes', rows.slice(0, 4))).toMatchObject([
      { network: '0.0.0.0/0', next_hop: '192.0.2.1', metric: 100 },
      { network: '10.0.0.0/8', next_hop: '192.0.2.2', distance: 1, metric: 0 },
      { network: '10.9.9.9/32', next_hop: 'fe80::1' },
      { network: '198.51.100.0/24', next_hop: null, blackhole: true },
    ]);
  });

  test('a MAC table has what belongs to a bridge', () => {
    const rows = bridgeMacs(
      JSON.stringify([
        { mac: '33:33:00:00:00:01', ifname: 'eth0', flags: ['self'], state: 'permanent' },
        { mac: '02:00:5e:00:00:01', ifname: 'eth1', flags: [], master: 'br0', state: '' },
        { mac: '02:00:5e:00:00:02', ifname: 'eth1', flags: [], master: 'br0', state: 'permanent', vlan: 10 },
      ]),
    );
    expect(toRecords('mac_table', rows)).toEqual([
      { mac: '02:00:5e:00:00:01', vlan: null, interface: 'eth1', type: 'dynamic' },
      { mac: '02:00:5e:00:00:02', vlan: 10, interface: 'eth1', type: 'self' },
    ]);
  });

  test('interfaces: loopback, VRF members, what is down', () => {
    const rows = kernelInterfaces(
      JSON.stringify([
        {
          ifname: 'lo',
          flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
          operstate: 'UNKNOWN',
          link_type: 'loopback',
          address: '00:00:00:00:00:00',
          mtu: 65536,
          addr_info: [{ local: '127.0.0.1', prefixlen: 8 }],
        },
        {
          ifname: 'eth1',
          ifalias: 'to r2',
          flags: ['NO-CARRIER', 'UP'],
          operstate: 'DOWN',
          link_type: 'ether',
          address: '02:00:5e:00:00:01',
          mtu: 1500,
          master: 'BLUE',
          linkinfo: { info_slave_kind: 'vrf' },
          addr_info: [],
        },
      ]),
    );
    expect(toRecords('interfaces', rows)).toMatchObject([
      { name: 'lo', admin_status: 'up', oper_status: 'up', mac: null, addresses: ['127.0.0.1/8'] },
      { name: 'eth1', description: 'to r2', admin_status: 'up', oper_status: 'down', vrf: 'BLUE' },
    ]);
  });

  test('lldpd lists LLDP and CDP neighbours together', () => {
    const neighbour = (via: string, id: object, descr: string) => ({
      name: 'eth1',
      via,
      chassis: [
        {
          id: [id],
          name: [{ value: 'r2' }],
          descr: [{ value: descr }],
          'mgmt-ip': [{ value: '192.0.2.2' }],
          capability: [
            { type: 'Router', enabled: true },
            { type: 'Wlan', enabled: false },
          ],
        },
      ],
      port: [{ id: [{ type: 'mac', value: '02:00:5e:00:00:09' }], descr: [{ value: 'eth7' }] }],
    });
    const text = JSON.stringify({
      lldp: [
        {
          interface: [
            neighbour('LLDP', { type: 'mac', value: '02:00:5e:00:00:01' }, 'Linux'),
            neighbour('CDPv2', { type: 'local', value: 'r2' }, 'FRR running on\nLinux r2'),
          ],
        },
      ],
    });
    expect(toRecords('lldp_neighbors', lldpdLldp(text))).toEqual([
      {
        local_interface: 'eth1',
        neighbor_name: 'r2',
        neighbor_interface: 'eth7',
        neighbor_address: '192.0.2.2',
        platform: null,
        capabilities: ['router'],
        chassis_id: '02:00:5e:00:00:01',
      },
    ]);
    expect(toRecords('cdp_neighbors', lldpdCdp(text))).toMatchObject([{ neighbor_name: 'r2', platform: 'Linux r2' }]);
    expect(lldpdLldp('{"lldp": [{}]}')).toEqual([]);
  });
});
