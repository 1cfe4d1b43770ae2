import type { AnswerOf } from '../contracts/endpoint.ts';
import { topology } from '../contracts/http/topology.ts';
import { EXIT, type Command } from './command.ts';
import type { Screen } from './context.ts';
import { safeJson } from './text/safe.ts';
import type { Column } from './text/table.ts';
import { time } from './text/words.ts';

type Graph = AnswerOf<typeof topology.getTopology>;
type Diff = AnswerOf<typeof topology.diffTopology>;

/** A command that reads the newest graph, or that of a snapshot. */
export function graphOf(head: Omit<Command, 'run'>, show: (graph: Graph, screen: Screen) => string): Command {
  return {
    ...head,
    async run({ client, signal, json, out }, given) {
      const id = given.text('snapshot');
      const { body } =
        id === undefined
          ? await client().call(topology.getTopology, { signal })
          : await client().call(topology.getSnapshot, { params: { id }, signal });
      out.write(json ? `${safeJson(body)}\n` : show(body, out));
      return EXIT.ok;
    },
  };
}

export const NODE_COLUMNS: Column<Graph['nodes'][number]>[] = [
  { head: 'NAME', of: (node) => node.name },
  { head: 'KIND', of: (node) => node.kind, color: (node) => (node.kind === 'device' ? null : 'yellow') },
  { head: 'PLATFORM', of: (node) => node.platform },
  { head: 'SITE', of: (node) => node.site },
  { head: 'ADDRESSES', of: (node) => node.addresses },
  { head: 'WHY', of: (node) => node.reason },
];

/** The links with the names of their nodes. */
export function linkRows({ nodes, links }: Graph) {
  const names = new Map(nodes.map((node): [string, string] => [node.id, node.name]));
  const named = (id: string): string => names.get(id) ?? id;
  return links.map((link) => ({ ...link, from: named(link.a.node), to: named(link.b.node) }));
}

export const LINK_COLUMNS: Column<ReturnType<typeof linkRows>[number]>[] = [
  { head: 'FROM', of: (link) => link.from },
  { head: 'INTERFACE', of: (link) => link.a.interface },
  { head: 'TO', of: (link) => link.to },
  { head: 'INTERFACE', of: (link) => link.b.interface },
  { head: 'KIND', of: (link) => link.kind },
  { head: 'SEEN BY', of: (link) => [...new Set(link.evidence.map(({ kind }) => kind))] },
  { head: 'CONFIRMED', of: (link) => link.confirmed, color: (link) => (link.confirmed ? 'green' : 'yellow') },
  {
    head: 'LAST (UTC)',
    of: (link) =>
      time(
        link.evidence
          .map((one) => one.collected_at)
          .sort()
          .at(-1),
      ),
  },
];

interface DiffRow {
  change: 'added' | 'removed' | 'changed';
  what: 'node' | 'link';
  name: string;
  fields: string[];
}

/** One row for each node or link that came, went or changed. */
export function diffRows({ nodes, links }: Diff): DiffRow[] {
  const end = ({ node, interface: port }: { node: string; interface: string | null }): string =>
    port === null ? node : `${node} ${port}`;
  const linkName = ({ a, b }: Graph['links'][number]): string => `${end(a)} – ${end(b)}`;
  const rows = <T>(
    what: DiffRow['what'],
    side: { added: T[]; removed: T[]; changed: { after: T; fields: string[] }[] },
    name: (thing: T) => string,
  ) => [
    ...side.added.map((thing): DiffRow => ({ change: 'added', what, name: name(thing), fields: [] })),
    ...side.removed.map((thing): DiffRow => ({ change: 'removed', what, name: name(thing), fields: [] })),
    ...side.changed.map(({ after, fields }): DiffRow => ({ change: 'changed', what, name: name(after), fields })),
  ];
  return [...rows('node', nodes, (node) => node.name), ...rows('link', links, linkName)];
}
