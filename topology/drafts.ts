import type { Evidence, EvidenceKind, LinkKind } from './model.ts';
import type { Port } from './ports.ts';
import { compare } from './text.ts';

/** A port of a node, or the node alone where the port is not told. */
export interface End {
  node: string;
  port: Port | null;
}

/** A link in the making; `a` and `b` are in the order of their keys. */
export interface Draft {
  a: End;
  b: End;
  kind: LinkKind;
  evidence: Map<string, Evidence>;
  /** Whether each end has reported it itself. */
  saidByA: boolean;
  saidByB: boolean;
}

/** What one end's table says: there is a link from a port of mine to this port of that node. */
export interface Report {
  local: End;
  remote: End;
  kind: EvidenceKind;
  device_id: string;
  collected_at: string;
}

/** The links found so far, by both ends together, by each end, and by the two nodes. */
export interface DraftTable {
  report(report: Report, kind?: LinkKind): Draft;
  find(one: End, other: End): Draft | undefined;
  at(end: End): Draft[];
  between(one: string, other: string): Draft[];
  remove(draft: Draft): void;
  all(): Draft[];
}

export function endKey(end: End): string {
  return `${end.node}\0${end.port?.key ?? ''}`;
}

export function otherEnd(draft: Draft, end: End): End {
  return endKey(draft.a) === endKey(end) ? draft.b : draft.a;
}

export function addEvidence(draft: Draft, { kind, device_id, collected_at }: Evidence): void {
  const key = `${kind}\0${device_id}`;
  const known = draft.evidence.get(key);
  if (known === undefined || known.collected_at < collected_at) draft.evidence.set(key, { kind, device_id, collected_at });
}

/** Adds a report to a link that is known already, whose spelling of the ports stays. */
export function confirm(draft: Draft, report: Report): void {
  addEvidence(draft, report);
  // A MAC address behind a port is not a word of either end.
  if (report.kind === 'mac') return;
  // Both ends of a cable loop are on one node, so the port decides.
  const loop = draft.a.node === draft.b.node;
  const isA = loop ? endKey(draft.a) === endKey(report.local) : draft.a.node === report.local.node;
  if (isA) draft.saidByA = true;
  else draft.saidByB = true;
}

export function createDraftTable(): DraftTable {
  const byPair = new Map<string, Draft>();
  const byEnd = new Map<string, Set<Draft>>();
  const byNodes = new Map<string, Set<Draft>>();
  const indexes = (draft: Draft) =>
    [
      [byEnd, endKey(draft.a)],
      [byEnd, endKey(draft.b)],
      [byNodes, nodesKey(draft.a.node, draft.b.node)],
    ] as const;

  const create = (a: End, b: End, kind: LinkKind): Draft => {
    const draft: Draft = { a, b, kind, evidence: new Map(), saidByA: false, saidByB: false };
    byPair.set(pairKey(a, b), draft);
    for (const [index, key] of indexes(draft)) index.set(key, (index.get(key) ?? new Set()).add(draft));
    return draft;
  };

  return {
    report(report, kind = 'physical') {
      const { local, remote } = report;
      const [a, b] = compare(endKey(local), endKey(remote)) <= 0 ? [local, remote] : [remote, local];
      const draft = byPair.get(pairKey(a, b)) ?? create(a, b, kind);
      draft.a = better(draft.a, a);
      draft.b = better(draft.b, b);
      confirm(draft, report);
      return draft;
    },
    find: (one, other) => byPair.get(pairKey(one, other)),
    at: (end) => [...(byEnd.get(endKey(end)) ?? [])],
    between: (one, other) => [...(byNodes.get(nodesKey(one, other)) ?? [])],
    remove(draft) {
      byPair.delete(pairKey(draft.a, draft.b));
      for (const [index, key] of indexes(draft)) index.get(key)?.delete(draft);
    },
    all: () => [...byPair.values()],
  };
}

/** The spelling that the device itself uses; among those of others the longest, then the first in order. */
function better(one: End, other: End): End {
  const [a, b] = [one.port, other.port];
  if (a === null || b === null || a.known !== b.known) return a?.known || b === null ? one : other;
  if (a.name.length !== b.name.length) return a.name.length > b.name.length ? one : other;
  return compare(a.name, b.name) <= 0 ? one : other;
}

function pairKey(one: End, other: End): string {
  const [x, y] = [endKey(one), endKey(other)];
  return compare(x, y) <= 0 ? `${x}\0${y}` : `${y}\0${x}`;
}

function nodesKey(one: string, other: string): string {
  return compare(one, other) <= 0 ? `${one}\0${other}` : `${other}\0${one}`;
}
