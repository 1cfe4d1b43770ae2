import { hostOf, ipNumber, ipText, macText } from './address.ts';
import type { ArpFact, MacFact, NeighborFact, SimDevice, SimInterface } from './model.ts';
import type { Network } from './network.ts';
import { pick } from './random.ts';

interface Host {
  mac: string;
  address: string | null;
  port: SimInterface;
}

/** Hosts on the access ports: two desks of two and a printer, and what hides behind the access point. */
function hosts(network: Network, device: SimDevice): Host[] {
  if (!device.lan) return [];
  const own = ipNumber(hostOf(device.lan));
  const out: Host[] = [];
  const ports = device.interfaces.filter((port) => port.role === 'access' && port.up);
  for (const port of ports) {
    const count = port.number === 4 ? 1 : 2;
    for (let k = 0; k < count; k++) {
      const mac = macText('52:54:00', pick(0x1000000, network.seed, device.index, port.number, k, 'host'));
      out.push({ mac, address: port.vlan === 10 ? ipText(own + port.number * 2 + k - 3) : null, port });
    }
  }
  return out;
}

/** In the order of the VLANs, as every platform prints it. */
export function macTable(network: Network, device: SimDevice): MacFact[] {
  return hosts(network, device)
    .map(({ mac, port }) => ({ mac, vlan: port.vlan ?? 1, port }))
    .sort((a, b) => a.vlan - b.vlan);
}

/** Own addresses, link peers, hosts of the LAN, and on leaves one address that never answered. */
export function arpTable(network: Network, device: SimDevice): ArpFact[] {
  const out: ArpFact[] = [];
  for (const port of device.interfaces) {
    if (port.role === 'loopback' || !port.up) continue;
    for (const cidr of port.addresses) out.push({ address: hostOf(cidr), mac: port.mac, port, behind: null, own: true });
  }
  for (const { peerAddress, peerPort, port } of network.adjacencies(device)) {
    out.push({ address: peerAddress, mac: peerPort.mac, port, behind: null, own: false });
  }
  for (const stranger of network.strangers.get(device) ?? []) {
    if (stranger.address && stranger.port.up)
      out.push({ address: stranger.address, mac: stranger.mac, port: stranger.port, behind: null, own: false });
  }
  const svi = device.interfaces.find((port) => port.role === 'svi');
  if (svi && device.lan) {
    for (const host of hosts(network, device)) {
      if (host.address) out.push({ address: host.address, mac: host.mac, port: svi, behind: host.port, own: false });
    }
    out.push({ address: ipText(ipNumber(hostOf(device.lan)) + 12), mac: null, port: svi, behind: null, own: false });
  }
  return out.sort((a, b) => ipNumber(a.address) - ipNumber(b.address));
}

/** What is heard, in the order of the ports. Each protocol is heard only by who speaks it, from who speaks it. */
export function neighbors(network: Network, device: SimDevice): { cdp: NeighborFact[]; lldp: NeighborFact[] } {
  const heard: { fact: NeighborFact; cdp: boolean; lldp: boolean }[] = [];
  for (const cable of network.cablesOf(device)) {
    if (!cable.up) continue;
    const [own, other] = cable.a.device === device ? [cable.a, cable.b] : [cable.b, cable.a];
    const { speaksCdp, speaksLldp } = other.device.platform;
    heard.push({ fact: neighborOf(own.port, other.device, other.port), cdp: speaksCdp, lldp: speaksLldp !== false });
  }
  for (const stranger of network.strangers.get(device) ?? []) {
    if (!stranger.port.up) continue;
    const fact: NeighborFact = {
      port: stranger.port,
      name: stranger.name,
      remotePort: stranger.remotePort,
      remotePortFull: stranger.remotePort,
      cdpId: stranger.name,
      cdpSystemName: null,
      remotePortDescription: stranger.remotePort,
      mac: stranger.mac,
      address: stranger.address,
      platform: stranger.platform,
      description: stranger.description,
      capabilities: stranger.capabilities,
      model: stranger.platform.replace('cisco ', ''),
    };
    heard.push({ fact, cdp: stranger.cdp, lldp: true });
  }
  const order = new Map(device.interfaces.map((port, index) => [port, index]));
  heard.sort((a, b) => (order.get(a.fact.port) ?? 0) - (order.get(b.fact.port) ?? 0));
  return {
    cdp: device.platform.speaksCdp ? heard.filter(({ cdp }) => cdp).map(({ fact }) => fact) : [],
    lldp: device.platform.speaksLldp === false ? [] : heard.filter(({ lldp }) => lldp).map(({ fact }) => fact),
  };
}

function neighborOf(port: SimInterface, peer: SimDevice, peerPort: SimInterface): NeighborFact {
  const { platform } = peer;
  return {
    port,
    name: peer.announced,
    remotePort: platform.announcedPort?.(peerPort.name) ?? peerPort.name,
    remotePortFull: peerPort.name,
    cdpId: platform.cdpId?.(peer) ?? peer.announced,
    cdpSystemName: platform.cdpSystemName ? peer.name : null,
    remotePortDescription: peerPort.description ?? peerPort.name,
    mac: peer.chassisMac,
    address: peer.host,
    ...platform.describe(peer),
    capabilities: ['bridge', 'router'],
    model: peer.model,
  };
}
