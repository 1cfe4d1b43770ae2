// Each test is a defect (FIELD section 1) or a complaint (FIELD section 3, "neighbour matching") of an earlier tool, by its number.
import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../topology/graph.ts';
import { device, graphOf, picture, strangers } from './network.ts';

const CHASSIS = '00:11:22:33:44:55';
const sees = (local_interface: string, more: object) => ({ local_interface, ...more });

describe('defects of the nearest predecessor', () => {
  it('defect 9: a device that has no neighbours any more has no links', () => {
    const before = graphOf(device('a', { lldp_neighbors: [sees('Gi0/1', { neighbor_name: 'b' })] }), device('b'));
    const after = graphOf(device('a', { lldp_neighbors: [], cdp_neighbors: [] }), device('b'));
    expect(before.links).toHaveLength(1);
    expect(after.links).toEqual([]);
  });

  it('defect 12: sw1 does not match sw10, in either order of the inventory', () => {
    const core = device('core', { cdp_neighbors: [sees('Gi0/1', { neighbor_name: 'sw1', neighbor_interface: 'Gi0/1' })] });
    expect(picture(graphOf(core, device('sw10')))).toEqual(['core:Gi0/1 - sw1:Gi0/1 [cdp]']);
    expect(strangers(graphOf(core, device('sw10')))[0]?.kind).toBe('unmanaged');
    for (const devices of [
      [core, device('sw10'), device('sw1')],
      [core, device('sw1'), device('sw10')],
    ]) {
      expect(buildGraph({ devices }).links[0]).toMatchObject({ a: { node: 'id-core' }, b: { node: 'id-sw1' } });
    }
  });

  it('defect 12: a neighbour without management address is found by name, and one without known name by address', () => {
    const rows = [
      sees('Gi0/1', { neighbor_name: 'b.example.com' }),
      sees('Gi0/2', { neighbor_name: 'not-b', neighbor_address: '10.0.0.3' }),
    ];
    const graph = graphOf(device('a', { cdp_neighbors: rows }), device('b'), device('c', {}, { host: '10.0.0.3' }));
    expect(picture(graph)).toEqual(['a:Gi0/1 - b:? [cdp]', 'a:Gi0/2 - c:? [cdp]']);
  });

  it('defect 13: parallel links and the members of a bundle are all there', () => {
    const members = ['Gi0/1', 'Gi0/2', 'Gi0/3'];
    const rows = (neighbor_name: string) => members.map((port) => sees(port, { neighbor_name, neighbor_interface: port }));
    const graph = graphOf(device('a', { lldp_neighbors: rows('b') }), device('b', { lldp_neighbors: rows('a') }));
    expect(picture(graph)).toEqual(members.map((port) => `a:${port} = b:${port} [lldp]`));
  });

  it('defect 13: a neighbour that is nobody we know is a node with its reason, not dropped', () => {
    const graph = graphOf(
      device('a', { cdp_neighbors: [sees('Gi0/1', { neighbor_name: 'isp-router', neighbor_interface: 'Gi0/0' })] }),
    );
    expect(picture(graph)).toEqual(['a:Gi0/1 - isp-router:Gi0/0 [cdp]']);
    expect(strangers(graph)[0]?.reason).toContain('No managed device has its name isp-router');
  });
});

