import { compareEnds, type End, type Ends } from './ends.ts';
import type { Evidence, EvidenceKind, LinkKind } from './model.ts';

/** A link in the making; `a` comes before `b`. */
export interface Draft {
  a: End;
  b: End;
  kind: LinkKind;
  evidence: Evidence[];
  /** Whether each end has reported it itself. */
  saidByA: boolean;
  saidByB: boolean;
}

/** What one device's table says: there is a link from a port of mine to this port of that node. */
export interface Report {
  local: End;
  remote: End;
  kind: EvidenceKind;
  device_id: string;
  collected_at: string;
}

/** The links found so far. */
export interface DraftTable {
  ends: Ends;
  /** Adds a report to the link between its two ends, which is made where there is none. */
  report(report: Report, kind?: LinkKind): Draft;
  find(one: End, other: End): Draft | undefined;
  at(end: End): Draft[];
  /** Links between two nodes; the work grows with the ports of the first. */
  between(one: string, other: string): Draft[];
  remove(draft: Draft): void;
  all(): Draft[];
}

export function otherEnd(draft: Draft, end: End): End {
  return draft.a === end ? draft.b : draft.a;
}

/** Each kind of evidence counts once for each device, with its latest time. */
export function addEvidence(draft: Draft, { kind, device_id, collected_at }: Evidence): void {
  const known = draft.evidence.find((found) => found.kind === kind && found.device_id === device_id);
  if (known === undefined) draft.evidence.push({ kind, device_id, collected_at });
  else if (known.collected_at < collected_at) known.collected_at = collected_at;
}

/** Adds a report to a link that is known already. */
export function confirm(draft: Draft, report: Report): void {
  addEvidence(draft, report);
  // A MAC address behind a port is not a word of either end.
  if (report.kind === 'mac') return;
  // Both ends of a cable loop are on one node, so the port decides.
  const isA = draft.a.node === draft.b.node ? draft.a === report.local : draft.a.node === report.local.node;
  if (isA) draft.saidByA = true;
  else draft.saidByB = true;
}

export function createDraftTable(ends: Ends): DraftTable {
  const links = new Map<End, Map<End, Draft>>();
  const put = (one: End, other: End, draft: Draft) => {
    const found = links.get(one);
    if (found === undefined) links.set(one, new Map([[other, draft]]));
    else found.set(other, draft);
  };
  const find = (one: End, other: End) => links.get(one)?.get(other);
  const at = (end: End) => [...(links.get(end)?.values() ?? [])];
  return {
    ends,
    report(report, kind = 'physical') {
      const { local, remote } = report;
      let draft = find(local, remote);
      if (draft === undefined) {
        const [a, b] = compareEnds(local, remote) <= 0 ? [local, remote] : [remote, local];
        draft = { a, b, kind, evidence: [], saidByA: false, saidByB: false };
        put(a, b, draft);
        put(b, a, draft);
      }
      confirm(draft, report);
      return draft;
    },
    find,
    at,
    between: (one, other) => [
      ...new Set(ends.ofNode(one).flatMap((end) => at(end).filter((draft) => otherEnd(draft, end).node === other))),
    ],
    remove(draft) {
      links.get(draft.a)?.delete(draft.b);
      links.get(draft.b)?.delete(draft.a);
    },
    all: () => [...links].flatMap(([end, found]) => [...found.values()].filter((draft) => draft.a === end)),
  };
}
