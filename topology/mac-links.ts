import { onlyOwner, type DeviceIndex, type DeviceView } from './devices.ts';
import { addEvidence, otherEnd, type DraftTable, type Report } from './drafts.ts';
import type { End } from './ends.ts';
import { isAggregate, isVirtual } from './interfaces.ts';
import { mergeReports } from './links.ts';
import { identifies, normaliseMac } from './mac.ts';
import type { Port } from './ports.ts';
import { clean, rows } from './text.ts';

/** The MAC addresses of managed devices that a switch has learned on one of its ports. */
interface Learned {
  by: DeviceView;
  collected_at: string;
  end: End;
  macs: Map<DeviceView, Set<string>>;
}

/**
 * Reads the MAC tables: what is learned on a port that has a link supports that link; a port without any link, behind which exactly
 * one managed device is learned, proposes one. A MAC learned on several such ports is transit somewhere and proposes nothing.
 */
export function addMacLinks(index: DeviceIndex, table: DraftTable): void {
  const linked = new Set(table.all().flatMap((draft) => [draft.a.node, draft.b.node]));
  const edges: Learned[] = [];
  for (const learned of index.devices.flatMap((device) => learnedBy(index, table, device))) {
    const links = table.at(learned.end);
    for (const link of links) {
      const device = index.byId.get(otherEnd(link, learned.end).node);
      if (device === undefined || !learned.macs.has(device)) continue;
      addEvidence(link, { kind: 'mac', device_id: learned.by.id, collected_at: learned.collected_at });
    }
    if (links.length === 0 && isEdge(learned, linked)) edges.push(learned);
  }
  const proposals = mergeReports(table.ends, propose(edges, table), (node) => index.byId.has(node));
  for (const draft of proposals.all()) {
    for (const evidence of draft.evidence) table.report({ ...evidence, local: draft.a, remote: draft.b });
  }
}

function learnedBy(index: DeviceIndex, table: DraftTable, device: DeviceView): Learned[] {
  const fact = device.source.facts.mac_table;
  const ports = new Map<End, Learned>();
  for (const row of rows(fact)) {
    const mac = normaliseMac(clean(row.mac) ?? '');
    const owner = mac === null || row.type === 'self' ? null : onlyOwner(index.macs, mac);
    const port = owner === null || owner === device ? null : device.ports.own(row.interface);
    if (mac === null || owner === null || port === null || !identifies(mac)) continue;
    const end = table.ends.of(device.id, { ...port, known: true });
    const learned: Learned = ports.get(end) ?? { by: device, collected_at: fact?.collected_at ?? '', end, macs: new Map() };
    const macs = learned.macs.get(owner);
    if (macs === undefined) learned.macs.set(owner, new Set([mac]));
    else macs.add(mac);
    ports.set(end, learned);
  }
  return [...ports.values()];
}

/** The members of a bundle speak LLDP, the bundle does not: on a device that has links it may be any of them. */
function isEdge({ by, end, macs }: Learned, linked: Set<string>): boolean {
  const key = end.port?.key ?? '';
  return macs.size === 1 && !isVirtual(key) && !(isAggregate(key) && linked.has(by.id));
}

function propose(edges: Learned[], table: DraftTable): Report[] {
  const seen = new Map<string, number>();
  for (const mac of edges.flatMap((edge) => [...edge.macs.values()].flatMap((macs) => [...macs]))) {
    seen.set(mac, (seen.get(mac) ?? 0) + 1);
  }
  return edges.flatMap((edge) => {
    const [[device, all] = []] = edge.macs;
    const macs = [...(all ?? [])].filter((mac) => seen.get(mac) === 1);
    if (device === undefined || macs.length === 0) return [];
    const remote = table.ends.of(device.id, portOf(device, macs));
    const isLinked = remote.port === null ? table.between(edge.by.id, device.id) : table.at(remote);
    if (isLinked.length > 0) return [];
    return [{ local: edge.end, remote, kind: 'mac' as const, device_id: edge.by.id, collected_at: edge.collected_at }];
  });
}

/** The one port of the device that has these MAC addresses; null where it is not one. */
function portOf(device: DeviceView, macs: string[]): Port | null {
  const ports = macs.flatMap((mac) => device.ports.byMac(mac) ?? []);
  const [port, ...others] = ports;
  return port !== undefined && others.every((other) => other.key === port.key) ? port : null;
}
