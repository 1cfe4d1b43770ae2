import { describe, expect, it } from 'vitest';
import { interfaceKey, isAggregate, isTunnel, isVirtual, physicalKey } from '../../../topology/interfaces.ts';
import { device, graphOf, picture } from './network.ts';

describe('interfaceKey', () => {
  it.each([
    ['cisco_ios', ['Gi0/1', 'gi0/1', 'Gig 0/1', 'GigabitEthernet0/1', 'gigabitethernet 0/1']],
    ['cisco_ios', ['Te1/1/1', 'Ten 1/1/1', 'TenGigabitEthernet1/1/1']],
    ['cisco_ios', ['Fa0/1', 'Fas 0/1', 'FastEthernet0/1']],
    ['cisco_ios', ['Tw1/0/1', 'TwoGigabitEthernet1/0/1']],
    ['cisco_ios', ['Twe1/0/1', 'TwentyFiveGigE1/0/1']],
    ['cisco_ios', ['Hu1/0/1', 'HundredGigE1/0/1']],
    ['cisco_ios', ['Vl10', 'Vlan10', 'vlan 10']],
    ['cisco_ios', ['Lo0', 'Loopback0']],
    ['cisco_ios', ['Se0/0/0', 'Serial0/0/0']],
    ['cisco_nxos', ['Eth1/1', 'Ethernet1/1']],
    ['cisco_nxos', ['Po10', 'port-channel10', 'Port-channel10']],
    ['cisco_nxos', ['mgmt0', 'management0']],
    ['cisco_xr', ['Te0/0/0/1', 'TenGigE0/0/0/1']],
    ['cisco_xr', ['BE12', 'Bundle-Ether12']],
    ['cisco_xr', ['Mg0/RP0/CPU0/0', 'MgmtEth0/RP0/CPU0/0']],
    ['arista_eos', ['Et49/1', 'Ethernet49/1']],
    ['arista_eos', ['Ma1', 'Management1']],
    ['huawei_vrp', ['GE0/0/1', 'GigabitEthernet0/0/1']],
    ['huawei_vrp', ['XGE0/0/1', 'XGigabitEthernet0/0/1']],
    ['huawei_vrp', ['100GE1/0/1', '100ge1/0/1']],
    ['juniper_junos', ['ge-0/0/0', 'GE-0/0/0']],
    ['hp_procurve', ['A1', 'a1']],
    ['aruba_aoscx', ['1/1/1', '1/1/1']],
    ['linux', ['eth0@if12', 'eth0']],
    ['mikrotik_routeros', ['ether2,bridge1', 'ether2']],
    [null, ['Gi0/1', 'GigabitEthernet0/1']],
  ])('%s spells one interface %j', (platform, names) => {
    expect(new Set(names.map((name) => interfaceKey(platform, name))).size).toBe(1);
  });

  it.each([
    ['cisco_ios', ['Gi0/1', 'Gi0/10', 'Gi0/11', 'Te0/1', 'Fa0/1', 'Twe0/1', 'Tw0/1']],
    ['juniper_junos', ['ge-0/0/0', 'xe-0/0/0', 'et-0/0/0', 'ge-0/0/1']],
    ['hp_procurve', ['1', 'A1', 'Trk1']],
    ['linux', ['eth0', 'Eth0', 'ethernet0']],
    ['mikrotik_routeros', ['ether2', 'ether20', 'sfp-sfpplus2']],
  ])('%s keeps %j apart', (platform, names) => {
    expect(new Set(names.map((name) => interfaceKey(platform, name))).size).toBe(names.length);
  });
});

describe('physicalKey', () => {
  it.each([
    ['juniper_junos', 'ge-0/0/0.0', 'ge-0/0/0'],
    ['juniper_junos', 'ae0.100', 'ae0'],
    ['juniper_junos', 'irb.10', 'irb.10'],
    ['cisco_ios', 'Gi0/1.100', 'Gi0/1'],
    ['linux', 'eth0.20', 'eth0'],
    ['linux', 'wg.1', 'wg.1'],
    ['hp_procurve', '1.1', '1.1'],
  ])('%s: %s rides on %s', (platform, name, port) => {
    expect(physicalKey(platform, interfaceKey(platform, name))).toBe(interfaceKey(platform, port));
  });
});

