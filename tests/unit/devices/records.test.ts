import { BlockList, isIPv6 } from 'node:net';
import { assert, integer, ipV4, ipV6, pre, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalMac, RowError } from '../../../devices/records/fields.ts';
import { toRecords } from '../../../devices/records/index.ts';
import { parseSpeed } from '../../../devices/records/interfaces.ts';
import { canonicalAddress, cidr, maskLength } from '../../../devices/records/prefix.ts';

describe('prefixes', () => {
  test.each([
    ['10.1.2.3/16', null, '10.1.0.0/16'],
    ['10.1.2.3', '16', '10.1.0.0/16'],
    ['10.1.2.3', '255.255.0.0', '10.1.0.0/16'],
    ['10.1.2.3/255.255.255.252', null, '10.1.2.0/30'],
    ['10.1.2.3/32', null, '10.1.2.3/32'],
    ['default', null, '0.0.0.0/0'],
    ['0.0.0.0', '0.0.0.0', '0.0.0.0/0'],
    ['2001:DB8:0:0:0:0:0:1/32', null, '2001:db8::/32'],
    ['::/0', null, '::/0'],
    ['10.1.2.3', null, null],
    ['10.1.2.3', '255.0.255.0', null],
    ['10.1.2.3/33', null, null],
    ['10.1.2.300/24', null, null],
    ['Server1', '24', null],
  ])('%s with mask %s is %s', (value, mask, expected) => {
    expect(cidr(value, mask)).toBe(expected);
  });

  test('an address of an interface keeps its host bits', () => {
    expect(cidr('10.1.2.3/30', null, true)).toBe('10.1.2.3/30');
    expect(cidr('10.1.2.3', '255.255.255.252', true)).toBe('10.1.2.3/30');
    expect(cidr('fe80::1%eth0/64', null, true)).toBe('fe80::1/64');
  });

  /** Node's own arithmetic: the address is in the network found, which has no host bits of its own. */
  const holds = (found: string | null, address: string, length: number, family: 'ipv4' | 'ipv6'): boolean => {
    const [network = '', bits] = found?.split('/') ?? [];
    const list = new BlockList();
    list.addSubnet(network, length, family);
    return bits === String(length) && list.check(address, family) && cidr(`${network}/${length}`, null, true) === found;
  };

  test('IPv4 agrees with Node', () => {
    assert(
      property(ipV4(), integer({ min: 1, max: 32 }), (address, length) => {
        pre(address !== '0.0.0.0');
        const found = cidr(`${address}/${length}`, null);
        expect(holds(found, address, length, 'ipv4')).toBe(true);
        const octets = (found?.split('/')[0] ?? '').split('.').map(Number);
        expect(octets.reduce((value, octet) => value * 256 + octet, 0) % 2 ** (32 - length)).toBe(0);
      }),
    );
  });

  test('IPv6 agrees with Node', () => {
    assert(
      property(ipV6(), integer({ min: 1, max: 128 }), (address, length) => {
        pre(isIPv6(address) && new URL(`http://[${address}]`).hostname !== '[::]');
        expect(holds(cidr(`${address}/${length}`, null), address, length, 'ipv6')).toBe(true);
        expect(`[${canonicalAddress(address)}]`).toBe(new URL(`http://[${address}]`).hostname);
      }),
    );
  });

  test('every mask has its length', () => {
    for (let length = 0; length <= 32; length += 1) {
      const bits = '1'.repeat(length).padEnd(32, '0');
      const mask = [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 2)).join('.');
      expect(maskLength(mask)).toBe(length);
    }
  });
});

test.each([
  ['0200.5e00.0001', '02:00:5e:00:00:01'],
  ['02-00-5E-00-00-01', '02:00:5e:00:00:01'],
  ['02:0:5e:0:0:1', '02:00:5e:00:00:01'],
  ['02005e-000001', '02:00:5e:00:00:01'],
  ['0200-5e00-0001', '02:00:5e:00:00:01'],
  ['02 00 5e 00 00 01', '02:00:5e:00:00:01'],
  ['Incomplete', null],
  ['10.0.0.1', null],
  ['02:00:5e:00:00:0g', null],
  ['', null],
])('MAC address %s is %s', (value, expected) => {
  expect(canonicalMac(value)).toBe(expected);
});

test.each([
  ['1000Mb/s', 1e9],
  ['10 Gb/s', 1e10],
  ['1000000 Kbit', 1e9],
  ['10Gbps', 1e10],
  ['100 Mbps', 1e8],
  ['2.5G', 2.5e9],
  ['10000000000', 1e10],
  ['Auto-speed', null],
  ['0 Kbit', null],
  [null, null],
])('speed %s is %s', (value, expected) => {
  expect(parseSpeed(value)).toBe(expected);
});

