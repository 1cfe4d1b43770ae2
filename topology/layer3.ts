import { contains, identifiesHost, parseAddress, type Address } from './addresses.ts';
import type { DeviceIndex, DeviceView } from './devices.ts';
import { addEvidence, createDraftTable, otherEnd, type Draft, type DraftTable, type Report } from './drafts.ts';
import type { End, Ends } from './ends.ts';
import { isAggregate, isTunnel, isVirtual } from './interfaces.ts';
import type { EvidenceKind } from './model.ts';
import type { Port } from './ports.ts';
import { clean, rows } from './text.ts';

const ROUTES = [
  ['ospf_routes', 'ospf'],
  ['bgp_routes', 'bgp'],
  ['static_routes', 'static'],
] as const satisfies [string, EvidenceKind][];

/** Which interface of which device has an address. */
type Interfaces = Map<string, { device: DeviceView; port: Port }[]>;

/**
 * Reads the routes: a next hop that is an interface address of exactly one other device, in a subnet connected to the local
 * interface, supports the wire between the two interfaces. Where at least one of them has no wire it is a layer 3 link of its own.
 * Next hops further away (loopbacks of iBGP) say nothing about links.
 */
export function addLayer3Links(index: DeviceIndex, table: DraftTable): void {
  const interfaces = indexInterfaces(index);
  const linked = new Set(table.all().flatMap((draft) => [draft.a.node, draft.b.node]));
  const adjacencies = createDraftTable(table.ends);
  for (const device of index.devices) {
    for (const report of adjacenciesOf(device, interfaces, table.ends)) adjacencies.report(report, 'layer3');
  }

  for (const draft of adjacencies.all()) {
    const [a, b] = [physicalEnd(index, table.ends, draft.a), physicalEnd(index, table.ends, draft.b)];
    const wire = wireBetween(table, a, b);
    if (wire !== undefined) {
      for (const evidence of draft.evidence) addEvidence(wire, evidence);
    } else if (!isCarried(table, a, linked) || !isCarried(table, b, linked)) {
      for (const evidence of draft.evidence) {
        const fromA = evidence.device_id === draft.a.node;
        table.report({ ...evidence, local: fromA ? draft.a : draft.b, remote: fromA ? draft.b : draft.a }, 'layer3');
      }
    }
  }
}

function indexInterfaces(index: DeviceIndex): Interfaces {
  const found: Interfaces = new Map();
  for (const device of index.devices) {
    for (const { prefix, port } of device.prefixes) {
      // A link-local next hop may be any device's that is not ours.
      if (!identifiesHost(prefix.address)) continue;
      const owners = found.get(prefix.address.text);
      if (owners === undefined) found.set(prefix.address.text, [{ device, port }]);
      else owners.push({ device, port });
    }
  }
  return found;
}

function adjacenciesOf(device: DeviceView, interfaces: Interfaces, ends: Ends): Report[] {
  return ROUTES.flatMap(([fact, kind]) => {
    const table = device.source.facts[fact];
    // Many routes share a next hop: each is looked at once.
    const hops = new Map<string, Set<unknown>>();
    for (const row of rows<{ next_hop: string | null; interface: string | null }>(table)) {
      if (row.next_hop === null) continue;
      const through = hops.get(row.next_hop);
      if (through === undefined) hops.set(row.next_hop, new Set([row.interface]));
      else through.add(row.interface);
    }
    return [...hops].flatMap(([nextHop, through]) => {
      const address = parseAddress(clean(nextHop) ?? '');
      const owners = address === null ? undefined : interfaces.get(address.text);
      const [owner] = owners ?? [];
      if (address === null || owners?.length !== 1 || owner === undefined || owner.device === device) return [];
      const ports = [...through].flatMap((name) => connectedPort(device, name, address) ?? []);
      const remote = ends.of(owner.device.id, owner.port);
      return ports.map((port) => ({
        local: ends.of(device.id, port),
        remote,
        kind,
        device_id: device.id,
        collected_at: table?.collected_at ?? '',
      }));
    });
  });
}

/** The local interface in whose subnet the next hop lies: the one of the route, or, where it names none, the only one. */
function connectedPort(device: DeviceView, name: unknown, address: Address): Port | null {
  const named = device.ports.exact(name);
  const connected = device.prefixes.filter(
    ({ prefix, port }) => (named === null || port.key === named.key) && contains(prefix, address),
  );
  const longest = Math.max(...connected.map(({ prefix }) => prefix.length));
  const [port, other] = new Set(connected.filter(({ prefix }) => prefix.length === longest).map((found) => found.port));
  return port === undefined || (other !== undefined && other.key !== port.key) ? null : port;
}

/** The port that an interface with a unit (`Gi0/0.100`) rides on. */
function physicalEnd(index: DeviceIndex, ends: Ends, end: End): End {
  return ends.of(end.node, index.byId.get(end.node)?.ports.own(end.port?.name) ?? end.port);
}

/** The physical link between the two ports, also where the far port is not told, provided that it is the only one. */
function wireBetween(table: DraftTable, a: End, b: End): Draft | undefined {
  const exact = table.find(a, b);
  if (exact?.kind === 'physical') return exact;
  const open = [
    ...table.at(a).filter((draft) => isOpenTo(otherEnd(draft, a), b)),
    ...table.at(b).filter((draft) => isOpenTo(otherEnd(draft, b), a)),
  ].filter((draft) => draft.kind === 'physical');
  return open.length === 1 ? open[0] : undefined;
}

function isOpenTo(end: End, expected: End): boolean {
  return end.node === expected.node && (end.port === null || !end.port.known);
}

/**
 * A port is carried by its own wire. A VLAN interface or a bundle has none and rides on wires that its name does not tell, so any wire
 * of the device may carry it. A tunnel is no wire's.
 */
function isCarried(table: DraftTable, end: End, linked: Set<string>): boolean {
  const key = end.port?.key ?? '';
  if (isTunnel(key)) return false;
  if (isVirtual(key) || isAggregate(key)) return linked.has(end.node);
  return table.at(end).some((draft) => draft.kind === 'physical');
}
