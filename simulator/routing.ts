import { byPrefix, hostOf, ipNumber, ipText, networkOf } from './address.ts';
import {
  POD_SIZE,
  type Adjacency,
  type BgpFact,
  type ConnectedFact,
  type NextHop,
  type OspfFact,
  type SimDevice,
  type StaticFact,
} from './model.ts';
import type { Network } from './network.ts';

const HOP_COST = 10;
/** Equal-cost paths a device installs. */
const MAX_PATHS = 4;
/** Pods on either side whose routes are heard around the ring. */
const RING_REACH = 5;
const PROVIDER_AS = 64500;
const PROVIDER_PREFIXES = [
  { network: '192.0.2.0', path: [64510] },
  { network: '198.51.100.0', path: [64510, 64496] },
  { network: '203.0.113.0', path: [64511, 64499, 64499] },
];

/** Works out `network.adjacencies`. */
export function adjacencies(network: Network, device: SimDevice): Adjacency[] {
  const out: Adjacency[] = [];
  for (const link of network.linksOf(device)) {
    if (!link.cables.some((cable) => cable.up)) continue;
    const mine = link.a.device === device;
    const [own, other] = mine ? [link.a, link.b] : [link.b, link.a];
    out.push({
      peer: other.device,
      port: own.port,
      peerPort: other.port,
      address: ipText(link.subnet + (mine ? 1 : 2)),
      peerAddress: ipText(link.subnet + (mine ? 2 : 1)),
    });
  }
  return out;
}

const hop = (via: Adjacency): NextHop => ({ address: via.peerAddress, interface: via.port.unit });

/** By device: hops, and the adjacencies that start a shortest path. */
export type Paths = Map<SimDevice, { hops: number; via: Adjacency[] }>;

/** Hops to every device of the pod and the adjacencies that start a shortest path: breadth first, all links cost the same. */
export function shortestPaths(network: Network, device: SimDevice): Paths {
  const reached = new Map<SimDevice, { hops: number; via: Adjacency[] }>([[device, { hops: 0, via: [] }]]);
  for (let hops = 1, edge: SimDevice[] = [device]; edge.length > 0; hops++) {
    const next: SimDevice[] = [];
    for (const from of edge) {
      for (const adjacency of network.adjacencies(from)) {
        if (adjacency.peer.pod !== device.pod) continue;
        const start = from === device ? [adjacency] : (reached.get(from)?.via ?? []);
        const known = reached.get(adjacency.peer);
        if (!known) {
          reached.set(adjacency.peer, { hops, via: [...start] });
          next.push(adjacency.peer);
        } else if (known.hops === hops) {
          for (const via of start) if (!known.via.includes(via)) known.via.push(via);
        }
      }
    }
    edge = next;
  }
  return reached;
}

const podHead = (network: Network, pod: number): SimDevice => network.devices[pod * POD_SIZE]!;
const podCount = (network: Network): number => Math.ceil(network.devices.length / POD_SIZE);

/** The heads of other pods in reach around the ring, nearest first, with the first adjacency towards them and the heads passed. */
function ring(network: Network, head: SimDevice): { head: SimDevice; via: Adjacency; passed: SimDevice[] }[] {
  const found = new Map<SimDevice, { head: SimDevice; via: Adjacency; passed: SimDevice[] }>();
  const heads = podCount(network);
  for (const step of [1, -1]) {
    const passed: SimDevice[] = [];
    let at = head;
    let first: Adjacency | undefined;
    for (let distance = 1; distance <= RING_REACH && distance < heads; distance++) {
      const target = podHead(network, (at.pod + step + heads) % heads);
      const link = network.adjacencies(at).find((adjacency) => adjacency.peer === target);
      if (!link) break;
      first ??= link;
      passed.push(target);
      const known = found.get(target);
      if (!known || known.passed.length > passed.length) found.set(target, { head: target, via: first, passed: [...passed] });
      at = target;
    }
  }
  return [...found.values()];
}

const area = (pod: number): string => `0.0.0.${pod + 1}`;

/**
 * One OSPF area per pod, first spines in area 0; transit subnets are suppressed, so what is carried are loopbacks and LANs
 * (intra-area), the loopbacks of other pods' heads (inter-area) and one redistributed static of the pod's head (external).
 */
