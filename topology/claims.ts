import { identifiesHost, parseAddress } from './addresses.ts';
import type { DeviceView } from './devices.ts';
import { identifies, normaliseMac } from './mac.ts';
import { readName, type NeighborName } from './names.ts';
import type { Port } from './ports.ts';
import { clean, rows } from './text.ts';

/** Who says something of a neighbour. */
export interface Observer {
  id: string;
}

/** What is said, whatever else is known of who says it. */
export type Saying = Claim<Observer>;

/** One row of a neighbour table: a device says that somebody is at the other end of a port. */
export interface Claim<D extends Observer = DeviceView> {
  kind: 'lldp' | 'cdp';
  /** Who says so. */
  device: D;
  collected_at: string;
  local: Port | null;
  /** The neighbour's port, as the neighbour names it. */
  port: string | null;
  name: NeighborName | null;
  /** The chassis id (LLDP) or the name (some small switches, CDP) where it is a MAC that one device can own. */
  mac: string | null;
  /** A chassis id that is no MAC address, as sent. */
  chassis: string | null;
  /** A management address that one device can own, canonical. */
  address: string | null;
  platform: string | null;
}

/** Every neighbour row of a device. Each row stands for itself: nothing is carried from one to the next. */
export function claimsOf(device: DeviceView): Claim[] {
  const { lldp_neighbors: lldp, cdp_neighbors: cdp } = device.source.facts;
  return [
    ...rows(lldp).map((row) => claim('lldp', device, lldp?.collected_at, row, row.chassis_id)),
    ...rows(cdp).map((row) => claim('cdp', device, cdp?.collected_at, row, null)),
  ];
}

interface Row {
  local_interface: string;
  neighbor_name: string | null;
  neighbor_interface: string | null;
  neighbor_address: string | null;
  platform: string | null;
}

function claim(kind: Claim['kind'], device: DeviceView, at: string | undefined, row: Row, chassisId: string | null): Claim {
  const chassis = clean(chassisId);
  const chassisMac = normaliseMac(chassis ?? '');
  const mac = chassisMac ?? (chassis === null ? normaliseMac(clean(row.neighbor_name) ?? '') : null);
  const chassisAddress = chassis === null || chassisMac !== null ? null : parseAddress(chassis);
  const address = parseAddress(clean(row.neighbor_address) ?? '') ?? chassisAddress;
  return {
    kind,
    device,
    collected_at: at ?? '',
    local: device.ports.own(row.local_interface),
    port: clean(row.neighbor_interface),
    name: readName(row.neighbor_name),
    mac: mac !== null && identifies(mac) ? mac : null,
    chassis: chassisMac === null && chassisAddress === null ? chassis : null,
    address: address !== null && identifiesHost(address) ? address.text : null,
    platform: clean(row.platform),
  };
}
