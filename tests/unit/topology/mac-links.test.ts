import { describe, expect, it } from 'vitest';
import { device, graphOf, picture } from './network.ts';

const ROUTER = '00:11:22:00:00:01';
const FIREWALL = '00:11:22:00:00:02';
const HOST = 'f0:de:f1:00:00:01';

const router = (name = 'router', mac = ROUTER) => device(name, { interfaces: [{ name: 'GigabitEthernet0/0', mac }] });
const learned = (mac: string, port: string | null, type = 'dynamic') => ({ mac, interface: port, type });

describe('links from MAC tables', () => {
  it('are proposed where exactly one managed device is learned on a port without neighbours', () => {
    const graph = graphOf(router(), device('sw', { mac_table: [learned(ROUTER, 'Gi1/0/7'), learned(HOST, 'Gi1/0/7')] }));
    expect(picture(graph)).toEqual(['router:GigabitEthernet0/0 - sw:Gi1/0/7 [mac]']);
    expect(graph.links[0]).toMatchObject({ kind: 'physical', confirmed: false, evidence: [{ kind: 'mac', device_id: 'id-sw' }] });
  });

  it('are not proposed where two managed devices are learned on the port', () => {
    const table = [learned(ROUTER, 'Gi1/0/7'), learned(FIREWALL, 'Gi1/0/7')];
    expect(graphOf(router(), router('firewall', FIREWALL), device('sw', { mac_table: table })).links).toEqual([]);
  });

  it('are not proposed on a port that has a neighbour, also an unmanaged one', () => {
    const lldp_neighbors = [{ local_interface: 'Gi1/0/7', neighbor_name: 'other-switch' }];
    const graph = graphOf(router(), device('sw', { lldp_neighbors, mac_table: [learned(ROUTER, 'Gi1/0/7')] }));
    expect(picture(graph)).toEqual(['other-switch:? - sw:Gi1/0/7 [lldp]']);
  });

  it('are found at the edge while trunks learn the same address', () => {
    const wire = (local_interface: string, neighbor_name: string, neighbor_interface: string) => [
      { local_interface, neighbor_name, neighbor_interface },
    ];
    const graph = graphOf(
      router(),
      device('sw1', { lldp_neighbors: wire('Gi1/0/1', 'sw2', 'Gi1/0/2'), mac_table: [learned(ROUTER, 'Gi1/0/1')] }),
      device('sw2', { lldp_neighbors: wire('Gi1/0/2', 'sw1', 'Gi1/0/1'), mac_table: [learned(ROUTER, 'Gi1/0/7')] }),
    );
    expect(picture(graph)).toEqual(['router:GigabitEthernet0/0 - sw2:Gi1/0/7 [mac]', 'sw1:Gi1/0/1 = sw2:Gi1/0/2 [lldp]']);
  });

  it('are not proposed where two edges have learned the address', () => {
    const sw = (name: string) => device(name, { mac_table: [learned(ROUTER, 'Gi1/0/7')] });
    expect(graphOf(router(), sw('sw1'), sw('sw2')).links).toEqual([]);
  });

  it('are not proposed on a bundle whose members may be the trunk', () => {
    const lldp_neighbors = [{ local_interface: 'Gi1/0/1', neighbor_name: 'sw2' }];
    const trunk = graphOf(router(), device('sw', { lldp_neighbors, mac_table: [learned(ROUTER, 'Po1')] }), device('sw2'));
    expect(picture(trunk)).toEqual(['sw2:? - sw:Gi1/0/1 [lldp]']);
    const alone = graphOf(router(), device('sw', { mac_table: [learned(ROUTER, 'Po1')] }));
    expect(picture(alone)).toEqual(['router:GigabitEthernet0/0 - sw:Po1 [mac]']);
  });

  it.each(['00:00:0c:07:ac:01', '00:00:0c:9f:f1:23', '00:00:5e:00:01:0a', '00:00:5e:00:02:0a', '00:07:b4:00:0a:01'])(
    'are not proposed from the virtual router address %s',
    (mac) => {
      expect(graphOf(router('router', mac), device('sw', { mac_table: [learned(mac, 'Gi1/0/7')] })).links).toEqual([]);
    },
  );

  it.each(['CPU', 'Vlan10', 'nve1', null])('are not proposed on %s, which is no port', (port) => {
    expect(graphOf(router(), device('sw', { mac_table: [learned(ROUTER, port)] })).links).toEqual([]);
  });

  it('are not read from what the switch says of itself', () => {
    expect(graphOf(router(), device('sw', { mac_table: [learned(ROUTER, 'Gi1/0/7', 'self')] })).links).toEqual([]);
  });

  it('are not proposed to a port that has a link already', () => {
    const graph = graphOf(
      device('router', {
        interfaces: [{ name: 'GigabitEthernet0/0', mac: ROUTER }],
        lldp_neighbors: [{ local_interface: 'Gi0/0', neighbor_name: 'media-converter' }],
      }),
      device('sw', { mac_table: [learned(ROUTER, 'Gi1/0/7')] }),
    );
    expect(picture(graph)).toEqual(['media-converter:? - router:GigabitEthernet0/0 [lldp]']);
  });

  it('support the link that the port has, and do not confirm it', () => {
    const graph = graphOf(
      router(),
      device('sw', {
        lldp_neighbors: [{ local_interface: 'Gi1/0/7', neighbor_name: 'router', neighbor_interface: 'Gi0/0' }],
        mac_table: [learned(ROUTER, 'GigabitEthernet1/0/7')],
      }),
    );
    expect(picture(graph)).toEqual(['router:GigabitEthernet0/0 - sw:Gi1/0/7 [lldp,mac]']);
  });

  it('put the two ports of two switches together that learn each other', () => {
    const sw = (name: string, own: string, other: string, port: string) =>
      device(name, { interfaces: [{ name: 'Vlan1', mac: own }], mac_table: [learned(other, port)] });
    const graph = graphOf(sw('sw1', ROUTER, FIREWALL, 'Gi0/1'), sw('sw2', FIREWALL, ROUTER, 'Gi0/2'));
    expect(picture(graph)).toEqual(['sw1:Gi0/1 - sw2:Gi0/2 [mac]']);
    expect(graph.links[0]?.evidence).toHaveLength(2);
  });
});
