import type { Kind } from '../core/facts.ts';
import { ipNumber, ipText } from './address.ts';
import { accessPoint, addPort, addSpares, makeDevice, provider, type NetworkOptions } from './devices.ts';
import {
  POD_SIZE,
  type Adjacency,
  type Cable,
  type Facts,
  type Layer3Link,
  type LinkEnd,
  type SimDevice,
  type Stranger,
} from './model.ts';
import { adjacencies, bgpRoutes, connectedRoutes, ospfRoutes, shortestPaths, staticRoutes } from './routing.ts';
import { arpTable, macTable, neighbors } from './tables.ts';

export interface Network {
  seed: number;
  devices: SimDevice[];
  /** By name; throws where there is none. */
  device: (name: string) => SimDevice;
  cables: Cable[];
  layer3: Layer3Link[];
  cablesOf: (device: SimDevice) => Cable[];
  linksOf: (device: SimDevice) => Layer3Link[];
  strangers: Map<SimDevice, Stranger[]>;
  /** Those that are up now, in the order of the ports. */
  adjacencies: (device: SimDevice) => Adjacency[];
  /** Computed at first use, and anew after a change. */
  facts: (device: SimDevice) => Facts;
  /** Forgets what was computed; for whoever changes cables, ports or tables. */
  invalidate: () => void;
  /** Kinds a device shows as empty, whatever is true. */
  cleared: Map<SimDevice, Set<Kind>>;
  /** Adds a cable between two spare ports and gives it a subnet; throws where no port is left. */
  connect: (a: SimDevice, b: SimDevice) => Cable;
}

/** Builds the network: a pure function of the options. */
export function buildNetwork(options: NetworkOptions): Network {
  const devices = Array.from({ length: options.devices }, (_, index) => makeDevice(index, options));
  const byName = new Map(devices.map((device) => [device.name, device]));
  const cablesOf = new Map<SimDevice, Cable[]>(devices.map((device) => [device, []]));
  const linksOf = new Map<SimDevice, Layer3Link[]>(devices.map((device) => [device, []]));
  let computed = new Map<SimDevice, Facts>();
  let adjacent = new Map<SimDevice, Adjacency[]>();

  const network: Network = {
    seed: options.seed,
    devices,
    cables: [],
    layer3: [],
    strangers: new Map(),
    cleared: new Map(),
    cablesOf: (device) => cablesOf.get(device) ?? [],
    linksOf: (device) => linksOf.get(device) ?? [],
    device: (name) => {
      const found = byName.get(name);
      if (!found) throw new Error(`the simulated network has no device ${name}`);
      return found;
    },
    invalidate: () => {
      computed = new Map();
      adjacent = new Map();
    },
    adjacencies: (device) => {
      let known = adjacent.get(device);
      if (!known) adjacent.set(device, (known = adjacencies(network, device)));
      return known;
    },
    facts: (device) => {
      let facts = computed.get(device);
      if (!facts) computed.set(device, (facts = factsOf(network, device)));
      return facts;
    },
    connect: (a, b) => {
      const cable = plug(sparePort(a), sparePort(b));
      address(cable.a, cable.b, [cable]);
      network.invalidate();
      return cable;
    },
  };

  const plug = (a: LinkEnd, b: LinkEnd): Cable => {
    const cable = { a, b, up: true };
    for (const [end, other] of [
      [a, b],
      [b, a],
    ] as const) {
      end.port.up = true;
      end.port.description = `to ${other.device.name} ${other.port.name}`;
      cablesOf.get(end.device)?.push(cable);
    }
    network.cables.push(cable);
    return cable;
  };
  const address = (a: LinkEnd, b: LinkEnd, cables: Cable[]): void => {
    const link = { a, b, cables, subnet: ipNumber('10.128.0.0') + network.layer3.length * 4 };
    a.port.addresses = [`${ipText(link.subnet + 1)}/30`];
    b.port.addresses = [`${ipText(link.subnet + 2)}/30`];
    for (const end of [a, b]) linksOf.get(end.device)?.push(link);
    network.layer3.push(link);
  };
  const end = (device: SimDevice, role: 'fabric' | 'lag'): LinkEnd => ({ device, port: addPort(device, role) });
  const join = (a: SimDevice, b: SimDevice): void => {
    const cable = plug(end(a, 'fabric'), end(b, 'fabric'));
    address(cable.a, cable.b, [cable]);
  };
  const aggregate = (a: SimDevice, b: SimDevice, members: number): void => {
    const [x, y] = [end(a, 'lag'), end(b, 'lag')];
    const cables = Array.from({ length: members }, () => plug(end(a, 'fabric'), end(b, 'fabric')));
    for (const cable of cables) {
      cable.a.port.lag = x.port;
      cable.b.port.lag = y.port;
    }
    for (const [own, other] of [
      [x, b],
      [y, a],
    ] as const) {
      own.port.up = true;
      own.port.description = `aggregate to ${other.name}`;
    }
    address(x, y, cables);
  };

  const pods = Math.ceil(devices.length / POD_SIZE);
  for (let pod = 0; pod < pods; pod++) {
    const members = devices.slice(pod * POD_SIZE, (pod + 1) * POD_SIZE);
    const [first, second] = members;
    if (!first) continue;
    for (const leaf of members.slice(2)) {
      join(first, leaf);
      if (second) join(second, leaf);
      network.strangers.set(leaf, [accessPoint(leaf, options.seed)]);
    }
    if (second) aggregate(first, second, 2);
    const next = devices[((pod + 1) % pods) * POD_SIZE];
    if (next && (pods > 2 || (pods === 2 && pod === 0))) join(first, next);
    network.strangers.set(second ?? first, [provider(second ?? first, pod)]);
  }
  for (const device of devices) addSpares(device);
  return network;
}

function sparePort(device: SimDevice): LinkEnd {
  const port = device.interfaces.find((p) => p.role === 'fabric' && p.admin && !p.up && p.addresses.length === 0 && !p.lag);
  if (!port) throw new Error(`${device.name} has no spare port left`);
  return { device, port };
}

/** What is asked for is worked out once; a configuration needs no shortest paths. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function factsOf(network: Network, device: SimDevice): Facts {
  const cleared = network.cleared.get(device);
  const shown = <T>(kind: Kind, make: () => T[]): (() => T[]) => lazy(() => (cleared?.has(kind) ? [] : make()));
  const heard = lazy(() => neighbors(network, device));
  const paths = lazy(() => shortestPaths(network, device));
  const fixed = shown('static_routes', () => staticRoutes(network, device));
  const ospf = shown('ospf_routes', () => ospfRoutes(network, device, paths()));
  const bgp = shown('bgp_routes', () => bgpRoutes(network, device, paths()));
  const connected = lazy(() => connectedRoutes(device));
  const macs = shown('mac_table', () => macTable(network, device));
  const arp = shown('arp', () => arpTable(network, device));
  const interfaces = shown('interfaces', () => device.interfaces);
  const cdp = shown('cdp_neighbors', () => heard().cdp);
  const lldp = shown('lldp_neighbors', () => heard().lldp);
  return {
    get static() {
      return fixed();
    },
    get ospf() {
      return ospf();
    },
    get bgp() {
      return bgp();
    },
    get connected() {
      return connected();
    },
    get macs() {
      return macs();
    },
    get arp() {
      return arp();
    },
    get interfaces() {
      return interfaces();
    },
    get cdp() {
      return cdp();
    },
    get lldp() {
      return lldp();
    },
  };
}
