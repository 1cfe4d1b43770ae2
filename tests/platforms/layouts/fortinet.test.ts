import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../../devices/judge.ts';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { answerOf, platformOf, readerOf, ROUTE } from '../support/layout.ts';
import { openLibrary } from '../support/library.ts';

let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});
const read = readerOf('fortinet', () => library);

/** What the devices print and the simulator does not. */
describe('fortinet', () => {
  const TABLE = `Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP
       O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area
       V - BGP VPNv4
       * - candidate default

Routing table for VRF=0
S*      0.0.0.0/0 [10/0] via 198.51.100.1, wan1, [1/0]
                  [10/0] via 203.0.113.1, wan2, [10/0]
S       10.1.0.0/16 [10/0] via HUB-A tunnel 192.0.2.7, [1/0]
S       10.2.0.0/16 [5/0] is directly connected, ssl.root, [1/0]
S       10.3.0.0/16 [254/0] is a summary, Null, [1/0]
O*E2    10.4.0.0/16 [110/10] via 10.9.0.2, port3, 03w2d20h, [1/0]
O IA    10.5.0.0/16 [110/20] via 10.9.0.2, port3, 22:00:53, [1/0]
O       10.6.0.0/16 [110/2] via 10.9.0.2, port3, 3d13h31m, [1/0]
B       10.7.0.0/16 [200/0] via 10.9.1.1 (recursive via 10.9.0.2, port3), 00:02:28, [1/0]
B       10.8.0.0/16 [20/0] via 10.9.1.5 (recursive is directly connected, port4), 00:02:28, [1/0]
B       10.9.8.0/24 [200/0] via 10.9.1.9 tag 1 (recursive via HUB-A tunnel 192.0.2.7), 00:02:28, [1/0]
C       10.9.0.0/30 is directly connected, port3

Routing table for VRF=12
S       10.20.0.0/16 [10/0] via 10.21.0.1, vlan20, [1/0]
`;

  test.each(['get router info routing-table all', 'sudo root get router info routing-table all'])('%s', (command) => {
    const fixed = { ...ROUTE, distance: 10, metric: 0, blackhole: false };
    expect(read('static_routes', command, TABLE)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        { ...fixed, network: '0.0.0.0/0', next_hop: '198.51.100.1', interface: 'wan1' },
        { ...fixed, network: '0.0.0.0/0', next_hop: '203.0.113.1', interface: 'wan2' },
        { ...fixed, network: '10.1.0.0/16', next_hop: '192.0.2.7', interface: 'HUB-A' },
        { ...fixed, network: '10.2.0.0/16', next_hop: null, interface: 'ssl.root', distance: 5 },
        { ...fixed, network: '10.3.0.0/16', next_hop: null, interface: 'Null', distance: 254, blackhole: true },
        { ...fixed, network: '10.20.0.0/16', next_hop: '10.21.0.1', interface: 'vlan20', vrf: '12' },
      ],
    });
    const ospf = { ...ROUTE, next_hop: '10.9.0.2', interface: 'port3', distance: 110, area: null };
    expect(read('ospf_routes', command, TABLE).records).toEqual([
      { ...ospf, network: '10.4.0.0/16', metric: 10, route_type: 'external-2' },
      { ...ospf, network: '10.5.0.0/16', metric: 20, route_type: 'inter' },
      { ...ospf, network: '10.6.0.0/16', metric: 2, route_type: 'intra' },
    ]);
    const bgp = { ...ROUTE, metric: 0, as_path: null, local_pref: null, origin: null };
    expect(read('bgp_routes', command, TABLE).records).toEqual([
      { ...bgp, network: '10.7.0.0/16', next_hop: '10.9.1.1', interface: 'port3', distance: 200 },
      { ...bgp, network: '10.8.0.0/16', next_hop: '10.9.1.5', interface: 'port4', distance: 20 },
      { ...bgp, network: '10.9.8.0/24', next_hop: '10.9.1.9', interface: 'HUB-A', distance: 200 },
    ]);
  });

  test('an unknown line of the table is a parse failure', () => {
    const text = `${TABLE}X       10.30.0.0/16 somewhere else\n`;
    expect(read('static_routes', 'get router info routing-table all', text).outcome).toBe('parse_failed');
  });

  test('outside of the VDOMs, what belongs to one of them is asked for there', () => {
    const platform = platformOf('fortinet');
    const refused = answerOf('get system arp', '\nUnknown action 0\nCommand fail. Return code -1\n');
    expect(judge(platform, refused).is).toBe('unknown');
    const commands = (['static_routes', 'arp', 'interfaces'] as const).map((kind) => {
      const source = platform.kinds[kind];
      return 'ask' in source ? source.ask.map(({ command }) => command) : [];
    });
    expect(commands).toEqual([
      ['get router info routing-table all', 'sudo root get router info routing-table all'],
      ['get system arp', 'sudo root get system arp'],
      ['get system interface', 'sudo global get system interface'],
    ]);
  });

  test('interfaces: keys of other releases, and the link of those that are ports', () => {
    const text = `== [ port1 ]
name: port1   mode: dhcp    management-ip: 192.0.2.99 255.255.255.0   ip: 192.0.2.5 255.255.255.0   status: up    netbios-forward: disable    type: physical   new-key: enable    
== [ modem ]
name: modem   mode: pppoe    ip: 0.0.0.0 0.0.0.0   netbios-forward: disable    type: physical   src-check: enable    
== [ vlan20 ]
name: vlan20   mode: static    ip: 198.51.100.1 255.255.255.128   status: down    type: vlan   
`;
    const physical = `== [onboard]
\t==[port1]
\t\tmode: dhcp
\t\tip: 192.0.2.5 255.255.255.0
\t\tipv6: ::/0
\t\tstatus: down
\t\tspeed: n/a
\t\tFEC: none
\t==[modem]
\t\tmode: pppoe
\t\tstatus: up
\t\tspeed: 100Mbps (Duplex: full)
`;
    const one = { description: null, mac: null, mtu: null, vrf: null };
    expect(read('interfaces', 'get system interface', text, physical).records).toEqual([
      { ...one, name: 'port1', admin_status: 'up', oper_status: 'down', addresses: ['192.0.2.5/24'], speed: null },
      { ...one, name: 'modem', admin_status: null, oper_status: 'up', addresses: [], speed: 1e8 },
      { ...one, name: 'vlan20', admin_status: 'down', oper_status: null, addresses: ['198.51.100.1/25'], speed: null },
    ]);
  });

  test('LLDP: descriptions of several lines, neighbours without a name', () => {
    const text = `1 port: 6
1 port.txt: lan1
1 mac: 78:48:59:00:01:02
1 chassis.type.txt: interface-mac
1 chassis.data: 78:48:59:00:01:02
1 port.id.type.txt: interface-name
1 port.id.data: GigabitEthernet1/0/5
1 port.desc.data: to the firewall
1 system.name.data: core switch
1 system.desc.data: Some Switch
Software Version 5
Contact: nobody
1 system.caps.available.txt: bridge router
1 system.caps.enabled.txt: bridge router
1 address.count: 2
1 address.1.addr: 192.0.2.10
1 address.2.addr: 2001:db8::10
1 vlan.protocol.1.flag.txt:

2 port: 7
2 port.txt: lan2
2 chassis.data: 78:48:59:00:01:03
2 port.id.data: 78:48:59:00:01:04
`;
    expect(read('lldp_neighbors', 'diagnose lldprx neighbor details', text).records).toEqual([
      {
        local_interface: 'lan1',
        neighbor_name: 'core switch',
        neighbor_interface: 'GigabitEthernet1/0/5',
        neighbor_address: '192.0.2.10',
        platform: null,
        capabilities: ['bridge', 'router'],
        chassis_id: '78:48:59:00:01:02',
      },
      {
        local_interface: 'lan2',
        neighbor_name: null,
        neighbor_interface: '78:48:59:00:01:04',
        neighbor_address: null,
        platform: null,
        capabilities: [],
        chassis_id: '78:48:59:00:01:03',
      },
    ]);
  });
});
