import { z } from 'zod';
import { id, timestamp } from './fields.ts';

const text = z.string().nullable();
const count = z.int().min(0);
const linkKind = z.enum(['physical', 'layer3']);
const evidenceKind = z.enum(['lldp', 'cdp', 'mac', 'ospf', 'bgp', 'static']);
const nodeKind = z.enum(['device', 'unmanaged', 'ambiguous']);
const nodeRef = z.object({ id: z.string(), name: z.string() });

const GraphNode = z
  .object({
    id: z.string(),
    name: z.string(),
    device_id: id.nullable(),
    kind: nodeKind,
    platform: text,
    site: text,
    addresses: z.array(z.string()),
    reason: text.describe('Why it is not a managed device'),
  })
  .meta({ id: 'GraphNode' });

const end = z.object({ node: z.string(), interface: text });

const GraphLink = z
  .object({
    id: z.string(),
    a: end,
    b: end,
    kind: linkKind,
    evidence: z.array(z.object({ kind: evidenceKind, device_id: z.string(), collected_at: timestamp })),
    confirmed: z.boolean().describe('Whether both ends report it'),
  })
  .meta({ id: 'GraphLink' });

const snapshot = {
  id,
  job_id: id.nullable().describe('The discovery that took it; null where the caller may not see that'),
  nodes: count,
  links: count,
  created_at: timestamp,
};
export const Snapshot = z.object(snapshot).meta({ id: 'Snapshot' });

const listed = count.nullable().describe('Of all devices; null for who may see only some: the graph itself tells');
export const SnapshotEntry = z.object({ ...snapshot, nodes: listed, links: listed }).meta({ id: 'SnapshotEntry' });

/** A graph and the snapshot it is; null before the first discovery. */
export const Graph = z
  .object({
    nodes: z.array(GraphNode),
    links: z.array(GraphLink),
    metadata: z.object({
      devices: count,
      unmanaged: count,
      ambiguous: count,
      physical_links: count,
      layer3_links: count,
      confirmed_links: count,
      oldest_evidence_at: timestamp.nullable(),
      newest_evidence_at: timestamp.nullable(),
    }),
    snapshot: Snapshot.nullable(),
  })
  .meta({ id: 'Graph' });

const changes = <S extends z.ZodType>(thing: S) =>
  z.object({
    added: z.array(thing),
    removed: z.array(thing),
    changed: z.array(z.object({ id: z.string(), before: thing, after: thing, fields: z.array(z.string()) })),
  });

export const GraphDiff = z
  .object({ from: Snapshot, to: Snapshot, nodes: changes(GraphNode), links: changes(GraphLink), unchanged: z.boolean() })
  .meta({ id: 'GraphDiff' });

const pathEnd = z.object({ node: z.string(), name: z.string(), interface: text });

export const GraphPath = z
  .object({
    from: nodeRef,
    to: nodeRef,
    length: count.nullable().describe('Links on a shortest path; null where the two are not connected'),
    paths: z.array(z.array(z.object({ link: z.string(), kind: linkKind, confirmed: z.boolean(), from: pathEnd, to: pathEnd }))),
    truncated: z.boolean(),
  })
  .meta({ id: 'GraphPath' });

export const GraphStatistics = z
  .object({
    nodes: z.object({ total: count, device: count, unmanaged: count, ambiguous: count }),
    links: z.object({ total: count, physical: count, layer3: count, confirmed: count, unconfirmed: count }),
    evidence: z.object({ lldp: count, cdp: count, mac: count, ospf: count, bgp: count, static: count }),
    platforms: z.array(z.object({ platform: z.string(), devices: count })),
    sites: z.array(z.object({ site: z.string(), devices: count })),
    isolated: z.array(nodeRef),
    one_sided: z.array(z.string()),
    most_connected: z.array(z.object({ ...nodeRef.shape, neighbors: count, links: count })),
  })
  .meta({ id: 'GraphStatistics' });
