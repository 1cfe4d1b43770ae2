import { confirm, createDraftTable, otherEnd, type Draft, type DraftTable, type Report } from './drafts.ts';
import type { End, Ends } from './ends.ts';
import { groupBy } from '../core/group-by.ts';
import { normaliseMac } from './mac.ts';
import type { Port } from './ports.ts';

/**
 * Makes one link of all reports about the same wire, the most complete reports first: both ports named as their devices name them;
 * the far port named in a way its device does not know; one port not told; neither told. A less complete report joins the one
 * link that explains it, is left out where several do, and stands for itself where none does. Parallel links stay apart.
 */
export function mergeReports(ends: Ends, reports: Report[], isDevice: (node: string) => boolean): DraftTable {
  const table = createDraftTable(ends);
  const [full, soft, half, bare] = sort(reports);
  for (const report of full) table.report(report);
  for (const report of softLinks(table, soft)) table.report(report);
  const halves = half.filter((report) => !isExplained(report, linksOfPort(table, report)));
  for (const report of halves) table.report(report);
  const pairs = bare.filter((report) => !isExplained(report, table.between(report.local.node, report.remote.node)));
  for (const report of pairs) table.report(report);
  joinOpenEnds(table, isDevice);
  return table;
}

function sort(reports: Report[]): [Report[], Report[], Report[], Report[]] {
  const sorted: [Report[], Report[], Report[], Report[]] = [[], [], [], []];
  for (const report of reports) {
    const { local, remote } = report;
    const told = Number(local.port !== null) + Number(remote.port !== null);
    sorted[told === 2 ? (remote.port?.known ? 0 : 1) : told === 1 ? 2 : 3].push(report);
  }
  return sorted;
}

function isExplained(report: Report, links: Draft[]): boolean {
  const [link, other] = links;
  if (link !== undefined && other === undefined) confirm(link, report);
  return link !== undefined;
}

/** The links of the one port that the report tells, to the other node. */
function linksOfPort(table: DraftTable, { local, remote }: Report): Draft[] {
  const [known, other] = local.port === null ? [remote, local] : [local, remote];
  return table.at(known).filter((draft) => otherEnd(draft, known).node === other.node);
}

/** Reports whose far port its device does not know, those that a complete link explains left out. */
function softLinks(table: DraftTable, reports: Report[]): Report[] {
  const ports = groupBy(reports, (report) => report.local);
  return [...ports.values()].flatMap((atPort) =>
    [...groupBy(atPort, (report) => report.remote.node).values()].flatMap((group) =>
      sameWire(
        table.ends,
        group.filter((report) => !isExplained(report, linksOfPort(table, report))),
      ),
    ),
  );
}

/** LLDP and CDP may spell the far port differently (`Eth1/5`, `Ethernet5`); one spelling each on one port is one wire. */
function sameWire(ends: Ends, group: Report[]): Report[] {
  const lldp = distinctPorts(group.filter((report) => report.kind === 'lldp'));
  const cdp = distinctPorts(group.filter((report) => report.kind === 'cdp'));
  const [a, b] = [lldp[0], cdp[0]];
  if (lldp.length !== 1 || cdp.length !== 1 || a === undefined || b === undefined || a.key === b.key) return group;
  const port = isOpaque(a) && !isOpaque(b) ? b : a;
  return group.map((report) => ({ ...report, remote: ends.of(report.remote.node, port) }));
}

function distinctPorts(group: Report[]): Port[] {
  const ports = group.flatMap((report) => report.remote.port ?? []);
  return [...new Map(ports.map((port) => [port.key, port])).values()];
}

/** A MAC address or a bare number says less to a person than a name. */
function isOpaque(port: Port): boolean {
  return /^\d+$/.test(port.key) || normaliseMac(port.key) !== null;
}

/**
 * Where between two nodes exactly one link lacks the port of the one and exactly one lacks the port of the other, they are the two
 * halves of the same wire, each told by the device at its end.
 */
function joinOpenEnds(table: DraftTable, isDevice: (node: string) => boolean): void {
  const isOpen = (end: End) => end.port === null || (!end.port.known && isDevice(end.node));
  const open = table.all().filter((draft) => draft.a.node !== draft.b.node && isOpen(draft.a) !== isOpen(draft.b));
  const groups = groupBy(open, (draft) => `${draft.a.node}\0${draft.b.node}`);
  for (const group of groups.values()) {
    const [withoutA, ...moreA] = group.filter((draft) => isOpen(draft.a));
    const [withoutB, ...moreB] = group.filter((draft) => isOpen(draft.b));
    if (withoutA === undefined || withoutB === undefined || moreA.length > 0 || moreB.length > 0) continue;
    join(table, withoutA, withoutB);
  }
}

function join(table: DraftTable, withoutA: Draft, withoutB: Draft): void {
  const [a, b] = [withoutB.a, withoutA.b];
  for (const draft of [withoutA, withoutB]) {
    table.remove(draft);
    for (const evidence of draft.evidence) {
      if (draft.saidByA) table.report({ ...evidence, local: a, remote: b });
      if (draft.saidByB) table.report({ ...evidence, local: b, remote: a });
      if (evidence.kind === 'mac') table.report({ ...evidence, local: a, remote: b });
    }
  }
}
