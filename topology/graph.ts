import { claimsOf, type Claim } from './claims.ts';
import { indexDevices, type DeviceIndex } from './devices.ts';
import { endKey, type Draft, type End, type Report } from './drafts.ts';
import { addLayer3Links } from './layer3.ts';
import { mergeReports } from './links.ts';
import { addMacLinks } from './mac-links.ts';
import { EVIDENCE_KINDS, type Graph, type GraphLink, type GraphMetadata, type GraphNode } from './model.ts';
import type { Network } from './network.ts';
import { deviceNode, strangerNodes } from './nodes.ts';
import { foreignPort } from './ports.ts';
import { resolveClaims } from './resolve.ts';
import { stableId } from './stable-id.ts';
import { compare } from './text.ts';

/**
 * Builds the topology from what the devices' tables say now: every managed device is a node, every neighbour that is none is a node with
 * the reason, every wire is one link. The same rows give the same graph, whatever their order; ids are stable from one build to the next.
 * Nothing in the rows makes it throw.
 */
export function buildGraph(network: Network): Graph {
  const index = indexDevices(network);
  const resolved = resolveClaims(index, index.devices.flatMap(claimsOf));
  const strangers = strangerNodes(
    index,
    resolved.filter(({ verdict }) => verdict.device === null),
  );
  const reports = resolved.flatMap(({ claim, verdict: { device } }) => {
    if (device !== null) return report(claim, { node: device.id, port: device.ports.remote(claim.port) });
    const node = strangers.get(claim);
    return node === undefined ? [] : report(claim, { node: node.id, port: foreignPort(claim.port) });
  });
  const table = mergeReports(reports, (node) => index.byId.has(node));
  addMacLinks(index, table);
  addLayer3Links(index, table);

  const nodes = [...index.devices.map(deviceNode), ...new Set(strangers.values())].sort((a, b) => compare(a.id, b.id));
  const links = table.all().map((draft) => finish(index, draft));
  links.sort((a, b) => compare(a.key, b.key));
  return withMetadata(
    nodes,
    links.map(({ link }) => link),
  );
}

/** A graph of these nodes and links, with the counts about them. */
export function withMetadata(nodes: GraphNode[], links: GraphLink[]): Graph {
  const count = (kind: GraphNode['kind']) => nodes.filter((node) => node.kind === kind).length;
  const times = new Set(links.flatMap((link) => link.evidence.map((evidence) => evidence.collected_at)));
  const ages = [...times].filter((time) => !Number.isNaN(Date.parse(time))).sort((a, b) => Date.parse(a) - Date.parse(b));
  const metadata: GraphMetadata = {
    devices: count('device'),
    unmanaged: count('unmanaged'),
    ambiguous: count('ambiguous'),
    physical_links: links.filter((link) => link.kind === 'physical').length,
    layer3_links: links.filter((link) => link.kind === 'layer3').length,
    confirmed_links: links.filter((link) => link.confirmed).length,
    oldest_evidence_at: ages[0] ?? null,
    newest_evidence_at: ages.at(-1) ?? null,
  };
  return { nodes, links, metadata };
}

function report(claim: Claim, remote: End): Report {
  const local = { node: claim.device.id, port: claim.local };
  return { local, remote, kind: claim.kind, device_id: claim.device.id, collected_at: claim.collected_at };
}

function finish(index: DeviceIndex, draft: Draft): { key: string; link: GraphLink } {
  const ends = [endKey(draft.a), endKey(draft.b)] as const;
  const evidence = [...draft.evidence.values()].sort(
    (x, y) => EVIDENCE_KINDS.indexOf(x.kind) - EVIDENCE_KINDS.indexOf(y.kind) || compare(x.device_id, y.device_id),
  );
  const link: GraphLink = {
    id: stableId('link', ...ends),
    a: { node: draft.a.node, interface: draft.a.port?.name ?? null },
    b: { node: draft.b.node, interface: draft.b.port?.name ?? null },
    kind: draft.kind,
    evidence,
    confirmed: draft.saidByA && draft.saidByB && index.byId.has(draft.a.node) && index.byId.has(draft.b.node),
  };
  return { key: ends.join('\0'), link };
}
