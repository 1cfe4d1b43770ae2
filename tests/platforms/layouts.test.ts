import { beforeAll, describe, expect, test } from 'vitest';
import type { Kind } from '../../core/facts.ts';
import { judge } from '../../devices/judge.ts';
import { outputParser } from '../../devices/parse.ts';
import type { Parsed } from '../../devices/parse.ts';
import { findPlatform } from '../../devices/platforms/index.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { openLibrary } from './support/library.ts';

/** What the devices print and the simulator does not: other releases, several VRFs, tunnels, ports that hear nobody. */
let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});

function platformOf(name: string) {
  const platform = findPlatform(name);
  if (platform === null) throw new Error(`no platform ${name}`);
  return platform;
}

/** Reads `text` as the answer to the command of `kind` that begins with `command`. */
function read<K extends Kind>(name: string, kind: K, command: string, text: string, joined?: string): Parsed<K> {
  const source = platformOf(name).kinds[kind];
  if ('unsupported' in source) throw new Error(`${name} has no ${kind}`);
  const ask = source.ask.find((one) => one.command === command);
  if (ask === undefined) throw new Error(`${name} does not ask "${command}"`);
  const join = source.join === undefined || joined === undefined ? null : { join: source.join, text: joined };
  return outputParser(library).parse(kind, { ask, text }, join);
}

