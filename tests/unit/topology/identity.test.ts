import { describe, expect, it } from 'vitest';
import { device, graphOf, picture, strangers } from './network.ts';

const GI1 = 'GigabitEthernet0/1';

/** `core` sees one neighbour; `others` are the managed devices it could be. */
function seen(neighbor: object, ...others: Parameters<typeof graphOf>) {
  const graph = graphOf(device('core', { lldp_neighbors: [{ local_interface: GI1, ...neighbor }] }), ...others);
  const [link] = graph.links;
  const node = graph.nodes.find(({ id }) => id === (link?.a.node === 'id-core' ? link.b.node : link?.a.node));
  return { graph, node };
}

const withMac = (name: string, mac: string, more: object = {}) => device(name, { interfaces: [{ name: GI1, mac, ...more }] });

describe('neighbour identity', () => {
  it('recognises a chassis id that is one of the interface MACs, in any notation of the interface row', () => {
    const { node } = seen({ chassis_id: '00:11:22:33:44:55' }, withMac('edge', '0011.2233.4455'));
    expect(node).toMatchObject({ kind: 'device', device_id: 'id-edge', reason: null });
  });

  it('does not recognise anybody by a MAC that two devices have', () => {
    const { node } = seen(
      { chassis_id: '02:42:ac:11:00:02' },
      withMac('a', '02:42:ac:11:00:02'),
      withMac('b', '02:42:ac:11:00:02'),
    );
    expect(node?.kind).toBe('ambiguous');
    expect(node?.reason).toContain('a (same chassis id)');
    expect(node?.reason).toContain('b (same chassis id)');
  });

  it.each([
    '00:00:0c:07:ac:0a',
    '00:00:0c:9f:f0:01',
    '00:05:73:a0:00:01',
    '00:00:5e:00:01:01',
    '00:00:5e:00:02:01',
    '00:07:b4:00:01:01',
    '01:00:5e:00:00:05',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
  ])('gives no identity to %s, which moves between devices or is nobody', (mac) => {
    const { node } = seen({ chassis_id: mac }, withMac('edge', mac));
    expect(node?.kind).toBe('unmanaged');
  });

  it.each(['edge(FDO12345678)', 'other-name(fdo12345678)', 'FDO12345678(edge)'])(
    'recognises the serial number in the CDP name %s',
    (name) => {
      const graph = graphOf(
        device('core', { cdp_neighbors: [{ local_interface: GI1, neighbor_name: name, neighbor_interface: 'Ethernet1/1' }] }),
        device('edge', {}, { serials: ['FDO12345678'] }),
      );
      expect(picture(graph)).toEqual(['core:GigabitEthernet0/1 - edge:Ethernet1/1 [cdp]']);
    },
  );

  it('calls a neighbour ambiguous where the serial number means another device than the name beside it, on either side', () => {
    for (const neighbor_name of ['other(FDO12345678)', 'FDO12345678(other)']) {
      const { node } = seen({ neighbor_name }, device('edge', {}, { serials: ['FDO12345678'] }), device('other'));
      expect(node?.reason).toContain('edge (same serial number), other (same name)');
    }
  });

  it('recognises the name of `host(SERIAL)` where the serial number is unknown', () => {
    const { node } = seen({ neighbor_name: 'edge.example.com(JAF9999)' }, device('edge'));
    expect(node?.device_id).toBe('id-edge');
  });

  it('recognises an interface address and the address a device is reached at', () => {
    const byInterface = seen(
      { neighbor_address: '10.0.0.2' },
      device('x', { interfaces: [{ name: 'Vlan1', addresses: ['10.0.0.2/24'] }] }),
    );
    expect(byInterface.node?.device_id).toBe('id-x');
    const byHost = seen({ neighbor_address: '10.0.0.3' }, device('y', {}, { host: '10.0.0.3' }));
    expect(byHost.node?.device_id).toBe('id-y');
    const v6 = seen(
      { neighbor_address: '2001:DB8:0:0::1' },
      device('z', { interfaces: [{ name: 'Vlan1', addresses: ['2001:db8::1/64'] }] }),
    );
    expect(v6.node?.device_id).toBe('id-z');
  });

  it('does not take the base URL of a device API, nor a loopback or link-local address, for an address of the device', () => {
    const { node } = seen(
      { neighbor_address: '127.0.0.1', neighbor_name: 'nobody' },
      device('a', {}, { host: '127.0.0.1' }),
      device('b', {}, { host: 'http://127.0.0.1:8080/api' }),
      device('c', { interfaces: [{ name: 'Vlan1', addresses: ['169.254.1.1/16', 'fe80::1/64'] }] }),
    );
    expect(node?.kind).toBe('unmanaged');
  });

  it('is not led astray by an address that several devices have when the name is unique', () => {
    const vip = { interfaces: [{ name: 'Vlan1', addresses: ['10.0.0.1/24'] }] };
    const { node } = seen({ neighbor_address: '10.0.0.1', neighbor_name: 'b' }, device('a', vip), device('b', vip), device('c'));
    expect(node?.device_id).toBe('id-b');
  });

  it('calls a neighbour ambiguous where chassis id and address mean different devices, and names both', () => {
    const { node, graph } = seen(
      { chassis_id: '00:11:22:33:44:55', neighbor_address: '10.0.0.2' },
      withMac('one', '00:11:22:33:44:55'),
      device('two', {}, { host: '10.0.0.2' }),
    );
    expect(node?.kind).toBe('ambiguous');
    expect(node?.reason).toContain('one (same chassis id)');
    expect(node?.reason).toContain('two (same management address)');
    expect(picture(graph)).toHaveLength(1);
  });

  it('calls a neighbour ambiguous where the name means another device than the chassis id', () => {
    const { node } = seen(
      { chassis_id: '00:11:22:33:44:55', neighbor_name: 'two' },
      withMac('one', '00:11:22:33:44:55'),
      device('two'),
    );
    expect(node?.kind).toBe('ambiguous');
  });

  it('keeps an unknown neighbour as a node with the reason', () => {
    const { node } = seen({
      chassis_id: 'AA-BB-CC-00-11-22',
      neighbor_name: 'ap-7',
      neighbor_address: '10.9.9.9',
      platform: 'AP 505',
    });
    expect(node).toMatchObject({
      kind: 'unmanaged',
      device_id: null,
      name: 'ap-7',
      platform: 'AP 505',
      addresses: ['10.9.9.9'],
      reason: 'No managed device has its chassis id aa:bb:cc:00:11:22, address 10.9.9.9, name ap-7',
    });
  });

  it('says so where a neighbour tells nothing of itself', () => {
    const { node } = seen({ neighbor_interface: 'eth0' });
    expect(node).toMatchObject({
      kind: 'unmanaged',
      name: 'unknown neighbour',
      reason: 'It tells neither chassis id, address nor name',
    });
  });

  it.each([
    ['SW1', 'sw1'],
    ['sw1.example.com', 'sw1'],
    ['sw1', 'SW1.example.com'],
    ['sw1.fra.example.com.', 'sw1.fra'],
  ])('matches the host name %s with the device %s', (sent, name) => {
    expect(seen({ neighbor_name: sent }, device(name), device('sw2')).node?.device_id).toBe(`id-${name}`);
  });

  it.each([
    ['sw1', 'sw10'],
    ['sw10', 'sw1'],
    ['sw1.a.com', 'sw1.b.com'],
    ['sw', 'sw1'],
    ['10.0.0.1', '10'],
  ])('does not match the host name %s with the device %s', (sent, name) => {
    expect(seen({ neighbor_name: sent }, device(name)).node?.kind).toBe('unmanaged');
  });

  it('calls a short name ambiguous that two full names shorten to, and takes an equal name first', () => {
    const { node } = seen({ neighbor_name: 'sw1' }, device('sw1.a.com'), device('sw1.b.com'));
    expect(node?.kind).toBe('ambiguous');
    expect(node?.reason).toContain('sw1.a.com (same name), sw1.b.com (same name)');
    expect(seen({ neighbor_name: 'sw1' }, device('sw1'), device('sw1.b.com')).node?.device_id).toBe('id-sw1');
    expect(seen({ neighbor_name: 'sw1.c.com' }, device('sw1'), device('sw1.b.com')).node?.kind).toBe('ambiguous');
  });

  it('does not take two neighbours with different domains for the same device', () => {
    const graph = graphOf(
      device('sw1'),
      device('core', {
        lldp_neighbors: [
          { local_interface: 'Gi0/1', neighbor_name: 'sw1.a.com' },
          { local_interface: 'Gi0/2', neighbor_name: 'sw1.b.com' },
        ],
      }),
    );
    expect(graph.metadata).toMatchObject({ ambiguous: 2, physical_links: 2 });
    expect(strangers(graph).every((node) => node.reason?.includes('sw1.a.com, sw1.b.com cannot all be that device'))).toBe(true);
  });

  it('keeps what rests on the address alone where it agrees with what more proves, and only that', () => {
    const address = '10.0.0.9';
    const graph = graphOf(
      device('inventory-name', { interfaces: [{ name: 'Vlan1', mac: '00:11:22:33:44:55', addresses: [`${address}/24`] }] }),
      device('a', {
        lldp_neighbors: [
          { local_interface: 'Gi0/1', neighbor_name: 'host', neighbor_address: address, chassis_id: '00:11:22:33:44:55' },
        ],
      }),
      device('b', {
        cdp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'host.example.com', neighbor_address: address }],
      }),
      device('c', { lldp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'camera', neighbor_address: address }] }),
    );
    expect(picture(graph)).toEqual(
      ['a:Gi0/1 - inventory-name:? [lldp]', 'b:Gi0/1 - inventory-name:? [cdp]', 'c:Gi0/1 - camera:? [lldp]'].sort(),
    );
    expect(strangers(graph).map(({ name, kind }) => `${name} ${kind}`)).toEqual(['camera ambiguous']);
  });

  it('does not link a device with itself because a neighbour has its name or address', () => {
    const graph = graphOf(
      device('Switch', {
        lldp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'Switch', chassis_id: '00:aa:00:aa:00:aa' }],
      }),
    );
    expect(graph.links.every((link) => link.a.node !== link.b.node)).toBe(true);
    expect(strangers(graph)[0]).toMatchObject({ kind: 'ambiguous' });
    expect(strangers(graph)[0]?.reason).toContain('proves a loop');
  });

  it('shows a cable loop that the chassis id proves, once', () => {
    const graph = graphOf(
      device('sw', {
        interfaces: [
          { name: 'GigabitEthernet0/1', mac: '00:11:22:33:44:01' },
          { name: 'GigabitEthernet0/2', mac: '00:11:22:33:44:02' },
        ],
        lldp_neighbors: [
          { local_interface: 'Gi0/1', chassis_id: '00:11:22:33:44:01', neighbor_interface: 'Gi0/2', neighbor_name: 'sw' },
          { local_interface: 'Gi0/2', chassis_id: '00:11:22:33:44:01', neighbor_interface: 'Gi0/1', neighbor_name: 'sw' },
        ],
      }),
    );
    expect(picture(graph)).toEqual(['sw:GigabitEthernet0/1 = sw:GigabitEthernet0/2 [lldp]']);
  });
});
