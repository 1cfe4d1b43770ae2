import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../core/facts.ts';
import { applyChange } from '../../../simulator/change.ts';
import { buildNetwork, type Network } from '../../../simulator/network.ts';
import { linksOf } from '../../../simulator/links.ts';
import { findSimPlatforms, simPlatforms } from '../../../simulator/platforms/index.ts';

const ALL = [...simPlatforms.keys()];
const FOUR = ['cisco_ios', 'arista_eos', 'juniper_junos', 'mikrotik_routeros'];
const build = (devices: number, seed = 1, platforms = ALL): Network =>
  buildNetwork({ devices, seed, platforms: findSimPlatforms(platforms), host: '127.20.0.1', user: 'admin' });

const truthOf = (network: Network, name: string) => {
  const device = network.device(name);
  const context = { device, facts: network.facts(device), seed: network.seed, argument: null };
  return Object.fromEntries(KINDS.map((kind) => [kind, device.platform.truth[kind](context)]));
};
const allOf = (network: Network) =>
  JSON.stringify([
    linksOf(network),
    network.devices.map((device) => [device.name, device.host, device.serial, truthOf(network, device.name)]),
  ]);

describe('the simulated network', () => {
  it('is a pure function of seed and size', () => {
    expect(allOf(build(45))).toBe(allOf(build(45)));
    expect(allOf(build(45, 2))).not.toBe(allOf(build(45)));
  });

  it('has unique names, addresses and MAC addresses', () => {
    const network = build(400);
    const macs = network.devices.flatMap((device) => device.interfaces.flatMap((port) => port.mac ?? []));
    expect(new Set(macs).size).toBe(macs.length);
    expect(new Set(network.devices.map((device) => device.host)).size).toBe(400);
    expect(new Set(network.devices.map((device) => device.name)).size).toBe(400);
    const addresses = network.devices.flatMap((device) => device.interfaces.flatMap((port) => port.addresses));
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const device of network.devices) {
      expect(new Set(device.interfaces.map((port) => port.name)).size).toBe(device.interfaces.length);
      expect(device.interfaces.some((port) => port.mac === device.chassisMac)).toBe(true);
    }
  });

  it('shows every platform in a network as large as their number', () => {
    expect(new Set(build(4, 7, FOUR).devices.map((device) => device.platform.name))).toEqual(new Set(FOUR));
  });

  it('lets both ends of every link hear each other by the protocols that both speak', () => {
    const network = build(150);
    let cdp = 0;
    for (const { a, b } of network.cables) {
      for (const [own, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const facts = network.facts(own.device);
        const speak = own.device.platform.speaksLldp !== false && other.device.platform.speaksLldp !== false;
        const lldp = facts.lldp.filter((fact) => fact.port === own.port);
        expect(lldp.map((fact) => [fact.name, fact.mac, fact.address])).toEqual(
          speak ? [[other.device.announced, other.device.chassisMac, other.device.host]] : [],
        );
        const both = own.device.platform.speaksCdp && other.device.platform.speaksCdp;
        const heard = facts.cdp.filter((fact) => fact.port === own.port);
        expect(heard.map((fact) => fact.remotePortFull)).toEqual(both ? [other.port.name] : []);
        cdp += heard.length;
      }
    }
    expect(cdp).toBeGreaterThan(0);
  });

  it('has parallel links in an aggregate, and a stranger at every border', () => {
    const network = build(25, 1, FOUR);
    const members = linksOf(network).filter((link) => link.a.aggregate !== null);
    expect(members.length).toBe(4);
    expect(new Set(members.map((link) => link.subnet)).size).toBe(2);
    const strangers = network.devices.flatMap((device) => network.facts(device).lldp.map((fact) => fact.name));
    expect(strangers.filter((name) => name.startsWith('isp')).length).toBe(2);
  });

  it('routes over addresses of the neighbour on the other end of the port', () => {
    const network = build(45);
    let checked = 0;
    for (const device of network.devices) {
      const facts = network.facts(device);
      const reachable = new Map(facts.arp.filter((entry) => !entry.own).map((entry) => [entry.address, entry.port.unit]));
      for (const route of [...facts.ospf, ...facts.bgp, ...facts.static.filter((fact) => fact.active && !fact.blackhole)]) {
        for (const hop of route.nextHops) {
          expect(reachable.get(hop.address ?? '')).toBe(hop.interface);
          checked++;
        }
      }
    }
    expect(checked).toBeGreaterThan(1000);
  });

  it('knows every loopback of the pod by OSPF and the other pods by BGP', () => {
    const network = build(45);
    const leaf = network.device('pod1-leaf3');
    const facts = network.facts(leaf);
    const loopbacks = network.devices.filter((device) => device.pod === 0 && device !== leaf).map((device) => device.loopback);
    const known = facts.ospf.filter((route) => route.length === 32 && route.type === 'intra').map((route) => route.network);
    expect(known.toSorted()).toEqual(loopbacks.toSorted());
    expect(facts.ospf.some((route) => route.type === 'inter')).toBe(true);
    expect(facts.ospf.some((route) => route.type === 'external-2')).toBe(true);
    expect(facts.ospf.some((route) => route.nextHops.length === 2)).toBe(true);
    expect(facts.bgp.map((route) => route.network)).toEqual(expect.arrayContaining(['172.16.1.0', '172.16.2.0', '198.51.100.0']));
  });

  it('takes a pulled cable out of neighbours, ARP and routes of both ends, and puts it back', () => {
    const network = build(8);
    const leaf = network.device('pod1-leaf2');
    const before = allOf(network);
    const cable = network.cablesOf(leaf)[0];
    const own = cable?.a.device === leaf ? cable.a : cable?.b;
    const peer = cable?.a.device === leaf ? cable.b : cable?.a;
    if (!own || !peer) throw new Error('no cable');
    applyChange(network, leaf, { kind: 'remove_link', interface: own.port.name });
    for (const end of [own, peer]) {
      const facts = network.facts(end.device);
      expect(facts.lldp.some((fact) => fact.port === end.port)).toBe(false);
      expect(facts.arp.some((entry) => entry.port === end.port)).toBe(false);
      const hops = [...facts.static, ...facts.ospf, ...facts.bgp].flatMap((route) => route.nextHops);
      expect(hops.some((hop) => hop.interface === end.port.unit)).toBe(false);
      expect(facts.ospf.length).toBeGreaterThan(0);
    }
    applyChange(network, leaf, { kind: 'restore_link', interface: own.port.name });
    expect(allOf(network)).toBe(before);
  });

  it('keeps an aggregate up while one member is', () => {
    const network = build(4);
    const spine = network.device('pod1-spine1');
    const [first, second] = network.cablesOf(spine).filter((cable) => cable.a.port.lag !== null);
    const lag = first?.a.port.lag;
    if (!first || !second || !lag) throw new Error('no aggregate');
    const overLag = () =>
      network.facts(spine).ospf.filter((route) => route.nextHops.some((hop) => hop.interface === lag.unit)).length;
    applyChange(network, spine, { kind: 'remove_link', interface: first.a.port.name });
    expect([lag.up, overLag() > 0]).toEqual([true, true]);
    applyChange(network, spine, { kind: 'remove_link', interface: second.a.port.name });
    expect([lag.up, overLag()]).toEqual([false, 0]);
  });

  it('adds links, empties tables, and refuses what is not there', () => {
    const network = build(6, 1, FOUR);
    const leaf = network.device('pod1-leaf1');
    applyChange(network, leaf, { kind: 'add_link', peer: 'pod1-leaf4' });
    expect(network.facts(leaf).lldp.some((fact) => fact.name.startsWith('pod1-leaf4'))).toBe(true);
    applyChange(network, leaf, { kind: 'clear', table: 'lldp_neighbors' });
    expect(network.facts(leaf).lldp).toEqual([]);
    applyChange(network, leaf, { kind: 'restore', table: 'lldp_neighbors' });
    expect(network.facts(leaf).lldp.length).toBe(4);
    expect(() => applyChange(network, leaf, { kind: 'remove_link', interface: 'nope0' })).toThrow('no port nope0');
    expect(() => applyChange(network, leaf, { kind: 'add_link', peer: 'nobody' })).toThrow('no device nobody');
  });
});
