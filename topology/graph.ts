import { claimsOf, type Saying } from './claims.ts';
import { indexDevices } from './devices.ts';
import type { Draft, Report } from './drafts.ts';
import { compareEnds, createEnds, type End, type Ends } from './ends.ts';
import { addLayer3Links } from './layer3.ts';
import { mergeReports } from './links.ts';
import { addMacLinks } from './mac-links.ts';
import { EVIDENCE_KINDS, type Graph, type GraphLink, type GraphMetadata, type GraphNode } from './model.ts';
import type { Network } from './network.ts';
import { deviceNode, strangerNodes } from './nodes.ts';
import { foreignPort } from './ports.ts';
import { resolveClaims } from './resolve.ts';
import { stableId } from './stable-id.ts';
import { storedClaim, type StoredClaim } from './stored-claims.ts';
import { compare } from './text.ts';

/** A graph, and what each device said of its neighbours: from both together comes the graph of some of the devices (`graphOfSome`). */
export interface Topology {
  graph: Graph;
  claims: StoredClaim[];
}

/** The same without what the devices said. */
export const buildGraph = (network: Network): Graph => buildTopology(network).graph;

/**
 * Builds the topology from what the devices' tables say now: every managed device is a node, every neighbour that is none is a node with
 * the reason, every wire is one link. The same rows give the same graph, whatever their order; ids are stable from one build to the next.
 * Nothing in the rows makes it throw.
 */
export function buildTopology(network: Network): Topology {
  const index = indexDevices(network);
  const resolved = resolveClaims(index, index.devices.flatMap(claimsOf));
  const strangers = strangerNodes(
    index.byId.keys(),
    resolved.filter(({ verdict }) => verdict.device === null),
  );
  const ends = createEnds();
  const reports = resolved.flatMap(({ claim, verdict: { device } }) => {
    if (device !== null) return report(claim, ends.of(device.id, device.ports.remote(claim.port)), ends);
    const node = strangers.get(claim);
    return node === undefined ? [] : report(claim, ends.of(node.id, foreignPort(claim.port)), ends);
  });
  const table = mergeReports(ends, reports, (node) => index.byId.has(node));
  addMacLinks(index, table);
  addLayer3Links(index, table);

  const nodes = [...index.devices.map(deviceNode), ...new Set(strangers.values())].sort((a, b) => compare(a.id, b.id));
  const drafts = table.all().sort((x, y) => compareEnds(x.a, y.a) || compareEnds(x.b, y.b));
  const graph = withMetadata(
    nodes,
    drafts.map((draft) => finishLink((node) => index.byId.has(node), draft)),
  );
  return { graph, claims: resolved.map(storedClaim) };
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

/** A claim as a report of a link to where it leads. */
export function report(claim: Saying, remote: End, ends: Ends): Report {
  const local = ends.of(claim.device.id, claim.local);
  return { local, remote, kind: claim.kind, device_id: claim.device.id, collected_at: claim.collected_at };
}

/** A link in the making as it is shown; `isDevice` tells the managed nodes. */
export function finishLink(isDevice: (node: string) => boolean, { a, b, kind, evidence, saidByA, saidByB }: Draft): GraphLink {
  return {
    id: stableId('link', a.node, a.port?.key ?? '', b.node, b.port?.key ?? ''),
    a: { node: a.node, interface: a.port?.name ?? null },
    b: { node: b.node, interface: b.port?.name ?? null },
    kind,
    evidence: evidence.sort(
      (x, y) => EVIDENCE_KINDS.indexOf(x.kind) - EVIDENCE_KINDS.indexOf(y.kind) || compare(x.device_id, y.device_id),
    ),
    confirmed: saidByA && saidByB && isDevice(a.node) && isDevice(b.node),
  };
}