describe('kinds of interfaces', () => {
  const kind = (name: string) => {
    const key = interfaceKey('cisco_ios', name);
    return isTunnel(key) ? 'tunnel' : isVirtual(key) ? 'virtual' : isAggregate(key) ? 'aggregate' : 'port';
  };
  it.each([
    ['Gi0/1', 'port'],
    ['ge-0/0/0', 'port'],
    ['ether1', 'port'],
    ['Po1', 'aggregate'],
    ['ae0', 'aggregate'],
    ['Bundle-Ether1', 'aggregate'],
    ['Eth-Trunk1', 'aggregate'],
    ['lag1', 'aggregate'],
    ['Trk1', 'aggregate'],
    ['bond0', 'aggregate'],
    ['Vlan10', 'virtual'],
    ['irb.10', 'virtual'],
    ['Lo0', 'virtual'],
    ['CPU', 'virtual'],
    ['nve1', 'virtual'],
    ['br-lan', 'virtual'],
    ['Tu0', 'tunnel'],
    ['wg0', 'tunnel'],
  ])('%s is a %s', (name, expected) => expect(kind(name)).toBe(expected));
});

describe('ports as the neighbour names them', () => {
  const wire = (port: string, ...interfaces: object[]) =>
    picture(
      graphOf(
        device('a', { lldp_neighbors: [{ local_interface: 'Gi0/1', neighbor_name: 'b', neighbor_interface: port }] }),
        device('b', { interfaces }),
      ),
    );

  it('are shown as the device itself names them', () => {
    expect(wire('Gi1/0/48', { name: 'GigabitEthernet1/0/48' })).toEqual(['a:Gi0/1 - b:GigabitEthernet1/0/48 [lldp]']);
  });

  it('are found by the MAC address that LLDP sends as port id', () => {
    const interfaces = [
      { name: 'GigabitEthernet1/0/1', mac: '00:11:22:33:44:01' },
      { name: 'GigabitEthernet1/0/2', mac: '00:11:22:33:44:02' },
      { name: 'Vlan1', mac: '00:11:22:33:44:01' },
    ];
    expect(wire('0011.2233.4401', ...interfaces)).toEqual(['a:Gi0/1 - b:GigabitEthernet1/0/1 [lldp]']);
  });

  it('are not guessed where two ports have the MAC address: it is shown as it was sent', () => {
    const mac = '00:11:22:33:44:01';
    expect(wire('0011.2233.4401', { name: 'Ethernet1', mac }, { name: 'Ethernet2', mac })).toEqual([`a:Gi0/1 - b:${mac} [lldp]`]);
  });

  it('are found by a description that only one interface has', () => {
    expect(wire('To CORE', { name: 'Ethernet1', description: 'to core' })).toEqual(['a:Gi0/1 - b:Ethernet1 [lldp]']);
    expect(wire('x', { name: 'Ethernet1', description: 'x' }, { name: 'Ethernet2', description: 'x' })).toEqual([
      'a:Gi0/1 - b:x [lldp]',
    ]);
  });

  it('are the physical port of a subinterface or unit', () => {
    expect(wire('Gi0/0.100', { name: 'GigabitEthernet0/0' }, { name: 'GigabitEthernet0/0.100' })).toEqual([
      'a:Gi0/1 - b:GigabitEthernet0/0 [lldp]',
    ]);
    const junos = graphOf(
      device(
        'a',
        { lldp_neighbors: [{ local_interface: 'ge-0/0/1.0', neighbor_name: 'b', neighbor_interface: 'ge-0/0/0.0' }] },
        { platform: 'juniper_junos' },
      ),
      device(
        'b',
        { lldp_neighbors: [{ local_interface: 'ge-0/0/0', neighbor_name: 'a', neighbor_interface: 'ge-0/0/1' }] },
        { platform: 'juniper_junos' },
      ),
    );
    expect(picture(junos)).toEqual(['a:ge-0/0/1 = b:ge-0/0/0 [lldp]']);
  });
});