describe('routes', () => {
  const route = (row: Record<string, unknown>) =>
    toRecords('static_routes', [{ network: '10.0.0.0', prefix_length: '8', ...row }]);

  test.each(['nexthop_ip', 'next_hop', 'nexthop', 'nexthopip', 'gateway'])('the next hop in %s', (name) => {
    expect(route({ [name]: '192.0.2.1' })).toMatchObject([{ network: '10.0.0.0/8', next_hop: '192.0.2.1', blackhole: false }]);
  });

  test('one for each next hop, with the interface beside it', () => {
    expect(route({ next_hop: ['192.0.2.1', '192.0.2.5'], interface: ['Et1', 'Et2'] })).toMatchObject([
      { next_hop: '192.0.2.1', interface: 'Et1' },
      { next_hop: '192.0.2.5', interface: 'Et2' },
    ]);
    expect(route({ next_hop: ['192.0.2.1', '192.0.2.5'], interface: 'Et1' })).toMatchObject([
      { interface: 'Et1' },
      { interface: 'Et1' },
    ]);
  });

  test.each([
    [{ nexthop_if: 'Null0' }, { next_hop: null, interface: 'Null0', blackhole: true }],
    [{ next_hop: 'discard' }, { next_hop: null, interface: null, blackhole: true }],
    [{ gateway: 'reject' }, { next_hop: null, interface: null, blackhole: true }],
    [{ blackhole: true }, { next_hop: null, interface: null, blackhole: true }],
    [{ gateway: 'pppoe-out1' }, { next_hop: null, interface: 'pppoe-out1', blackhole: false }],
    [
      { next_hop: '0.0.0.0', interface: 'tunnel.30' },
      { next_hop: null, interface: 'tunnel.30', blackhole: false },
    ],
    [
      { next_hop: ['connected'], interface: ['Et1'] },
      { next_hop: null, interface: 'Et1', blackhole: false },
    ],
  ])('%j', (row, expected) => {
    expect(route(row)).toMatchObject([expected]);
  });

  test('the table without a name is null on every platform', () => {
    for (const vrf of ['', 'default', 'global', 'main', '_public_', undefined])
      expect(route({ vrf })).toMatchObject([{ vrf: null }]);
    expect(route({ vrf: 'BLUE' })).toMatchObject([{ vrf: 'BLUE' }]);
  });

  test.each([
    [{ protocol: 'O', type: '' }, 'intra'],
    [{ protocol: 'O', type: 'IA' }, 'inter'],
    [{ protocol: 'O E2' }, 'external-2'],
    [{ protocol: 'O' }, 'intra'],
    [{ protocol: 'ospf-1', type: 'type-1' }, 'external-1'],
    [{ route_type: 'nssa-2' }, 'nssa-2'],
    [{ protocol: 'ospf' }, null],
  ])('OSPF %j is %s', (row, route_type) => {
    expect(toRecords('ospf_routes', [{ network: '10.0.0.0/8', ...row }])).toMatchObject([{ route_type }]);
  });

  test('a network without a length is not guessed', () => {
    expect(() => toRecords('bgp_routes', [{ network: '10.0.0.0' }])).toThrow(RowError);
  });
});

test('a MAC entry for each of its ports', () => {
  expect(
    toRecords('mac_table', [
      { destination_address: '0100.5e00.0001', vlan_id: 'All', destination_port: ['Gi0/1', 'Gi0/2'], type: 'STATIC' },
    ]),
  ).toEqual([
    { mac: '01:00:5e:00:00:01', vlan: null, interface: 'Gi0/1', type: 'static' },
    { mac: '01:00:5e:00:00:01', vlan: null, interface: 'Gi0/2', type: 'static' },
  ]);
});

test('an incomplete ARP entry has no MAC address', () => {
  expect(toRecords('arp', [{ ip_address: '192.0.2.1', mac_address: 'Incomplete', interface: 'Vlan10, Port-Channel2' }])).toEqual([
    { address: '192.0.2.1', mac: null, interface: 'Vlan10', vrf: null },
  ]);
});

test.each([
  [{ link_status: 'administratively down', protocol_status: 'down' }, 'down', 'down'],
  [{ link_status: 'down', protocol_status: 'down (notconnect)' }, 'up', 'down'],
  [{ link_status: 'up', protocol_status: 'up (connected)' }, 'up', 'up'],
  [{ link_status: 'down', link_admin: 'up' }, 'up', 'down'],
  [{ status: 'Down', enabled: 'No' }, 'down', 'down'],
  [{}, null, null],
])('interface %j is %s and %s', (row, admin_status, oper_status) => {
  expect(toRecords('interfaces', [{ interface: 'x', ...row }])).toMatchObject([{ admin_status, oper_status }]);
});

describe('neighbours', () => {
  const port = (row: Record<string, unknown>) =>
    toRecords('lldp_neighbors', [{ local_interface: 'x', ...row }])[0]?.neighbor_interface;
  test('the port is the port id, unless that is opaque and the description is a name', () => {
    expect(port({ neighbor_port_id: 'Gi0/1', neighbor_interface: 'to core' })).toBe('Gi0/1');
    expect(port({ neighbor_port_id: '513', neighbor_interface: 'ge-0/0/1' })).toBe('ge-0/0/1');
    expect(port({ neighbor_port_id: '02:00:5e:00:00:01', neighbor_interface: 'eth0' })).toBe('eth0');
    expect(port({ neighbor_port_id: '24', neighbor_interface: 'Port #24' })).toBe('24');
    expect(port({ neighbor_interface: 'Ethernet1' })).toBe('Ethernet1');
  });
  test.each([
    ['B,R', ['bridge', 'router']],
    ['Router Switch IGMP', ['router', 'switch', 'igmp']],
    ['Bridge WLAN Access Point Router', ['bridge', 'wlan', 'router']],
    ['bridge, wlan-access-point', ['bridge', 'wlan']],
    ['', []],
  ])('capabilities %s', (capabilities, expected) => {
    expect(toRecords('cdp_neighbors', [{ local_interface: 'x', capabilities }])[0]?.capabilities).toEqual(expected);
  });
  test('without a local interface there is no record', () => {
    expect(() => toRecords('cdp_neighbors', [{ neighbor_name: 'r1' }])).toThrow(/no local interface/);
  });
});
