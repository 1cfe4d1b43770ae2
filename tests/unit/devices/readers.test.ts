import { describe, expect, test } from 'vitest';
import { junosMacs, junosRoutes } from '../../../devices/json/junos.ts';
import { toRecords } from '../../../devices/records/index.ts';
import { routerosRoutes } from '../../../devices/text/routeros.ts';

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
