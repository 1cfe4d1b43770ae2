import { describe, expect, it } from 'vitest';
import { device, graphOf, picture, strangers } from './network.ts';

describe('what several tables say together', () => {
  it('recognises a neighbour with a foreign name by the table of the other end, if the ports agree', () => {
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'hostname-of-b', neighbor_interface: 'Gi0/9' }],
      }),
      device('b', { lldp_neighbors: [{ local_interface: 'Gi0/9', neighbor_name: 'a', neighbor_interface: 'Gi0/1' }] }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 = b:Gi0/9 [lldp]']);
    expect(strangers(graph)).toEqual([]);
  });

  it('does not, if the ports disagree', () => {
    const graph = graphOf(
      device('a', { lldp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'phone', neighbor_interface: 'Port 1' }] }),
      device('b', { lldp_neighbors: [{ local_interface: 'Gi0/9', neighbor_name: 'a', neighbor_interface: 'Gi0/1' }] }),
    );
    expect(graph.metadata).toMatchObject({ unmanaged: 1, physical_links: 2 });
  });

  it('decides between candidates by the table of the other end', () => {
    const graph = graphOf(
      device('core', { lldp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'sw1', neighbor_interface: 'Gi0/9' }] }),
      device('sw1.a.com', { lldp_neighbors: [{ local_interface: 'Gi0/9', neighbor_name: 'core', neighbor_interface: 'Gi0/1' }] }),
      device('sw1.b.com'),
    );
    expect(picture(graph)).toEqual(['core:Gi0/1 = sw1.a.com:Gi0/9 [lldp]']);
  });

  it('knows a chassis id again that told its name elsewhere', () => {
    const chassis_id = '00:11:22:33:44:55';
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [{ local_interface: 'Gi0/1', chassis_id, neighbor_name: 'b', neighbor_interface: 'Gi0/1' }],
      }),
      device('b'),
      device('c', { lldp_neighbors: [{ local_interface: 'Gi0/1', chassis_id, neighbor_interface: 'Gi0/2' }] }),
      device('d', {
        lldp_neighbors: [{ local_interface: 'Gi0/1', chassis_id, neighbor_name: 'clone', neighbor_interface: 'Gi0/2' }],
      }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 - b:Gi0/1 [lldp]', 'b:Gi0/2 - c:Gi0/1 [lldp]', 'clone:Gi0/2 - d:Gi0/1 [lldp]']);
  });
});

describe('neighbours that are no managed device', () => {
  const sees = (name: string, ...rows: object[]) =>
    device(name, { lldp_neighbors: rows.map((row, index) => ({ local_interface: `Gi0/${index + 1}`, ...row })) });

  it('are one node where they share the chassis id, whatever they are called', () => {
    const graph = graphOf(
      sees('a', { chassis_id: '00:aa:00:aa:00:aa', neighbor_name: 'old' }),
      sees('b', { chassis_id: '00AA.00AA.00AA', neighbor_name: 'new-name' }),
    );
    expect(strangers(graph)).toHaveLength(1);
  });

  it('are one node where they share an address, also with different chassis ids of one name (NX-OS sends the MAC of the port)', () => {
    const graph = graphOf(
      sees('a', { chassis_id: '00:aa:00:aa:00:01', neighbor_address: '10.0.0.9', neighbor_name: 'n9k' }),
      sees('b', { chassis_id: '00:aa:00:aa:00:02', neighbor_address: '10.0.0.9', neighbor_name: 'n9k.example.com' }),
      sees('c', { neighbor_address: '10.0.0.9' }),
    );
    expect(strangers(graph)).toHaveLength(1);
    expect(strangers(graph)[0]?.name).toBe('n9k.example.com');
  });

  it('stay apart where different names share a factory default address', () => {
    const graph = graphOf(
      sees(
        'a',
        { chassis_id: '00:aa:00:aa:00:01', neighbor_address: '192.168.1.1', neighbor_name: 'attic' },
        { chassis_id: '00:aa:00:aa:00:02', neighbor_address: '192.168.1.1', neighbor_name: 'cellar' },
      ),
    );
    expect(strangers(graph)).toHaveLength(2);
  });

  it('stay apart where all they share is a chassis id or address that is nobody’s', () => {
    const shared = { chassis_id: '0000.0000.0000', neighbor_address: '0.0.0.0' };
    const graph = graphOf(
      sees(
        'a',
        { ...shared, neighbor_name: 'x' },
        { ...shared, neighbor_name: 'y' },
        { ...shared, neighbor_address: 'fe80::1', neighbor_name: 'z' },
      ),
    );
    expect(strangers(graph).map(({ name, addresses }) => ({ name, addresses }))).toEqual(
      expect.arrayContaining(['x', 'y', 'z'].map((name) => ({ name, addresses: [] }))),
    );
    expect(strangers(graph)).toHaveLength(3);
  });

  it('are one node where they share the name and nothing contradicts, CDP addresses of two links included', () => {
    const graph = graphOf(
      device('a', { cdp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'isp', neighbor_address: '198.51.100.1' }] }),
      device('b', {
        cdp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'isp.example.net', neighbor_address: '198.51.100.5' }],
      }),
    );
    expect(strangers(graph)).toHaveLength(1);
    expect(strangers(graph)[0]?.addresses).toEqual(['198.51.100.1', '198.51.100.5']);
  });

  it('stay apart where many devices have one name and chassis ids of their own', () => {
    const graph = graphOf(
      sees(
        'a',
        { chassis_id: '00:aa:00:aa:00:01', neighbor_name: 'snom320' },
        { chassis_id: '00:aa:00:aa:00:02', neighbor_name: 'snom320' },
      ),
    );
    expect(strangers(graph)).toHaveLength(2);
    expect(new Set(graph.nodes.map((node) => node.id)).size).toBe(3);
  });

  it('are one node where LLDP and CDP see them on the same port', () => {
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [{ local_interface: 'Gi0/1', chassis_id: '00:aa:00:aa:00:01', neighbor_interface: 'Gi0/7' }],
        cdp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'x', neighbor_interface: 'GigabitEthernet0/7' }],
      }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 - x:GigabitEthernet0/7 [lldp,cdp]']);
  });

  it('keep their id when another switch sees them too or the order of the rows changes', () => {
    const row = { chassis_id: '00:aa:00:aa:00:01', neighbor_name: 'ap' };
    const one = graphOf(sees('a', row));
    const two = graphOf(sees('b', { chassis_id: '00:bb:00:00:00:01' }, row), sees('a', row));
    const ids = new Set(strangers(two).map((node) => node.id));
    expect(ids.has(strangers(one)[0]?.id ?? '')).toBe(true);
  });
});