const answer = (command: string, text: string) => ({
  command,
  text,
  bytes: text.length,
  truncated: false,
  exitCode: null,
  stderr: '',
});
const route = { interface: null, distance: null, metric: null, vrf: null, selected: true };

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
    expect(read('paloalto_panos', 'static_routes', command, TABLE)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        { ...route, network: '0.0.0.0/0', next_hop: '198.51.100.1', interface: 'ethernet1/1', metric: 10, blackhole: false },
        { ...route, network: '10.20.0.0/16', next_hop: null, metric: 10, blackhole: true },
        {
          ...route,
          network: '10.30.0.0/16',
          next_hop: null,
          interface: 'tunnel.30',
          metric: 20,
          selected: false,
          blackhole: false,
        },
      ],
    });
    const equal = { ...route, network: '10.40.0.0/16', metric: 30, route_type: 'intra', area: null };
    expect(read('paloalto_panos', 'ospf_routes', command, TABLE).records).toEqual([
      { ...equal, next_hop: '198.51.100.9', interface: 'ae1.255' },
      { ...equal, next_hop: '198.51.100.13', interface: 'ae2.255' },
    ]);
    const bgp = { ...route, vrf: 'VR Guests', as_path: null, local_pref: null, origin: null };
    expect(read('paloalto_panos', 'bgp_routes', command, TABLE).records).toEqual([
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
    expect(read('paloalto_panos', 'static_routes', command, text).records).toEqual([
      {
        ...route,
        network: '0.0.0.0/0',
        next_hop: '198.51.100.1',
        interface: 'ethernet1/1',
        distance: 10,
        metric: 10,
        blackhole: false,
      },
    ]);
    expect(read('paloalto_panos', 'ospf_routes', command, text).records).toMatchObject([
      { network: '10.20.0.0/16', interface: 'ethernet1/2', distance: 110, metric: 20, route_type: 'inter' },
    ]);
    expect(read('paloalto_panos', 'bgp_routes', command, text).records).toMatchObject([
      { network: '10.30.0.0/16', next_hop: '203.0.113.5', distance: 20 },
    ]);
  });

  test('an engine without a router is not an empty table', () => {
    const platform = platformOf('paloalto_panos');
    expect(judge(platform, answer('show routing route', '\ntotal routes shown: 0\n')).is).toBe('unknown');
    expect(judge(platform, answer('show routing route', TABLE.slice(0, 700))).is).toBe('output');
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
    expect(read('paloalto_panos', 'interfaces', 'show interface all', text)).toEqual({
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
    expect(read('paloalto_panos', 'interfaces', 'show interface all', 'something else\n').outcome).toBe('parse_failed');
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
    expect(read('paloalto_panos', 'lldp_neighbors', command, text)).toEqual({
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
    expect(read('paloalto_panos', 'lldp_neighbors', command, silent).outcome).toBe('empty');
  });
});

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
    const fixed = { ...route, distance: 10, metric: 0, blackhole: false };
    expect(read('fortinet', 'static_routes', command, TABLE)).toEqual({
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
    const ospf = { ...route, next_hop: '10.9.0.2', interface: 'port3', distance: 110, area: null };
    expect(read('fortinet', 'ospf_routes', command, TABLE).records).toEqual([
      { ...ospf, network: '10.4.0.0/16', metric: 10, route_type: 'external-2' },
      { ...ospf, network: '10.5.0.0/16', metric: 20, route_type: 'inter' },
      { ...ospf, network: '10.6.0.0/16', metric: 2, route_type: 'intra' },
    ]);
    const bgp = { ...route, metric: 0, as_path: null, local_pref: null, origin: null };
    expect(read('fortinet', 'bgp_routes', command, TABLE).records).toEqual([
      { ...bgp, network: '10.7.0.0/16', next_hop: '10.9.1.1', interface: 'port3', distance: 200 },
      { ...bgp, network: '10.8.0.0/16', next_hop: '10.9.1.5', interface: 'port4', distance: 20 },
      { ...bgp, network: '10.9.8.0/24', next_hop: '10.9.1.9', interface: 'HUB-A', distance: 200 },
    ]);
  });

  test('an unknown line of the table is a parse failure', () => {
    const text = `${TABLE}X       10.30.0.0/16 somewhere else\n`;
    expect(read('fortinet', 'static_routes', 'get router info routing-table all', text).outcome).toBe('parse_failed');
  });

  test('outside of the VDOMs, what belongs to one of them is asked for there', () => {
    const platform = platformOf('fortinet');
    const refused = answer('get system arp', '\nUnknown action 0\nCommand fail. Return code -1\n');
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
    expect(read('fortinet', 'interfaces', 'get system interface', text, physical).records).toEqual([
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
    expect(read('fortinet', 'lldp_neighbors', 'diagnose lldprx neighbor details', text).records).toEqual([
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

describe('huawei_vrp', () => {
  test('routes: VPN instances, NSSA, inactive ones', () => {
    const block = (network: string, protocol: string, state: string, hop: string, port: string): string =>
      `Destination: ${network}
     Protocol: ${protocol}            Process ID: 1
   Preference: 150                       Cost: 3
      NextHop: ${hop}         Neighbour: 0.0.0.0
        State: ${state}               Age: 01h08m39s
          Tag: 1                     Priority: low
        Label: NULL                   QoSInfo: 0x0
   IndirectID: 0x0
 RelayNextHop: 0.0.0.0              Interface: ${port}
     TunnelID: 0x0                      Flags:  D

`;
    const table = (name: string, blocks: string): string => `Routing Table : ${name}
         Destinations : 2        Routes : 2

${blocks}`;
    const text = `Route Flags: R - relay, D - download to fib
------------------------------------------------------------------------------
${table('blue', block('10.9.0.0/16', 'O_NSSA', 'Active Adv Relied', '10.0.1.1', 'Vlanif9'))}
${table('Public', block('10.1.0.0/16', 'O_NSSA', 'Active Adv', '10.0.0.1', '40GE1/0/1') + block('10.2.0.0/16', 'O_ASE', 'Inactive Adv', '10.0.0.5', 'Vlanif5'))}`;
    const one = { ...route, distance: 150, metric: 3, route_type: null, area: null };
    expect(read('huawei_vrp', 'ospf_routes', 'display ip routing-table verbose', text)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        { ...one, network: '10.9.0.0/16', next_hop: '10.0.1.1', interface: 'Vlanif9', vrf: 'blue' },
        { ...one, network: '10.1.0.0/16', next_hop: '10.0.0.1', interface: '40GE1/0/1' },
        { ...one, network: '10.2.0.0/16', next_hop: '10.0.0.5', interface: 'Vlanif5', selected: false },
      ],
    });
  });

  test('LLDP: two neighbours of one port, ports of any name, ports without', () => {
    const neighbor = (index: number, name: string): string => `Neighbor index                     :${index}
Chassis type                       :MAC Address
Chassis ID                         :7848-5900-010${index}
Port ID subtype                    :Interface Name
Port ID                            :Eth ${index}
Port description                   :--
System name                        :${name}
System description                 :Some Platform
Software of it
System capabilities supported      :bridge router wlanAccessPoint
System capabilities enabled        :bridge wlanAccessPoint
Management address type            :IPv4
Management address value           :192.0.2.${index}
Expired time                       :104s

`;
    const text = `MEth0/0/1 has 1 neighbor(s):

${neighbor(1, 'console server')}
Ten-GE1/0/1 has 0 neighbor(s)

GigabitEthernet0/0/2 has 2 neighbor(s):

${neighbor(2, 'ap2')}${neighbor(3, 'ap3')}`;
    const one = (local: string, index: number, name: string) => ({
      local_interface: local,
      neighbor_name: name,
      neighbor_interface: `Eth ${index}`,
      neighbor_address: `192.0.2.${index}`,
      platform: null,
      capabilities: ['bridge', 'wlan'],
      chassis_id: `78:48:59:00:01:0${index}`,
    });
    expect(read('huawei_vrp', 'lldp_neighbors', 'display lldp neighbor', text).records).toEqual([
      one('MEth0/0/1', 1, 'console server'),
      one('GigabitEthernet0/0/2', 2, 'ap2'),
      one('GigabitEthernet0/0/2', 3, 'ap3'),
    ]);
    const silent = read('huawei_vrp', 'lldp_neighbors', 'display lldp neighbor', 'Ten-GE1/0/1 has 0 neighbor(s)\n');
    expect(silent.outcome).toBe('empty');
  });
});

describe('aruba_aoscx', () => {
  test('routes: VRFs, equal paths, discarded ones', () => {
    const text = `
Displaying ipv4 routes selected for forwarding

'[x/y]' denotes [distance/metric]

0.0.0.0/0, vrf default
\tvia  198.51.100.1,  [1/0],  static
10.1.0.0/16, vrf default
\tvia  10.0.0.1,  [110/200],  ospf
\tvia  10.0.0.5,  [110/200],  ospf
10.2.0.0/16, vrf guests
\tvia  blackhole,  [1/0],  static
10.3.0.0/24, vrf guests
\tvia  vlan30,  [0/0],  connected

`;
    const command = 'show ip route all-vrfs';
    const fixed = { ...route, distance: 1, metric: 0 };
    expect(read('aruba_aoscx', 'static_routes', command, text)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        { ...fixed, network: '0.0.0.0/0', next_hop: '198.51.100.1', blackhole: false },
        { ...fixed, network: '10.2.0.0/16', next_hop: null, vrf: 'guests', blackhole: true },
      ],
    });
    expect(read('aruba_aoscx', 'ospf_routes', command, text).records).toMatchObject([
      { network: '10.1.0.0/16', next_hop: '10.0.0.1', distance: 110, metric: 200 },
      { network: '10.1.0.0/16', next_hop: '10.0.0.5', distance: 110, metric: 200 },
    ]);
  });

  test('LLDP: blanks in names and ports, two neighbours of one port, no rule below the last', () => {
    const neighbor = (port: string, index: number): string => `Port                           : ${port}
Neighbor Entries               : 1
Neighbor Chassis-Name          : ap ${index}
Neighbor Chassis-Description   : Some AP
Neighbor Chassis-ID            : 78:48:59:00:01:0${index}
Neighbor Management-Address    : 192.0.2.${index}
Chassis Capabilities Available : Bridge, WLAN
Chassis Capabilities Enabled   : WLAN
Neighbor Port-ID               : eth ${index}
Neighbor Port-Desc             : bond 0
Neighbor Port VLAN ID          : 
TTL                            : 120

`;
    const text = `
LLDP Neighbor Information 
=========================

Total Neighbor Entries          : 3

${neighbor('1/1/1', 1)}${neighbor('1/1/2', 2)}${neighbor('1/1/2', 3)}`;
    const { records } = read('aruba_aoscx', 'lldp_neighbors', 'show lldp neighbor-info detail', text);
    expect(records).toEqual(
      [1, 2, 3].map((index) => ({
        local_interface: index === 1 ? '1/1/1' : '1/1/2',
        neighbor_name: `ap ${index}`,
        neighbor_interface: `eth ${index}`,
        neighbor_address: `192.0.2.${index}`,
        platform: null,
        capabilities: ['wlan'],
        chassis_id: `78:48:59:00:01:0${index}`,
      })),
    );
  });
});
