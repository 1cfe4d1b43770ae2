import { beforeAll, describe, expect, test } from 'vitest';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { readerOf, ROUTE } from '../support/layout.ts';
import { openLibrary } from '../support/library.ts';

let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});
const read = readerOf('huawei_vrp', () => library);

/** What the devices print and the simulator does not. */
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
    const one = { ...ROUTE, distance: 150, metric: 3, route_type: null, area: null };
    expect(read('ospf_routes', 'display ip routing-table verbose', text)).toEqual({
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
    expect(read('lldp_neighbors', 'display lldp neighbor', text).records).toEqual([
      one('MEth0/0/1', 1, 'console server'),
      one('GigabitEthernet0/0/2', 2, 'ap2'),
      one('GigabitEthernet0/0/2', 3, 'ap3'),
    ]);
    const silent = read('lldp_neighbors', 'display lldp neighbor', 'Ten-GE1/0/1 has 0 neighbor(s)\n');
    expect(silent.outcome).toBe('empty');
  });
});
