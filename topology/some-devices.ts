import { compareEnds, createEnds } from './ends.ts';
import { finishLink, report, withMetadata, type Topology } from './graph.ts';
import { mergeReports } from './links.ts';
import type { Graph } from './model.ts';
import { strangerNodes } from './nodes.ts';
import { foreignPort } from './ports.ts';
import type { StoredClaim } from './stored-claims.ts';
import { compare } from './text.ts';

/**
 * The graph as it is known from some of the devices alone: these, the links between them, and whomever they name as a neighbour. A
 * managed device that is none of these is a neighbour like any other: it has the name, port and address that were told of it, and no
 * link that is only inferred. Nothing that another device has said is in it.
 */
export function graphOfSome({ graph, claims }: Topology, shown: ReadonlySet<string>): Graph {
  const devices = new Map(
    graph.nodes.filter((node) => node.kind === 'device' && shown.has(node.id)).map((node) => [node.id, node]),
  );
  const said = claims.filter(({ device, means }) => devices.has(device.id) && (means === null || !devices.has(means)));
  const strangers = strangerNodes(
    devices.keys(),
    said.map((claim) => ({ claim, verdict: { hits: hitsAmong(devices, claim), note: null } })),
  );
  const ends = createEnds();
  const reports = said.map((claim) => report(claim, ends.of(strangers.get(claim)!.id, foreignPort(claim.port)), ends));
  const table = mergeReports(ends, reports, (node) => devices.has(node));
  const outward = table
    .all()
    .toSorted((x, y) => compareEnds(x.a, y.a) || compareEnds(x.b, y.b))
    .map((draft) => finishLink((node) => devices.has(node), draft));
  const inward = graph.links.flatMap((link) => {
    if (!devices.has(link.a.node) || !devices.has(link.b.node)) return [];
    const evidence = link.evidence.filter(({ device_id }) => devices.has(device_id));
    return evidence.length === 0 ? [] : { ...link, evidence };
  });
  const nodes = [...devices.values(), ...new Set(strangers.values())];
  return withMetadata(
    nodes.sort((a, b) => compare(a.id, b.id)),
    [...inward, ...outward],
  );
}

/** Those that it may be and that are shown. */
function hitsAmong(devices: ReadonlyMap<string, { id: string; name: string }>, { hits }: StoredClaim) {
  return hits
    .map(({ key, devices: ids }) => ({ key, devices: ids.flatMap((id) => devices.get(id) ?? []) }))
    .filter((hit) => hit.devices.length > 0);
}
