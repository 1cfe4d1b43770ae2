import { KINDS, type Kind } from '../../core/facts.ts';
import type { JobDevice } from '../../contracts/job.ts';
import type { Graph } from '../../topology/model.ts';

const SHORT: Record<Kind, string> = {
  static_routes: 'static',
  ospf_routes: 'ospf',
  bgp_routes: 'bgp',
  mac_table: 'mac',
  arp: 'arp',
  interfaces: 'ifaces',
  cdp_neighbors: 'cdp',
  lldp_neighbors: 'lldp',
};

const BAR = 30;

/** `[#######-------] 7 of 12 devices` */
export function progressBar(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.round((done / total) * BAR);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done} of ${total} devices`;
}

/** Columns as wide as their longest cell. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]): string => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  const [head, ...body] = rows;
  return [line(head ?? []), `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`, ...body.map(line)].join('\n');
}

/** A device a row, a kind a column: the number of records, or what happened instead. */
export function outcomeTable(devices: JobDevice[], platforms: Map<string, string>): string {
  const rows = devices.map((device) => [
    device.device_name,
    platforms.get(device.device_name) ?? '',
    device.outcome ?? device.status,
    ...KINDS.map((kind) => {
      const state = device.kinds[kind];
      if (state === undefined) return '';
      return state.outcome === 'ok' ? String(state.rows) : state.outcome;
    }),
  ]);
  return table([['device', 'platform', 'outcome', ...KINDS.map((kind) => SHORT[kind])], ...rows]);
}

/** A link a row, with the tables that show it. */
export function linkTable(graph: Graph): string {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const end = (side: Graph['links'][number]['a']): string => `${names.get(side.node) ?? side.node} ${side.interface ?? '?'}`;
  const rows = graph.links.map((link) => {
    const kinds = [...new Set(link.evidence.map((evidence) => evidence.kind))].sort().join(' ');
    return [end(link.a), end(link.b), link.kind, kinds, link.confirmed ? 'both sides' : 'one side'];
  });
  return table([['link', '', 'kind', 'evidence', 'told by'], ...rows]);
}
