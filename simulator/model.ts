import type { SimPlatform } from './platform.ts';

/** Devices of a pod: 2 spines and up to 18 leaves, every leaf on both spines, first spines joined in a ring. */
export const POD_SIZE = 20;

/** What a port is for; platforms name ports by role. */
export type PortRole = 'mgmt' | 'loopback' | 'fabric' | 'lag' | 'access' | 'svi' | 'bridge';

/** Roles of ports that every platform has. */
export type NamedRole = Exclude<PortRole, 'bridge'>;

export interface SimInterface {
  /** The full name on the device's own command line. */
  name: string;
  /** The name that addresses, routes and ARP go by: the logical unit on Junos, else the same as `name`. */
  unit: string;
  role: PortRole;
  /** Counts from 1 within its role; for `svi` the VLAN id. */
  number: number;
  description: string | null;
  /** Not shut down. */
  admin: boolean;
  /** Link is up. */
  up: boolean;
  mac: string | null;
  /** CIDR with host bits. */
  addresses: string[];
  mtu: number;
  /** Bits per second. */
  speed: number;
  /** Access VLAN, or the VLAN of an `svi`. */
  vlan: number | null;
  /** The aggregate it belongs to. */
  lag: SimInterface | null;
}

export interface SimDevice {
  index: number;
  name: string;
  /** What it calls itself in CDP and LLDP: with the domain on Cisco and Arista, bare elsewhere. */
  announced: string;
  platform: SimPlatform;
  role: 'spine' | 'leaf';
  pod: number;
  /** Who logs in, as prompts show it. */
  user: string;
  /** Management address: where its SSH listens. */
  host: string;
  /** The MAC address of its management port too, so that a neighbour's chassis id finds it among its interfaces. */
  chassisMac: string;
  serial: string;
  model: string;
  loopback: string;
  /** The CIDR of its LAN with its own address; null on spines. */
  lan: string | null;
  interfaces: SimInterface[];
  /** Starts below privileged mode and asks for the enable secret (platforms that have one). */
  needsEnable: boolean;
  /** Rules of its access list; they make the length of its configuration, some 70 bytes each. */
  rules: number;
  /** Counts the configuration changes made at run time; shown in the configuration. */
  revision: number;
}

/** One cable end. */
export interface LinkEnd {
  device: SimDevice;
  port: SimInterface;
}

/** A cable between two devices. Members of an aggregate are cables of their own. */
export interface Cable {
  a: LinkEnd;
  b: LinkEnd;
  up: boolean;
}

/** A subnet between two devices, over one cable or an aggregate of several. */
export interface Layer3Link {
  a: LinkEnd;
  b: LinkEnd;
  /** The /30 as a number; `a` has .1, `b` has .2. */
  subnet: number;
  cables: Cable[];
}

/** A neighbour that is not one of our devices: a provider's router, an access point. */
export interface Stranger {
  port: SimInterface;
  name: string;
  remotePort: string;
  mac: string;
  /** Its address on the link, null on layer 2. */
  address: string | null;
  platform: string;
  description: string;
  capabilities: Capability[];
  cdp: boolean;
}

export type Capability = 'router' | 'bridge' | 'wlan';

/** An adjacency at layer 3: a cable, or an aggregate with at least one member up. */
export interface Adjacency {
  peer: SimDevice;
  port: SimInterface;
  peerPort: SimInterface;
  /** Addresses without length. */
  address: string;
  peerAddress: string;
}

export interface NextHop {
  /** null: directly connected, or discarded. */
  address: string | null;
  /** `unit` name; null where it is recursive or discarded. */
  interface: string | null;
}

export interface RouteFact {
  network: string;
  length: number;
  nextHops: NextHop[];
}

export interface StaticFact extends RouteFact {
  blackhole: boolean;
  /** False: configured, but its next hop is not reachable. */
  active: boolean;
}

export type OspfType = 'intra' | 'inter' | 'external-2';

export interface OspfFact extends RouteFact {
  type: OspfType;
  metric: number;
  area: string;
}

export interface BgpFact extends RouteFact {
  internal: boolean;
  /** The next hop as the protocol carries it; `nextHops` are the resolved ones. */
  protocolNextHop: string;
  /** From the nearest AS on. */
  asPath: number[];
  localPref: number;
  origin: 'igp' | 'incomplete';
}

export interface ConnectedFact {
  network: string;
  length: number;
  address: string;
  interface: string;
}

export interface MacFact {
  mac: string;
  vlan: number;
  port: SimInterface;
}

export interface ArpFact {
  address: string;
  /** null: asked, never answered. */
  mac: string | null;
  port: SimInterface;
  /** The access port behind a VLAN interface. */
  behind: SimInterface | null;
  /** The device's own address. */
  own: boolean;
}

/** What is heard on one port. */
export interface NeighborFact {
  port: SimInterface;
  name: string;
  /** As the neighbour announces it in LLDP. */
  remotePort: string;
  /** As it announces it in CDP. */
  remotePortFull: string;
  /** The CDP device id, and the name where it sends one beside it. */
  cdpId: string;
  cdpSystemName: string | null;
  remotePortDescription: string;
  mac: string;
  address: string | null;
  /** The platform text of CDP, e.g. `cisco WS-C3750X-24T`. */
  platform: string;
  /** The LLDP system description; one line. */
  description: string;
  capabilities: Capability[];
  /** The short model name, e.g. `RB5009UG+S+`. */
  model: string;
}

/** Everything that is true of a device now; renderers turn it into text, `truth` into records. */
export interface Facts {
  static: StaticFact[];
  ospf: OspfFact[];
  bgp: BgpFact[];
  connected: ConnectedFact[];
  macs: MacFact[];
  arp: ArpFact[];
  interfaces: SimInterface[];
  cdp: NeighborFact[];
  lldp: NeighborFact[];
}
