import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../../devices/judge.ts';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { answerOf, platformOf, readerOf, ROUTE } from '../support/layout.ts';
import { openLibrary } from '../support/library.ts';

let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});
const read = readerOf('paloalto_panos', () => library);

/** What the devices print and the simulator does not. */
describe('paloalto_panos', () => {
  const TABLE = `
flags: A:active, ?:loose, C:connect, H:host, S:static, ~:internal, R:rip, O:ospf, B:bgp, 
       Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext-type-1, O2:ospf ext-type-2, E:ecmp, M:multicast

VIRTUAL ROUTER: default (id 1)
  ==========
destination                                 nexthop                                 metric flags      age   interface          next-AS    
0.0.0.0/0                                   198.51.100.1                            10     A S              ethernet1/1                  
10.20.0.0/16                                discard                                 10     A S                                           
10.30.0.0/16                                0.0.0.0                                 20       S              tunnel.30                    
10.40.0.0/16                                198.51.100.9                            30     A Oi E   120734  ae1.255                      
10.40.0.0/16                                198.51.100.13                           30     A Oi E   120734  ae2.255                      
198.51.100.0/30                             198.51.100.2                            0      A C              ethernet1/1                  
198.51.100.2/32                             0.0.0.0                                 0      A H                                           

VIRTUAL ROUTER: VR Guests (id 4)
  ==========
destination                                 nexthop                                 metric flags      age   interface          next-AS    
10.50.0.0/16                                203.0.113.5                                    A?B        3509239                    65201   
10.60.0.0/16                                203.0.113.9                             0      ?B         1030201                    0       
total routes shown: 9
`;

  test('several virtual routers, equal paths, tunnels, inactive and discarded routes', () => {
    const command = 'show routing route';
    expect(read('static_routes', command, TABLE)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        { ...ROUTE, network: '0.0.0.0/0', next_hop: '198.51.100.1', interface: 'ethernet1/1', metric: 10, blackhole: false },
        { ...ROUTE, network: '10.20.0.0/16', next_hop: null, metric: 10, blackhole: true },
        {
          ...ROUTE,
          network: '10.30.0.0/16',
          next_hop: null,
          interface: 'tunnel.30',
          metric: 20,
          selected: false,
          blackhole: false,
        },
      ],
    });
    const equal = { ...ROUTE, network: '10.40.0.0/16', metric: 30, route_type: 'intra', area: null };
    expect(read('ospf_routes', command, TABLE).records).toEqual([
      { ...equal, next_hop: '198.51.100.9', interface: 'ae1.255' },
      { ...equal, next_hop: '198.51.100.13', interface: 'ae2.255' },
    ]);
    const bgp = { ...ROUTE, vrf: 'VR Guests', as_path: null, local_pref: null, origin: null };
    expect(read('bgp_routes', command, TABLE).records).toEqual([
      { ...bgp, network: '10.50.0.0/16', next_hop: '203.0.113.5' },
      { ...bgp, network: '10.60.0.0/16', next_hop: '203.0.113.9', metric: 0, selected: false },
    ]);
  });

  test('the advanced routing engine', () => {
    const text = `
Logical Router: default
==========================

flags: A:active, E:ecmp, R:recursive, Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext 1, O2:ospf ext 2

destination         protocol       nexthop             distance metric flag   tag   age       interface
0.0.0.0/0           static         198.51.100.1        10       10     A            01:51:16  ethernet1/1
10.20.0.0/16        ospf           198.51.100.9        110      20     A Oo         1d02h03m  ethernet1/2
10.30.0.0/16        bgp            203.0.113.5         20       0      A            00:02:13  ethernet1/3
198.51.100.0/30     connected                          0        0      A            01:51:16  ethernet1/1
198.51.100.2/32     local                              0        0      A            01:51:16  ethernet1/1
total route shown: 5
`;
    const command = 'show advanced-routing route';
    expect(read('static_routes', command, text).records).toEqual([
      {
        ...ROUTE,
        network: '0.0.0.0/0',
        next_hop: '198.51.100.1',
        interface: 'ethernet1/1',
        distance: 10,
        metric: 10,
        blackhole: false,
      },
    ]);
    expect(read('ospf_routes', command, text).records).toMatchObject([
      { network: '10.20.0.0/16', interface: 'ethernet1/2', distance: 110, metric: 20, route_type: 'inter' },
    ]);
    expect(read('bgp_routes', command, text).records).toMatchObject([
      { network: '10.30.0.0/16', next_hop: '203.0.113.5', distance: 20 },
    ]);
  });

  test('an engine without a router is not an empty table', () => {
    const platform = platformOf('paloalto_panos');
    expect(judge(platform, answerOf('show routing route', '\ntotal routes shown: 0\n')).is).toBe('unknown');
    expect(judge(platform, answerOf('show routing route', TABLE.slice(0, 700))).is).toBe('output');
  });

  test('interfaces: hardware and logical ones, aggregates, several addresses, routers', () => {
    const text = `
total configured hardware interfaces: 5

name                    id    speed/duplex/state/fec        mac address
--------------------------------------------------------------------------------
ethernet1/1             16    1000/full/up/auto             00:1b:17:00:01:10
ethernet1/2             17    ukn/ukn/down(autoneg)/ukn     00:1b:17:00:01:11
ethernet1/3             18    ukn/ukn/down(power-down)/ukn  00:1b:17:00:01:12
ae1                     48    [n/a]/[n/a]/up/[n/a]          00:1b:17:00:01:30
tunnel                  4     [n/a]/[n/a]/up/[n/a]          00:1b:17:00:01:04

aggregation groups: 1
ae1 members:
  ethernet1/2 ethernet1/3


total configured logical interfaces: 4

name                id    vsys zone             forwarding               tag    address
------------------- ----- ---- ---------------- ------------------------ ------ ------------------
ethernet1/1         16    1    Untrust          vr:default               0      192.0.2.1/28
                                                                                192.0.2.33/28
                                                                                2001:db8::1/64
ae1                 48    1                     N/A                      0      N/A
ae1.99              267   1    Guest            vr:VR Guests             99     192.0.2.113/28
tunnel              4     1                     N/A                      0      N/A
`;
    const one = { description: null, admin_status: null, mtu: null, vrf: null };
    expect(read('interfaces', 'show interface all', text)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        {
          ...one,
          name: 'ethernet1/1',
          oper_status: 'up',
          mac: '00:1b:17:00:01:10',
          addresses: ['192.0.2.1/28', '192.0.2.33/28', '2001:db8::1/64'],
          speed: 1e9,
        },
        { ...one, name: 'ethernet1/2', oper_status: 'down', mac: '00:1b:17:00:01:11', addresses: [], speed: null },
        {
          ...one,
          name: 'ethernet1/3',
          oper_status: 'down',
          mac: '00:1b:17:00:01:12',
          addresses: [],
          speed: null,
        },
        { ...one, name: 'ae1', oper_status: 'up', mac: '00:1b:17:00:01:30', addresses: [], speed: null },
        { ...one, name: 'tunnel', oper_status: 'up', mac: '00:1b:17:00:01:04', addresses: [], speed: null },
        {
          ...one,
          admin_status: null,
          name: 'ae1.99',
          oper_status: null,
          mac: null,
          addresses: ['192.0.2.113/28'],
          speed: null,
          vrf: 'VR Guests',
        },
      ],
    });
    expect(read('interfaces', 'show interface all', 'something else\n').outcome).toBe('parse_failed');
  });

  test('LLDP: ports that hear nobody, blanks in names, descriptions of several lines', () => {
    const text = `
Local information:
Index 28
Local interface: ethernet1/13
Local Port ID: 13
Neighbor information:

Local information:
Index 29
Local interface: ethernet1/14
Local Port ID: 14
Neighbor information:

Chassis type: MAC address
Chassis ID: 78:48:59:00:01:02
Port type: Locally assigned
Port ID: Slot 1 Port 4
Port description: "uplink: firewall"
TTL: 97
System name: core switch
System description: Some Platform Software, Release 7
Copyright: nobody
System capabilities:
Supported: B, R,
Enabled: B, R,
Management address type: ipv4
Management address: 192.0.2.10
Interface number: 18690
Interface type: Ifindex
oid:

Local information:
Index 30
Local interface: ethernet1/15
Local Port ID: 15
Neighbor information:
`;
    const command = 'show lldp neighbors all';
    expect(read('lldp_neighbors', command, text)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        {
          local_interface: 'ethernet1/14',
          neighbor_name: 'core switch',
          neighbor_interface: 'Slot 1 Port 4',
          neighbor_address: '192.0.2.10',
          platform: null,
          capabilities: ['bridge', 'router'],
          chassis_id: '78:48:59:00:01:02',
        },
      ],
    });
    const silent = text.split('\n').slice(0, 6).join('\n');
    expect(read('lldp_neighbors', command, silent).outcome).toBe('empty');
  });
});
