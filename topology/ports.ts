import type { Interface } from '../core/facts.ts';
import { interfaceKey, isAggregate, isRouteros, isVirtual, physicalKey, routerosTails } from './interfaces.ts';
import { normaliseMac } from './mac.ts';
import type { NetworkDevice } from './network.ts';
import { clean, compare, rows } from './text.ts';

/** One port of a node. Ports with equal keys are the same port of the same node. */
export interface Port {
  key: string;
  /** For people, as the device itself spells it where it is known. */
  name: string;
  /** The device itself has named this port. */
  known: boolean;
}

/** The ports of one managed device, however they are spelled. */
export interface PortIndex {
  /** A port as the device's own tables name it; logical units and subinterfaces give the port they ride on. */
  own(name: unknown): Port | null;
  /** The same without leaving out the unit: the interface that has the address. */
  exact(name: unknown): Port | null;
  /** A port as a neighbour names it: name, description, or the port's MAC address. */
  remote(name: unknown): Port | null;
  /** The one port with this MAC address (canonical); null where several share it or a logical interface has it. */
  byMac(mac: string): Port | null;
}

export function createPortIndex(device: NetworkDevice): PortIndex {
  const { platform } = device;
  const interfaces = rows(device.facts.interfaces);
  const keys = memo((name: string) => interfaceKey(platform, name));
  const names = ownNames(device, interfaces, keys);
  const physical = new Map<string, string>();
  for (const [key, name] of [...names].sort(([a], [b]) => compare(a, b))) {
    const port = physicalKey(platform, key);
    if (!physical.has(port) || port === key) physical.set(port, port === key ? name : name.replace(/\.\d+$/, ''));
  }
  const byMac = lazy(() => portsByMac(interfaces, (name) => own(name)));
  const byDescription = lazy(() => uniqueBy(interfaces, (row) => clean(row.description)?.toLowerCase() ?? null));

  const own = memo((value: unknown): Port | null => {
    const name = clean(value);
    if (name === null) return null;
    const key = physicalKey(platform, keys(name));
    const known = physical.get(key);
    return { key, name: known ?? (key === keys(name) ? name : name.replace(/\.\d+$/, '')), known: known !== undefined };
  });

  const remote = memo((value: unknown): Port | null => {
    const port = own(value);
    const text = clean(value);
    if (port === null || text === null || port.known) return port;
    const tail = isRouteros(platform) ? tailPort(text, own) : null;
    if (tail?.known) return tail;
    const mac = normaliseMac(text);
    const found = (mac === null ? undefined : byMac().get(mac)) ?? own(byDescription().get(text.toLowerCase())?.name);
    return found ?? tail ?? (mac === null ? port : { key: mac, name: mac, known: false });
  });

  return {
    own,
    exact(value) {
      const name = clean(value);
      if (name === null) return null;
      const key = keys(name);
      const known = names.get(key);
      return { key, name: known ?? name, known: known !== undefined };
    },
    remote,
    byMac: (mac) => byMac().get(mac) ?? null,
  };
}

/** A port of a node that has no tables of its own here. The most general spelling rules apply. */
export function foreignPort(value: unknown): Port | null {
  const name = clean(value);
  if (name === null) return null;
  const mac = normaliseMac(name);
  return { key: mac ?? physicalKey(null, interfaceKey(null, name)), name: mac ?? name, known: false };
}

/** Key → name. Interface rows win; of several spellings in the neighbour tables the longest, then the first in order. */
function ownNames(device: NetworkDevice, interfaces: Interface[], keyOf: (name: string) => string): Map<string, string> {
  const spellings = (values: unknown[]) => {
    const found = new Map<string, string>();
    for (const value of values) {
      const name = clean(value);
      if (name === null) continue;
      const key = keyOf(name);
      // Of `ether2,bridge1` only the port is the name.
      const text = isRouteros(device.platform) ? key : name;
      const other = found.get(key);
      if (other === undefined || text.length > other.length || (text.length === other.length && compare(text, other) < 0)) {
        found.set(key, text);
      }
    }
    return found;
  };
  const neighbors = [...rows(device.facts.lldp_neighbors), ...rows(device.facts.cdp_neighbors)];
  const names = spellings(neighbors.map((row) => row.local_interface));
  for (const [key, name] of spellings(interfaces.map((row) => row.name))) names.set(key, name);
  return names;
}

function tailPort(text: string, own: (name: string) => Port | null): Port | null {
  const ports = routerosTails(text).map((tail) => own(tail));
  return ports.find((port) => port?.known) ?? ports.at(-1) ?? null;
}

/** A MAC address that several ports share, or that only a logical interface has, tells no port. */
function portsByMac(interfaces: Interface[], own: (name: string) => Port | null): Map<string, Port | null> {
  const ports = new Map<string, Port | null>();
  for (const row of interfaces) {
    const mac = normaliseMac(clean(row.mac) ?? '');
    const port = own(row.name);
    if (mac === null || port === null || isVirtual(port.key) || isAggregate(port.key)) continue;
    const other = ports.get(mac);
    ports.set(mac, other === undefined || other?.key === port.key ? port : null);
  }
  return ports;
}

function uniqueBy(interfaces: Interface[], key: (row: Interface) => string | null): Map<string, Interface | null> {
  const found = new Map<string, Interface | null>();
  for (const row of interfaces) {
    const value = key(row);
    if (value !== null) found.set(value, found.has(value) ? null : row);
  }
  return found;
}

function memo<A, R>(compute: (argument: A) => R): (argument: A) => R {
  const known = new Map<A, { result: R }>();
  return (argument) => {
    let found = known.get(argument);
    if (found === undefined) known.set(argument, (found = { result: compute(argument) }));
    return found.result;
  };
}

function lazy<T>(compute: () => T): () => T {
  let value: { of: T } | null = null;
  return () => (value ??= { of: compute() }).of;
}