export function ospfRoutes(network: Network, device: SimDevice, paths: Paths): OspfFact[] {
  const out: OspfFact[] = [];
  const head = podHead(network, device.pod);
  for (const [target, { hops, via }] of paths) {
    if (target === device) continue;
    const nextHops = via.slice(0, MAX_PATHS).map(hop);
    const common = { nextHops, type: 'intra', area: area(device.pod) } as const;
    out.push({ ...common, network: target.loopback, length: 32, metric: hops * HOP_COST + 1 });
    if (target.lan) out.push({ ...common, ...networkOf(target.lan), metric: hops * HOP_COST + 10 });
    if (target === head) out.push({ ...common, ...redistributed(device.pod), type: 'external-2', metric: 20 });
  }
  const toHead = paths.get(head);
  if (toHead) {
    for (const far of ring(network, head)) {
      const nextHops = device === head ? [hop(far.via)] : toHead.via.slice(0, MAX_PATHS).map(hop);
      const metric = (toHead.hops + far.passed.length) * HOP_COST + 1;
      const areaId = device === head ? '0.0.0.0' : area(device.pod);
      out.push({
        network: far.head.loopback,
        length: 32,
        nextHops,
        metric,
        type: device === head ? 'intra' : 'inter',
        area: areaId,
      });
    }
  }
  return out.sort(byPrefix);
}

const redistributed = (pod: number) => ({ network: ipText(ipNumber('198.18.0.0') + pod * 16), length: 28 });
const aggregateOf = (pod: number) => ({ network: ipText(ipNumber('172.16.0.0') + pod * 256), length: 24 });
const asOf = (pod: number): number => (pod < 500 ? 65001 + pod : 4200000001 + pod);

/** Default, a LAN beyond both uplinks, a discard route and a route whose next hop is gone. */
export function staticRoutes(network: Network, device: SimDevice): StaticFact[] {
  const ups = network.adjacencies(device);
  const isp = network.strangers.get(device)?.find((stranger) => stranger.address !== null && stranger.port.up);
  const provider: NextHop | null = isp ? { address: isp.address, interface: isp.port.unit } : null;
  const first = provider ?? (ups[0] ? hop(ups[0]) : null);
  const live = { blackhole: false, active: true };
  const out: StaticFact[] = [];
  if (first) out.push({ network: '0.0.0.0', length: 0, nextHops: [first], ...live });
  const two = ups.slice(0, 2).map(hop);
  const lan = ipText(ipNumber('192.168.0.0') + (device.index % 250) * 256);
  if (two.length > 0) out.push({ network: lan, length: 24, nextHops: two, ...live });
  if (device === podHead(network, device.pod)) {
    if (first) out.push({ ...redistributed(device.pod), nextHops: [first], ...live });
    out.push({ ...aggregateOf(device.pod), nextHops: [{ address: null, interface: null }], blackhole: true, active: true });
  }
  const discard = ipText(ipNumber('10.200.0.0') + (device.index % 250) * 256);
  out.push({ network: discard, length: 24, nextHops: [{ address: null, interface: null }], blackhole: true, active: true });
  out.push({
    network: ipText(ipNumber('172.31.0.0') + (device.index % 250) * 256),
    length: 24,
    nextHops: [{ address: '192.0.2.254', interface: null }],
    blackhole: false,
    active: false,
  });
  return out.sort(byPrefix);
}

/** eBGP with the provider and around the ring, iBGP from both spines to the rest of the pod with next-hop-self. */
export function bgpRoutes(network: Network, device: SimDevice, paths: Paths): BgpFact[] {
  const out: BgpFact[] = [];
  const head = podHead(network, device.pod);
  const border = network.devices[device.pod * POD_SIZE + 1] ?? head;
  const isp = network.strangers.get(border)?.find((stranger) => stranger.address !== null && stranger.port.up);
  const learn = (
    speaker: SimDevice,
    fact: Omit<BgpFact, 'nextHops' | 'internal' | 'protocolNextHop'>,
    external: NextHop,
  ): void => {
    if (speaker === device) {
      out.push({ ...fact, internal: false, protocolNextHop: external.address ?? '', nextHops: [external] });
      return;
    }
    const to = paths.get(speaker);
    if (!to) return;
    const nextHops = to.via.slice(0, MAX_PATHS).map(hop);
    out.push({ ...fact, internal: true, protocolNextHop: speaker.loopback, nextHops });
  };
  if (isp?.address) {
    for (const { network: prefix, path } of PROVIDER_PREFIXES) {
      const fact = { network: prefix, length: 24, asPath: [PROVIDER_AS, ...path], localPref: 100, origin: 'igp' as const };
      learn(border, fact, { address: isp.address, interface: isp.port.unit });
    }
  }
  for (const far of ring(network, head)) {
    const asPath = far.passed.map((passed) => asOf(passed.pod));
    const fact = { ...aggregateOf(far.head.pod), asPath, localPref: 100, origin: 'incomplete' as const };
    learn(head, fact, hop(far.via));
  }
  return out.sort(byPrefix);
}

/** Subnets of the ports that are up, in the order of the networks. */
export function connectedRoutes(device: SimDevice): ConnectedFact[] {
  return device.interfaces
    .filter((port) => port.up && port.role !== 'mgmt')
    .flatMap((port) => port.addresses.map((cidr) => ({ ...networkOf(cidr), address: hostOf(cidr), interface: port.unit })))
    .sort(byPrefix);
}