describe('complaints about neighbour matching', () => {
  it('netdisco #575, snmp-info #340: chassis MAC and port name are enough, without management address', () => {
    const row = sees('Gi1/0/30', { chassis_id: CHASSIS, neighbor_interface: 'Gi1/0/12', neighbor_name: '2000_Switch' });
    const graph = graphOf(
      device('a', { lldp_neighbors: [row] }),
      device('b', { interfaces: [{ name: 'GigabitEthernet1/0/12', mac: CHASSIS }] }),
    );
    expect(picture(graph)).toEqual(['a:Gi1/0/30 - b:GigabitEthernet1/0/12 [lldp]']);
  });

  it('netdisco #608: several rows for one port are one link, and a neighbour without a known address is one too', () => {
    const names = { neighbor_interface: 'Ethernet1/5', neighbor_name: 'b' };
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [sees('Eth1/3', { ...names, chassis_id: CHASSIS })],
        cdp_neighbors: [sees('Ethernet1/3', names)],
      }),
      device('b'),
    );
    expect(picture(graph)).toEqual(['a:Ethernet1/3 - b:Ethernet1/5 [lldp,cdp]']);
  });

  it('netdisco #670: of several connections to one switch each has its own ports', () => {
    const ports = [
      ['Eth1/3', 'Ethernet1/3'],
      ['Eth1/43', 'Ethernet1/11'],
      ['Eth1/45', 'Ethernet1/1'],
    ] as const;
    const graph = graphOf(
      device('sw13', {
        lldp_neighbors: ports.map(([port, far]) => sees(port, { neighbor_name: 'sw05', neighbor_interface: far })),
      }),
      device('sw05.example.com', {
        lldp_neighbors: ports.map(([far, port]) => sees(port, { neighbor_name: 'sw13', neighbor_interface: far })),
      }),
    );
    expect(picture(graph)).toEqual([
      'sw05.example.com:Ethernet1/1 = sw13:Eth1/45 [lldp]',
      'sw05.example.com:Ethernet1/11 = sw13:Eth1/43 [lldp]',
      'sw05.example.com:Ethernet1/3 = sw13:Eth1/3 [lldp]',
    ]);
  });

  it('netdisco #380: a port that is spelled differently at both ends is the same port', () => {
    const graph = graphOf(
      device('a', {
        lldp_neighbors: [sees('gi1/0/1', { neighbor_name: 'b', neighbor_interface: 'Te1/1' })],
        interfaces: [{ name: 'GigabitEthernet1/0/1' }],
      }),
      device('b', {
        cdp_neighbors: [sees('Ten 1/1', { neighbor_name: 'a', neighbor_interface: 'Gig 1/0/1' })],
        interfaces: [{ name: 'TenGigabitEthernet1/1' }],
      }),
    );
    expect(picture(graph)).toEqual(['a:GigabitEthernet1/0/1 = b:TenGigabitEthernet1/1 [lldp,cdp]']);
  });

  it.each([
    ['bridge1/ether2', 'ether2'],
    ['bridge/bonding0304/sfp-sfpplus3', 'sfp-sfpplus3'],
    ['bridge/24-SITE_A/09', '24-SITE_A/09'],
    ['ether2', 'ether2'],
  ])('netdisco #1495: RouterOS %s is the port %s', (sent, port) => {
    const mikrotik = { platform: 'mikrotik_routeros' };
    const row = sees('sfp1,bridge1', { chassis_id: CHASSIS, neighbor_interface: sent, neighbor_name: 'b' });
    const far = device('b', { interfaces: [{ name: port, mac: CHASSIS }, { name: 'bridge1' }, { name: 'bridge' }] }, mikrotik);
    const a = (facts: object = {}) => device('a', { lldp_neighbors: [row], ...facts }, mikrotik);
    expect(picture(graphOf(a(), far))).toEqual([`a:sfp1 - b:${port} [lldp]`]);
    expect(picture(graphOf(a({ interfaces: [{ name: 'sfp1' }] }), far))).toEqual([`a:sfp1 - b:${port} [lldp]`]);
  });

  it('netdisco #1495: without interface rows the last part counts', () => {
    const row = sees('ether1', { neighbor_interface: 'bridge1/ether2', neighbor_name: 'b' });
    const graph = graphOf(device('a', { lldp_neighbors: [row] }), device('b', {}, { platform: 'mikrotik_routeros' }));
    expect(picture(graph)).toEqual(['a:ether1 - b:ether2 [lldp]']);
  });

  it('netdisco #1627: a management address alone recognises a neighbour', () => {
    const row = sees('Gi0/1', { neighbor_address: '172.20.8.109' });
    const byHost = graphOf(device('a', { lldp_neighbors: [row] }), device('b', {}, { host: '172.20.8.109' }));
    expect(picture(byHost)).toEqual(['a:Gi0/1 - b:? [lldp]']);
    const byInterface = graphOf(
      device('a', { lldp_neighbors: [row] }),
      device('b', { interfaces: [{ name: 'Vlan1', addresses: ['172.20.8.109/24'] }] }),
    );
    expect(picture(byInterface)).toEqual(['a:Gi0/1 - b:? [lldp]']);
  });

  it('netdisco #1005: a link-local IPv6 management address hides nothing: the chassis id decides', () => {
    const row = sees('1', { neighbor_address: 'fe80::f29f:c2ff:fe00:402%eth0', chassis_id: CHASSIS, neighbor_interface: '2' });
    const b = device('b', { interfaces: [{ name: '2', mac: CHASSIS, addresses: ['fe80::1/64'] }] });
    const c = device('c', { interfaces: [{ name: '2', addresses: ['fe80::f29f:c2ff:fe00:402/64'] }] });
    expect(picture(graphOf(device('a', { lldp_neighbors: [row] }), b, c))).toEqual(['a:1 - b:2 [lldp]']);
  });

  it('netdisco #1370: unmanaged neighbours that carry the address of a managed device are not that device', () => {
    const rogue = (port: string, name: string, mac: string) =>
      sees(port, { neighbor_address: '10.0.0.9', neighbor_name: name, chassis_id: mac });
    const oob = device('oob', { interfaces: [{ name: 'mgmt0', addresses: ['10.0.0.9/24'] }] });
    const two = device('a', {
      lldp_neighbors: [rogue('Gi0/1', 'cam-1', '00:aa:00:00:00:01'), rogue('Gi0/2', 'cam-2', '00:aa:00:00:00:02')],
    });
    const both = graphOf(two, oob);
    expect(both.links.some((link) => [link.a.node, link.b.node].includes('id-oob'))).toBe(false);
    expect(strangers(both).map((node) => node.kind)).toEqual(['ambiguous', 'ambiguous']);

    const one = device('a', { lldp_neighbors: [rogue('Gi0/1', 'cam-1', '00:aa:00:00:00:01')] });
    const real = device('b', {
      lldp_neighbors: [sees('Gi0/1', { neighbor_name: 'oob', neighbor_address: '10.0.0.9', neighbor_interface: 'mgmt0' })],
    });
    expect(picture(graphOf(one, real, oob))).toContain('b:Gi0/1 - oob:mgmt0 [lldp]');
    expect(strangers(graphOf(one, real, oob))[0]?.reason).toBe(
      'May be oob (same management address); nothing proves it: cam-1, oob cannot all be that device',
    );
  });

  it('netdisco #1370: nor where the managed device is known under another address', () => {
    const oob = device('oob', { interfaces: [{ name: 'mgmt0', addresses: ['192.168.1.1/24'] }] }, { host: '10.0.0.8' });
    const a = device('a', {
      lldp_neighbors: [
        sees('Gi0/1', { neighbor_name: 'oob', neighbor_address: '10.0.0.8' }),
        sees('Gi0/2', { neighbor_name: 'cam', neighbor_address: '192.168.1.1' }),
      ],
    });
    expect(picture(graphOf(a, oob))).toEqual(['a:Gi0/1 - oob:? [lldp]', 'a:Gi0/2 - cam:? [lldp]']);
    expect(strangers(graphOf(a, oob))[0]?.kind).toBe('ambiguous');
  });

  it('netdisco #1370: an address that several managed devices have identifies none of them', () => {
    const vip = { interfaces: [{ name: 'Vlan1', addresses: ['10.0.0.9/24'] }] };
    const graph = graphOf(
      device('a', { lldp_neighbors: [sees('Gi0/1', { neighbor_address: '10.0.0.9' })] }),
      device('b', vip),
      device('c', vip),
    );
    expect(strangers(graph)[0]?.reason).toBe(
      'May be one of 2 devices: b (same management address), c (same management address); nothing proves it',
    );
  });

  it('netdisco #436: what only one side tells is always there, and not called confirmed', () => {
    const rows = Array.from({ length: 20 }, (_, index) =>
      sees(`Gi0/${index}`, { neighbor_name: `leaf${index}`, neighbor_interface: 'Gi0/1' }),
    );
    const leaves = rows.map((_, index) => device(`leaf${index}`));
    const graph = graphOf(device('core', { lldp_neighbors: rows }), ...leaves);
    expect(graph.links).toHaveLength(20);
    expect(graph.metadata.confirmed_links).toBe(0);
  });

  it('netdisco #370: a far port that its device does not know still gives the link, and joins the one the device tells', () => {
    const row = sees('1/0/25', { neighbor_name: 'b', neighbor_interface: '49153' });
    expect(picture(graphOf(device('a', { lldp_neighbors: [row] }), device('b', { interfaces: [{ name: 'g1' }] })))).toEqual([
      'a:1/0/25 - b:49153 [lldp]',
    ]);
    const tells = device('b', {
      interfaces: [{ name: 'g1' }],
      lldp_neighbors: [sees('g1', { neighbor_name: 'a', neighbor_interface: '1/0/25' })],
    });
    expect(picture(graphOf(device('a', { lldp_neighbors: [row] }), tells))).toEqual(['a:1/0/25 = b:g1 [lldp]']);
  });

  it('librenms #3615: short and full name are one device', () => {
    const graph = graphOf(
      device('sw1.example.com', {
        lldp_neighbors: [sees('Gi0/1', { neighbor_name: 'sw2.example.com', neighbor_interface: 'Gi0/2' })],
      }),
      device('sw2', { lldp_neighbors: [sees('Gi0/2', { neighbor_name: 'SW1', neighbor_interface: 'Gi0/1' })] }),
    );
    expect(picture(graph)).toEqual(['sw1.example.com:Gi0/1 = sw2:Gi0/2 [lldp]']);
  });

  it('librenms #17873, #19163: a neighbour without a name does not get the name of the one before it', () => {
    const rows = [
      sees('Gi1/0/11', { neighbor_name: 'printer', chassis_id: '00:aa:00:00:00:01' }),
      sees('Gi1/0/15', { neighbor_name: null, chassis_id: '00:aa:00:00:00:02', neighbor_interface: '00:aa:00:00:00:02' }),
      sees('Gi1/0/19', { neighbor_name: '- not advertised', chassis_id: '00:aa:00:00:00:03' }),
    ];
    const graph = graphOf(device('a', { lldp_neighbors: rows }), device('printer'));
    expect(picture(graph)).toEqual([
      '00:aa:00:00:00:02:00:aa:00:00:00:02 - a:Gi1/0/15 [lldp]',
      '00:aa:00:00:00:03:? - a:Gi1/0/19 [lldp]',
      'a:Gi1/0/11 - printer:? [lldp]',
    ]);
  });

  it('librenms #19881: a recabled port has the new neighbour only', () => {
    const a = (neighbor_name: string) =>
      device('a', { lldp_neighbors: [sees('Gi0/1', { neighbor_name, neighbor_interface: 'Gi0/1' })] });
    expect(picture(graphOf(a('b'), device('b'), device('c')))).toEqual(['a:Gi0/1 - b:Gi0/1 [lldp]']);
    expect(picture(graphOf(a('c'), device('b'), device('c')))).toEqual(['a:Gi0/1 - c:Gi0/1 [lldp]']);
  });

  it('librenms #16635: rows without a local port, or nothing but a port number, are no reason to lose the others', () => {
    const rows = [
      sees('', { neighbor_name: 'b', neighbor_interface: 'Gi0/1' }),
      sees('Gi0/2', { neighbor_interface: '5' }),
      sees('Gi0/3', { neighbor_name: 'c', neighbor_interface: 'Gi0/3' }),
    ];
    expect(picture(graphOf(device('a', { lldp_neighbors: rows }), device('b'), device('c')))).toEqual([
      'a:? - b:Gi0/1 [lldp]',
      'a:Gi0/2 - unknown neighbour:5 [lldp]',
      'a:Gi0/3 - c:Gi0/3 [lldp]',
    ]);
  });

  it('nav #2106: the same rows recognise a neighbour once its device is added', () => {
    const a = device('a', {
      lldp_neighbors: [sees('Gi0/1', { neighbor_name: 'late', chassis_id: CHASSIS, neighbor_interface: 'Gi0/2' })],
    });
    expect(strangers(graphOf(a))).toHaveLength(1);
    const graph = graphOf(a, device('late'));
    expect(strangers(graph)).toEqual([]);
    expect(picture(graph)).toEqual(['a:Gi0/1 - late:Gi0/2 [lldp]']);
  });

  it('nav #292: an empty table leaves no stale link, and the table of the other end still counts', () => {
    const b = device('b', { lldp_neighbors: [sees('Gi0/2', { neighbor_name: 'a', neighbor_interface: 'Gi0/1' })] });
    expect(picture(graphOf(device('a', { lldp_neighbors: [] }), b))).toEqual(['a:Gi0/1 - b:Gi0/2 [lldp]']);
    expect(graphOf(device('a', { lldp_neighbors: [] }), device('b', { lldp_neighbors: [] })).links).toEqual([]);
  });
});
