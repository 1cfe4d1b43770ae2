import { parseAddress, parsePrefix, type Prefix } from './addresses.ts';
import { normaliseMac } from './mac.ts';
import { nameKey, parentNames } from './names.ts';
import type { Network, NetworkDevice } from './network.ts';
import { createPortIndex, type Port, type PortIndex } from './ports.ts';
import { clean, compare, rows } from './text.ts';

/** A managed device with what the matching needs of it, computed once. */
export interface DeviceView {
  id: string;
  name: string;
  source: NetworkDevice;
  ports: PortIndex;
  /** The connected prefixes, each with the interface that has it (unit included). */
  prefixes: { prefix: Prefix; port: Port }[];
  /** A list of just this device, shared by everything that only it owns. */
  alone: DeviceView[];
}

/** Who owns a value: one device, or several (in the order of their ids). */
export type Owners = Map<string, DeviceView[]>;

/** Everything a neighbour can be recognised by. Look-ups are one step each. What can belong to nobody is not asked for, so it may be in here. */
export interface DeviceIndex {
  devices: DeviceView[];
  byId: Map<string, DeviceView>;
  macs: Owners;
  serials: Owners;
  /** Interface addresses and the address a device is reached at. */
  addresses: Owners;
  /** Complete names, as the inventory has them. */
  names: Owners;
  /** Every name that a complete name is an extension of: `sw1` for `sw1.example.com`. */
  shortNames: Owners;
}

export function indexDevices(network: Network): DeviceIndex {
  const devices = network.devices.map(viewDevice).sort((a, b) => compare(a.id, b.id));
  const index: DeviceIndex = {
    devices,
    byId: new Map(devices.map((device) => [device.id, device])),
    macs: new Map(),
    serials: new Map(),
    addresses: new Map(),
    names: new Map(),
    shortNames: new Map(),
  };
  for (const device of devices) indexDevice(index, device);
  return index;
}

/** The one owner of a value; null where nobody or several own it. */
export function onlyOwner(owners: Owners, key: string): DeviceView | null {
  const found = owners.get(key);
  return found?.length === 1 ? (found[0] ?? null) : null;
}

function viewDevice(source: NetworkDevice): DeviceView {
  const ports = createPortIndex(source);
  const prefixes = rows(source.facts.interfaces).flatMap((row) => {
    const port = ports.exact(row.name);
    if (port === null || !Array.isArray(row.addresses)) return [];
    const parsed = row.addresses.map((address) => parsePrefix(clean(address) ?? ''));
    return parsed.filter((prefix) => prefix !== null).map((prefix) => ({ prefix, port }));
  });
  const device: DeviceView = { id: source.id, name: clean(source.name) ?? source.id, source, ports, prefixes, alone: [] };
  device.alone.push(device);
  return device;
}

function indexDevice(index: DeviceIndex, device: DeviceView): void {
  const { source } = device;
  for (const row of rows(source.facts.interfaces)) {
    const mac = normaliseMac(clean(row.mac) ?? '');
    if (mac !== null) own(index.macs, mac, device);
  }
  for (const serial of source.serials ?? []) {
    const text = clean(serial);
    if (text !== null) own(index.serials, text.toUpperCase(), device);
  }
  const host = clean(source.host);
  const address = parseAddress(host ?? '');
  if (address !== null) own(index.addresses, address.text, device);
  for (const { prefix } of device.prefixes) own(index.addresses, prefix.address.text, device);
  const isHostName = host !== null && address === null && /^[\w.-]+$/.test(host);
  for (const name of [device.name, ...(isHostName ? [host] : [])]) {
    own(index.names, nameKey(name), device);
    for (const parent of parentNames(nameKey(name))) own(index.shortNames, parent, device);
  }
}

/** Devices come one after the other, so a repeated value of the same device can only be the last owner. */
function own(owners: Owners, key: string, device: DeviceView): void {
  const found = owners.get(key);
  if (found === undefined) owners.set(key, device.alone);
  else if (found.length === 1 && found[0] !== device) owners.set(key, [...found, device]);
  else if (found.length > 1 && found.at(-1) !== device) found.push(device);
}
