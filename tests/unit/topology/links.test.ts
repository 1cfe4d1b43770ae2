import { describe, expect, it } from 'vitest';
import { AT, device, graphOf, picture, strangers } from './network.ts';

const lldp = (local_interface: string, neighbor_name: string, neighbor_interface: string | null = null) => ({
  local_interface,
  neighbor_name,
  neighbor_interface,
});

describe('links', () => {
  it('are one for each wire: both ends, both protocols, one link with all evidence', () => {
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [lldp('Gi0/1', 'b', 'Gi0/2')],
        cdp_neighbors: [lldp('GigabitEthernet0/1', 'b', 'GigabitEthernet0/2')],
      }),
      device('b', {
        lldp_neighbors: [lldp('Gi0/2', 'a', 'Gi0/1')],
        cdp_neighbors: [lldp('GigabitEthernet0/2', 'a.example.com', 'Gi 0/1')],
      }),
    );
    expect(graph.links).toEqual([
      {
        id: expect.stringMatching(/^link:[0-9a-f]{16}$/),
        a: { node: 'id-a', interface: 'GigabitEthernet0/1' },
        b: { node: 'id-b', interface: 'GigabitEthernet0/2' },
        kind: 'physical',
        evidence: [
          { kind: 'lldp', device_id: 'id-a', collected_at: AT },
          { kind: 'lldp', device_id: 'id-b', collected_at: AT },
          { kind: 'cdp', device_id: 'id-a', collected_at: AT },
          { kind: 'cdp', device_id: 'id-b', collected_at: AT },
        ],
        confirmed: true,
      },
    ]);
    expect(graph.metadata).toEqual({
      devices: 2,
      unmanaged: 0,
      ambiguous: 0,
      physical_links: 1,
      layer3_links: 0,
      confirmed_links: 1,
      oldest_evidence_at: AT,
      newest_evidence_at: AT,
    });
  });

  it('are not confirmed by two protocols of one end', () => {
    const rows = [lldp('Gi0/1', 'b', 'Gi0/2')];
    expect(picture(graphOf(device('a', { lldp_neighbors: rows, cdp_neighbors: rows }), device('b')))).toEqual([
      'a:Gi0/1 - b:Gi0/2 [lldp,cdp]',
    ]);
  });

  it('have no interface where nobody tells it', () => {
    expect(picture(graphOf(device('a', { cdp_neighbors: [lldp('Gi0/1', 'b')] }), device('b')))).toEqual(['a:Gi0/1 - b:? [cdp]']);
  });

  it('join a report without port to the one link that explains it', () => {
    const graph = graphOf(
      device('a', { lldp_neighbors: [lldp('Gi0/1', 'b')], cdp_neighbors: [lldp('Gi0/1', 'b', 'Gi0/2')] }),
      device('b', { lldp_neighbors: [lldp('', 'a', 'Gi0/1')] }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 = b:Gi0/2 [lldp,cdp]']);
  });

  it('are put together from two halves, each of which tells only its own port', () => {
    const graph = graphOf(
      device('a', { lldp_neighbors: [lldp('Gi0/1', 'b')] }),
      device('b', { lldp_neighbors: [lldp('Gi0/2', 'a')] }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 = b:Gi0/2 [lldp]']);
  });

  it('are not put together from halves that could be parallel links', () => {
    const graph = graphOf(
      device('a', { lldp_neighbors: [lldp('Gi0/1', 'b'), lldp('Gi0/3', 'b')] }),
      device('b', { lldp_neighbors: [lldp('Gi0/2', 'a'), lldp('Gi0/4', 'a')] }),
    );
    expect(picture(graph)).toEqual([
      'a:? - b:Gi0/2 [lldp]',
      'a:? - b:Gi0/4 [lldp]',
      'a:Gi0/1 - b:? [lldp]',
      'a:Gi0/3 - b:? [lldp]',
    ]);
  });

  it('use the own name of a port that the neighbour calls something unknown', () => {
    const graph = graphOf(
      device('a', { lldp_neighbors: [lldp('Gi0/1', 'b', '106')] }),
      device('b', { lldp_neighbors: [lldp('2/10', 'a', 'Gi0/1')] }, { platform: 'hp_procurve' }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 = b:2/10 [lldp]']);
  });

  it('join what LLDP and CDP say of one port with two spellings', () => {
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [lldp('Gi0/1', 'ap', '00:11:22:33:44:55')],
        cdp_neighbors: [lldp('Gi0/1', 'ap', 'GigabitEthernet0')],
      }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 - ap:GigabitEthernet0 [lldp,cdp]']);
  });

  it('go to every neighbour on a port that has several', () => {
    const graph = graphOf(device('a', { lldp_neighbors: [lldp('Gi0/1', 'phone', 'Port 1'), lldp('Gi0/1', 'pc', 'eth0')] }));
    expect(picture(graph)).toEqual(['a:Gi0/1 - pc:eth0 [lldp]', 'a:Gi0/1 - phone:Port 1 [lldp]']);
  });

  it('are in no order that depends on the device that is asked first', () => {
    const a = device('a', { lldp_neighbors: [lldp('Gi0/1', 'b', 'Gi0/2'), lldp('Gi0/3', 'x')] });
    const b = device('b', { lldp_neighbors: [lldp('Gi0/2', 'a', 'Gi0/1')] });
    expect(graphOf(b, a)).toEqual(graphOf(a, b));
  });
});

describe('a device without neighbours', () => {
  it('is a node without links', () => {
    const graph = graphOf(device('a', { lldp_neighbors: [] }, { host: '10.0.0.1', site: 'fra', platform: 'cisco_ios' }));
    expect(graph.links).toEqual([]);
    expect(graph.nodes).toEqual([
      {
        id: 'id-a',
        name: 'a',
        device_id: 'id-a',
        kind: 'device',
        platform: 'cisco_ios',
        site: 'fra',
        addresses: ['10.0.0.1'],
        reason: null,
      },
    ]);
  });

  it('has the address it is reached at first, then its interface addresses in numeric order', () => {
    const interfaces = [
      { name: 'Vlan1', addresses: ['10.0.0.10/24', '2001:db8::1/64'] },
      { name: 'Vlan2', addresses: ['10.0.0.9/24', '192.0.2.1/24'] },
    ];
    const graph = graphOf(device('a', { interfaces }, { host: '192.0.2.1' }));
    expect(graph.nodes[0]?.addresses).toEqual(['192.0.2.1', '10.0.0.9', '10.0.0.10', '2001:db8::1']);
  });

  it('is not linked to itself by its own tables', () => {
    const graph = graphOf(
      device('a', {
        interfaces: [{ name: 'Vlan1', mac: '00:11:22:33:44:55' }],
        mac_table: [{ mac: '00:11:22:33:44:55', interface: 'Gi0/1' }],
      }),
    );
    expect(graph.links).toEqual([]);
    expect(strangers(graph)).toEqual([]);
  });
});
