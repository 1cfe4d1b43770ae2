import type { Kind, Records } from '../../core/facts.ts';
import type { Row } from '../platform.ts';
import { arpEntries } from './arp.ts';
import { interfaces } from './interfaces.ts';
import { macEntries } from './mac-table.ts';
import { cdpNeighbors, lldpNeighbors } from './neighbors.ts';
import { bgpRoutes, ospfRoutes, staticRoutes } from './routes.ts';

interface Normaliser<K extends Kind> {
  /** Throws a `RowError`. */
  records: (row: Row) => Records[K][];
  /** Text that no rows were found in, but that has this, was not understood. */
  evidence: RegExp;
}

const ROUTE = /\bvia\s+\d|\[\d+\/\d+\]|^\s*(?:[\w*>]+\s+){0,3}\d+\.\d+\.\d+\.\d+\/\d+\s+\S+/m;
const MAC = /(?:^|\s)(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}(?:\s|$)|(?:^|\s)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?:\s|$)/im;
const NEIGHBOR = /^\s*(?:device id|system ?name|chassis ?id|local (?:intf|interface|port))\s*(?:\||:|=)\s*\S/im;

export const NORMALISERS: { [K in Kind]: Normaliser<K> } = {
  static_routes: { records: staticRoutes, evidence: ROUTE },
  ospf_routes: { records: ospfRoutes, evidence: ROUTE },
  bgp_routes: { records: bgpRoutes, evidence: ROUTE },
  mac_table: { records: macEntries, evidence: MAC },
  arp: { records: arpEntries, evidence: MAC },
  interfaces: { records: interfaces, evidence: /\S/ },
  cdp_neighbors: { records: cdpNeighbors, evidence: NEIGHBOR },
  lldp_neighbors: { records: lldpNeighbors, evidence: NEIGHBOR },
};

/** Typed records of one kind, in the order of the rows. Throws a `RowError` at the first row that lacks what it needs. */
export function toRecords<K extends Kind>(kind: K, rows: Row[]): Records[K][] {
  const { records } = NORMALISERS[kind];
  const out: Records[K][] = [];
  for (const row of rows) for (const record of records(row)) out.push(record);
  return out;
}
