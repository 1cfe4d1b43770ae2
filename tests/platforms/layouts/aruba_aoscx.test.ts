import { beforeAll, describe, expect, test } from 'vitest';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { readerOf, ROUTE } from '../support/layout.ts';
import { openLibrary } from '../support/library.ts';

let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});
const read = readerOf('aruba_aoscx', () => library);

/** What the devices print and the simulator does not. */
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
    const fixed = { ...ROUTE, distance: 1, metric: 0 };
    expect(read('static_routes', command, text)).toEqual({
      outcome: 'ok',
      error: null,
      records: [
        { ...fixed, network: '0.0.0.0/0', next_hop: '198.51.100.1', blackhole: false },
        { ...fixed, network: '10.2.0.0/16', next_hop: null, vrf: 'guests', blackhole: true },
      ],
    });
    expect(read('ospf_routes', command, text).records).toMatchObject([
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
    const { records } = read('lldp_neighbors', 'show lldp neighbor-info detail', text);
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
