import { describe, expect, test } from 'vitest';
import { frrBgp, frrInterfaces, frrOspf, frrRoutes } from '../../../devices/json/frr.ts';
import { junosMacs, junosRoutes } from '../../../devices/json/junos.ts';
import { bridgeMacs, kernelInterfaces, kernelRoutes, lldpdCdp, lldpdLldp } from '../../../devices/json/linux.ts';
import { toRecords } from '../../../devices/records/index.ts';
import { routerosRoutes } from '../../../devices/text/routeros.ts';

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

describe('Junos', () => {
  const cell = (data: unknown) => [{ data }];
  const information = (tables: unknown[]) => ({ 'route-information': [{ 'route-table': tables }] });
  const table = (name: string, destination: string) => ({
    'table-name': cell(name),
    rt: [
      {
        'rt-destination': cell(destination),
        'rt-entry': [
          { preference: cell('5'), 'current-active': cell([null]), nh: [{ to: cell('192.0.2.1'), via: cell('ge-0/0/0.0') }] },
        ],
      },
    ],
  });

  test('the tables of VRFs by name, others left out; the wrapping of several engines taken off', () => {
    const tables = [
      table('inet.0', '10.0.0.0/8'),
      table('BLUE.inet.0', '10.1.0.0/16'),
      table('mpls.0', '299776'),
      { 'table-name': cell('inet6.0') },
    ];
    const plain = information(tables);
    const wrapped = {
      'multi-routing-engine-results': [{ 'multi-routing-engine-item': [{ 're-name': cell('fpc0'), ...plain }] }],
    };
    for (const document of [plain, wrapped]) {
      expect(toRecords('static_routes', junosRoutes(`${JSON.stringify(document)}\n`))).toMatchObject([
        { network: '10.0.0.0/8', vrf: null, next_hop: '192.0.2.1', interface: 'ge-0/0/0.0', distance: 5, selected: true },
        { network: '10.1.0.0/16', vrf: 'BLUE' },
      ]);
    }
    expect(() => junosRoutes('{"software-information": []}')).toThrow('there is no route-information');
  });

  test('MAC tables of both kinds of switches', () => {
    const els = {
      'l2ng-l2ald-rtb-macdb': [
        {
          'l2ng-l2ald-mac-entry-vlan': [
            {
              'l2ng-l2-vlan-id': cell('20'),
              'l2ng-mac-entry': [
                {
                  'l2ng-l2-mac-vlan-name': cell('servers'),
                  'l2ng-l2-mac-address': cell('02:00:5e:00:00:01'),
                  'l2ng-l2-mac-flags': cell('D'),
                  'l2ng-l2-mac-logical-interface': cell('ge-0/0/1.0'),
                },
              ],
            },
          ],
        },
      ],
    };
    const old = {
      'ethernet-switching-table-information': [
        {
          'ethernet-switching-table': [
            {
              'mac-table-entry': [
                { 'mac-vlan': cell('vlan20'), 'mac-address': cell('*') },
                {
                  'mac-vlan': cell('vlan20'),
                  'mac-address': cell('02:00:5e:00:00:01'),
                  'mac-type': cell('Learn'),
                  'mac-interfaces-list': [{ 'mac-interfaces': cell('ge-0/0/1.0') }],
                },
              ],
            },
          ],
        },
      ],
    };
    for (const document of [els, old]) {
      expect(toRecords('mac_table', junosMacs(JSON.stringify(document)))).toEqual([
        { mac: '02:00:5e:00:00:01', vlan: 20, interface: 'ge-0/0/1.0', type: 'dynamic' },
      ]);
    }
  });
});

describe('RouterOS', () => {
  test('version 6 and version 7 say the same', () => {
    const six = `Flags: X - disabled, A - active, D - dynamic, C - connect, S - static, b - bgp, o - ospf, B - blackhole
 0 A S  ;;; to the internet = uplink
        dst-address=0.0.0.0/0 gateway=192.0.2.1,192.0.2.5 gateway-status=192.0.2.1 reachable via  ether1,192.0.2.5 reachable via  ether2 distance=1 scope=30

 1 ADb  dst-address=10.1.0.0/16 gateway=10.0.0.9 gateway-status=10.0.0.9 recursive via 192.0.2.1 ether1 distance=20 bgp-as-path="65001,65002" bgp-local-pref=100 bgp-origin=igp

 2 A SB dst-address=10.9.0.0/16 type=blackhole distance=1 scope=30
 3 X S  dst-address=10.8.0.0/16 gateway=192.0.2.1 distance=1
 4   S  dst-address=10.7.0.0/16 gateway=192.0.2.77 gateway-status=192.0.2.77 unreachable distance=1
`;
    const seven = `Flags: D - dynamic; X - disabled, I - inactive, A - active; c - connect, s - static, b - bgp; + - ecmp
 0  As   ;;; to the internet
         dst-address=0.0.0.0/0 routing-table=main gateway=192.0.2.1,192.0.2.5 immediate-gw=192.0.2.1%ether1,192.0.2.5%ether2 distance=1

   DAb   dst-address=10.1.0.0/16 routing-table=main gateway=10.0.0.9 immediate-gw=192.0.2.1%ether1 distance=20

 1  As   dst-address=10.9.0.0/16 routing-table=main blackhole distance=1
`;
    const shared = [
      {
        network: '0.0.0.0/0',
        next_hop: '192.0.2.1',
        interface: 'ether1',
        distance: 1,
        vrf: null,
        selected: true,
        blackhole: false,
      },
      { network: '0.0.0.0/0', next_hop: '192.0.2.5', interface: 'ether2' },
      { network: '10.1.0.0/16', next_hop: '10.0.0.9', interface: 'ether1', distance: 20 },
      { network: '10.9.0.0/16', next_hop: null, interface: null, blackhole: true },
    ];
    expect(toRecords('static_routes', routerosRoutes(six))).toMatchObject([
      ...shared,
      { network: '10.7.0.0/16', next_hop: '192.0.2.77', selected: false },
    ]);
    expect(toRecords('static_routes', routerosRoutes(seven))).toMatchObject(shared);
    expect(
      toRecords(
        'bgp_routes',
        routerosRoutes(six).filter(({ protocol }) => protocol === 'bgp'),
      ),
    ).toMatchObject([{ as_path: '65001 65002', local_pref: 100, origin: 'igp' }]);
  });

  test('a text without records is an error', () => {
    expect(() => routerosRoutes('something else entirely')).toThrow(SyntaxError);
    expect(routerosRoutes('')).toEqual([]);
  });
});
