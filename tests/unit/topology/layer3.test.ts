import { describe, expect, it } from 'vitest';
import { device, graphOf, picture } from './network.ts';

const addressed = (name: string, address: string) => ({ name, addresses: [address] });
const wire = (local_interface: string, neighbor_name: string, neighbor_interface: string) => ({
  local_interface,
  neighbor_name,
  neighbor_interface,
});

/** Two routers on 10.0.0.0/30; `a` routes through `b`. */
function pair(facts: object = {}, of: { a?: object; b?: object } = {}) {
  return [
    device('a', {
      interfaces: [addressed('GigabitEthernet0/0', '10.0.0.1/30')],
      ospf_routes: [{ next_hop: '10.0.0.2', interface: 'Gi0/0' }],
      ...facts,
      ...of.a,
    }),
    device('b', { interfaces: [addressed('GigabitEthernet0/1', '10.0.0.2/30')], ...of.b }),
  ] as const;
}

describe('layer 3', () => {
  it('supports the wire between the two interfaces and makes no link of its own', () => {
    const graph = graphOf(
      ...pair(
        { static_routes: [{ next_hop: '10.0.0.2' }], bgp_routes: [{ next_hop: '10.0.0.2', interface: 'GigabitEthernet0/0' }] },
        {
          a: { lldp_neighbors: [wire('Gi0/0', 'b', 'Gi0/1')] },
          b: { lldp_neighbors: [wire('Gi0/1', 'a', 'Gi0/0')] },
        },
      ),
    );
    expect(picture(graph)).toEqual(['a:GigabitEthernet0/0 = b:GigabitEthernet0/1 [lldp,ospf,bgp,static]']);
  });

  it('supports the wire of the port where the subinterface has the address', () => {
    const graph = graphOf(
      device('a', {
        interfaces: [{ name: 'GigabitEthernet0/0' }, addressed('GigabitEthernet0/0.100', '10.0.0.1/30')],
        ospf_routes: [{ next_hop: '10.0.0.2', interface: 'GigabitEthernet0/0.100' }],
        lldp_neighbors: [wire('Gi0/0', 'b', 'Gi0/1')],
      }),
      device('b', { interfaces: [{ name: 'GigabitEthernet0/1' }, addressed('GigabitEthernet0/1.100', '10.0.0.2/30')] }),
    );
    expect(picture(graph)).toEqual(['a:GigabitEthernet0/0 - b:GigabitEthernet0/1 [lldp,ospf]']);
  });

  it('is a link of its own where the interfaces have no wire, confirmed by routes of both', () => {
    expect(picture(graphOf(...pair()))).toEqual(['a:GigabitEthernet0/0 ~ b:GigabitEthernet0/1 [ospf]']);
    expect(graphOf(...pair()).links[0]?.confirmed).toBe(false);
    const both = graphOf(...pair({}, { b: { static_routes: [{ next_hop: '10.0.0.1', interface: 'GigabitEthernet0/1' }] } }));
    expect(picture(both)).toEqual(['a:GigabitEthernet0/0 ~ b:GigabitEthernet0/1 [ospf,static]']);
    expect(both.links[0]?.confirmed).toBe(true);
  });

  it('is no link where both interfaces have wires to something else (a switch in between)', () => {
    const graph = graphOf(
      ...pair(
        {},
        { a: { lldp_neighbors: [wire('Gi0/0', 'sw', 'Gi1/0/1')] }, b: { lldp_neighbors: [wire('Gi0/1', 'sw', 'Gi1/0/2')] } },
      ),
      device('sw'),
    );
    expect(picture(graph)).toEqual(['a:GigabitEthernet0/0 - sw:Gi1/0/1 [lldp]', 'b:GigabitEthernet0/1 - sw:Gi1/0/2 [lldp]']);
  });

  it('is a link where only one of them has a wire', () => {
    const graph = graphOf(...pair({}, { a: { lldp_neighbors: [wire('Gi0/0', 'sw', 'Gi1/0/1')] } }), device('sw'));
    expect(picture(graph)).toEqual([
      'a:GigabitEthernet0/0 - sw:Gi1/0/1 [lldp]',
      'a:GigabitEthernet0/0 ~ b:GigabitEthernet0/1 [ospf]',
    ]);
  });

  it('invents nothing between VLAN interfaces or bundles of devices that have wires', () => {
    for (const name of ['Vlan10', 'Port-channel1']) {
      const graph = graphOf(
        device('a', {
          interfaces: [addressed(name, '10.0.0.1/24')],
          static_routes: [{ next_hop: '10.0.0.2' }],
          lldp_neighbors: [wire('Gi0/0', 'sw', 'Gi1/0/1')],
        }),
        device('b', { interfaces: [addressed(name, '10.0.0.2/24')], lldp_neighbors: [wire('Gi0/1', 'sw', 'Gi1/0/2')] }),
        device('sw'),
      );
      expect(graph.metadata).toMatchObject({ physical_links: 2, layer3_links: 0 });
    }
  });

  it('shows the tunnel between two devices, which no wire carries', () => {
    const graph = graphOf(
      device('a', {
        interfaces: [addressed('Tunnel0', '10.0.0.1/30')],
        ospf_routes: [{ next_hop: '10.0.0.2', interface: 'Tunnel0' }],
        lldp_neighbors: [wire('Gi0/0', 'b', 'Gi0/1')],
      }),
      device('b', { interfaces: [addressed('Tunnel0', '10.0.0.2/30')], lldp_neighbors: [wire('Gi0/1', 'a', 'Gi0/0')] }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/0 = b:Gi0/1 [lldp]', 'a:Tunnel0 ~ b:Tunnel0 [ospf]']);
  });

  it.each([
    ['is more hops away (iBGP to a loopback)', { bgp_routes: [{ next_hop: '192.0.2.9' }] }, ['192.0.2.9/32']],
    [
      'is outside the subnet of the interface that the route names',
      { ospf_routes: [{ next_hop: '10.0.1.2', interface: 'Gi0/0' }] },
      ['10.0.1.2/30'],
    ],
    ['is nobody we know', { static_routes: [{ next_hop: '10.0.0.3' }] }, ['10.0.9.2/30']],
    ['is on two devices', { static_routes: [{ next_hop: '10.0.0.3' }] }, ['10.0.0.3/24'], ['10.0.0.3/24']],
    ['is its own', { static_routes: [{ next_hop: '10.0.0.1' }] }, ['10.0.0.2/30']],
    ['is no address', { static_routes: [{ next_hop: 'Null0' }, { next_hop: null }] }, ['10.0.0.2/30']],
  ])('says nothing about links where the next hop %s', (_, routes, addresses, others: string[] = []) => {
    const graph = graphOf(
      device('a', { interfaces: [addressed('GigabitEthernet0/0', '10.0.0.1/24')], ...routes }),
      device('b', { interfaces: [{ name: 'Loopback0', addresses }] }),
      device('c', { interfaces: [{ name: 'Loopback0', addresses: others }] }),
    );
    expect(graph.links).toEqual([]);
  });

  it('does not support a wire that goes to another port of the same device', () => {
    const graph = graphOf(
      device('a', {
        interfaces: [addressed('GigabitEthernet0/0', '10.0.0.1/30')],
        ospf_routes: [{ next_hop: '10.0.0.2', interface: 'Gi0/0' }],
        lldp_neighbors: [wire('Gi0/0', 'b', 'Gi0/9')],
      }),
      device('b', { interfaces: [{ name: 'GigabitEthernet0/9' }, addressed('GigabitEthernet0/1', '10.0.0.2/30')] }),
    );
    expect(picture(graph)).toEqual([
      'a:GigabitEthernet0/0 - b:GigabitEthernet0/9 [lldp]',
      'a:GigabitEthernet0/0 ~ b:GigabitEthernet0/1 [ospf]',
    ]);
  });

  it('supports the wire whose far port nobody has told', () => {
    const graph = graphOf(...pair({}, { a: { cdp_neighbors: [{ local_interface: 'Gi0/0', neighbor_name: 'b' }] } }));
    expect(picture(graph)).toEqual(['a:GigabitEthernet0/0 - b:? [cdp,ospf]']);
  });

  it('says nothing by a link-local next hop', () => {
    const graph = graphOf(
      device('a', { interfaces: [addressed('eth0', 'fe80::1/64')], ospf_routes: [{ next_hop: 'fe80::2', interface: 'eth0' }] }),
      device('b', { interfaces: [addressed('eth1', 'fe80::2/64')] }),
    );
    expect(graph.links).toEqual([]);
  });

  it('works with IPv6', () => {
    const graph = graphOf(
      device(
        'a',
        { interfaces: [addressed('eth0', '2001:db8::1/64')], bgp_routes: [{ next_hop: '2001:0DB8::2' }] },
        { platform: 'frr' },
      ),
      device('b', { interfaces: [addressed('eth1', '2001:db8:0:0:0::2/64')] }, { platform: 'frr' }),
    );
    expect(picture(graph)).toEqual(['a:eth0 ~ b:eth1 [bgp]']);
  });
});
