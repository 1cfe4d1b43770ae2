/** The graph that DESIGN section 9 fixes: what `buildGraph` returns and everything else here reads. */
export interface Graph {
  nodes: GraphNode[];
  links: GraphLink[];
  metadata: GraphMetadata;
}

export type NodeKind = 'device' | 'unmanaged' | 'ambiguous';
export type LinkKind = 'physical' | 'layer3';

export const EVIDENCE_KINDS = ['lldp', 'cdp', 'mac', 'ospf', 'bgp', 'static'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface GraphNode {
  /** The device id of a managed device, else derived from what the neighbour says of itself. */
  id: string;
  name: string;
  device_id: string | null;
  kind: NodeKind;
  platform: string | null;
  site: string | null;
  /** Without prefix length, the one it is reached at first. */
  addresses: string[];
  /** Why it is not a managed device; null for one that is. */
  reason: string | null;
}

export interface GraphEnd {
  node: string;
  /** As the device itself names it where it is known; null where nobody told. */
  interface: string | null;
}

export interface Evidence {
  kind: EvidenceKind;
  /** The device whose tables say so. */
  device_id: string;
  collected_at: string;
}

export interface GraphLink {
  id: string;
  a: GraphEnd;
  b: GraphEnd;
  kind: LinkKind;
  evidence: Evidence[];
  /** Both ends report it (physical: by LLDP or CDP; layer3: by a route). */
  confirmed: boolean;
}

export interface GraphMetadata {
  devices: number;
  unmanaged: number;
  ambiguous: number;
  physical_links: number;
  layer3_links: number;
  confirmed_links: number;
  /** Age of the rows that the links stand on; null without links. */
  oldest_evidence_at: string | null;
  newest_evidence_at: string | null;
}
