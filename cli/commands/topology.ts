import { topology } from '../../contracts/http/topology.ts';
import type { Option } from '../command.ts';
import { wrong } from '../given.ts';
import { list, request, text } from '../request.ts';
import { cellText, record, table } from '../text/table.ts';
import { time } from '../text/words.ts';
import { diffRows, graphOf, LINK_COLUMNS, linkRows, NODE_COLUMNS } from '../topology-rows.ts';

const SNAPSHOT: Option = { name: 'snapshot', value: 'id', about: 'the newest unless told', completes: 'snapshot' };
const FORMATS = ['graphml', 'dot', 'mermaid', 'json'] as const;
const CHANGE_COLORS = { added: 'green', removed: 'red', changed: 'yellow' } as const;
const LINK_KINDS = ['physical', 'layer3'] as const;

export const topologyCommands = [
  request({
    name: 'topology statistics',
    about: 'counts, and what stands out',
    options: [SNAPSHOT],
    endpoint: topology.topologyStatistics,
    input: (given) => ({ query: { snapshot: given.text('snapshot') } }),
    show: ({ nodes, links, isolated, one_sided }, screen) =>
      record(screen, {
        devices: nodes.device,
        unmanaged: nodes.unmanaged,
        ambiguous: nodes.ambiguous,
        physical_links: links.physical,
        layer3_links: links.layer3,
        confirmed_links: links.confirmed,
        isolated: isolated.map(({ name }) => name),
        one_sided: one_sided.length,
      }),
  }),
  graphOf({ name: 'topology show', about: 'list the nodes', options: [SNAPSHOT] }, ({ nodes }, screen) =>
    table(screen, nodes, NODE_COLUMNS, 'No topology yet: cairn discover --all'),
  ),
  graphOf({ name: 'topology links', about: 'list the links', options: [SNAPSHOT] }, (graph, screen) =>
    table(screen, linkRows(graph), LINK_COLUMNS, 'No links.'),
  ),
  request({
    name: 'topology path',
    about: 'the shortest path between two nodes',
    args: [
      { name: 'from', about: 'id or name of a node', completes: 'device' },
      { name: 'to', about: 'id or name of a node', completes: 'device' },
    ],
    options: [
      { name: 'kind', value: 'kind', about: 'only over such links', choices: LINK_KINDS },
      { name: 'all', about: 'every shortest path' },
      SNAPSHOT,
    ],
    endpoint: topology.findTopologyPath,
    input: (given) => ({
      query: {
        from: given.need('from'),
        to: given.need('to'),
        kind: given.choice('kind', LINK_KINDS),
        ...(given.flag('all') ? { all: 'true' } : {}),
        snapshot: given.text('snapshot'),
      },
    }),
    show({ from, to, length, paths, truncated }, screen) {
      if (length === null) return `${cellText(from.name)} and ${cellText(to.name)} are not connected\n`;
      const hops = paths.flatMap((path, at) => path.map((hop) => ({ path: at + 1, ...hop })));
      const found = table(
        screen,
        hops,
        [
          ...(paths.length > 1 ? [{ head: 'PATH', of: (hop: (typeof hops)[number]) => hop.path, right: true as const }] : []),
          { head: 'FROM', of: (hop) => hop.from.name },
          { head: 'INTERFACE', of: (hop) => hop.from.interface },
          { head: 'TO', of: (hop) => hop.to.name },
          { head: 'INTERFACE', of: (hop) => hop.to.interface },
          { head: 'KIND', of: (hop) => hop.kind },
          { head: 'CONFIRMED', of: (hop) => hop.confirmed },
        ],
        'They are the same node.',
      );
      return found + (truncated ? 'There are more paths.\n' : '');
    },
  }),
  text({
    name: 'topology export',
    about: 'the topology as a file, on standard output',
    options: [{ name: 'format', value: 'format', about: 'json unless told', choices: FORMATS }, SNAPSHOT],
    fetch: async ({ client, signal, json }, given) => {
      const format = given.choice('format', FORMATS) ?? 'json';
      if (json && format !== 'json') wrong('--format', `is ${format}: that is no JSON`);
      return (await client().call(topology.exportTopology, { query: { format, snapshot: given.text('snapshot') }, signal })).body;
    },
  }),
  list({
    name: 'topology snapshots',
    about: 'list the snapshots, the newest first',
    page: ({ client, signal }, _, at) => client().call(topology.listSnapshots, { query: at, signal }),
    columns: [
      { head: 'SNAPSHOT', of: (row) => row.id, whole: true },
      { head: 'TIME (UTC)', of: (row) => time(row.created_at) },
      { head: 'NODES', of: (row) => row.nodes, right: true },
      { head: 'LINKS', of: (row) => row.links, right: true },
      { head: 'JOB', of: (row) => row.job_id },
    ],
    empty: 'No snapshots.',
  }),
  request({
    name: 'topology diff',
    about: 'what changed between two snapshots, the last two unless told',
    options: [
      { name: 'from', value: 'id', about: 'the last but one unless told', completes: 'snapshot' },
      { name: 'to', value: 'id', about: 'the newest unless told', completes: 'snapshot' },
    ],
    endpoint: topology.diffTopology,
    input: (given) => ({ query: { from: given.text('from'), to: given.text('to') } }),
    show: (diff, screen) =>
      table(
        screen,
        diffRows(diff),
        [
          { head: 'CHANGE', of: (row) => row.change, color: (row) => CHANGE_COLORS[row.change] },
          { head: 'WHAT', of: (row) => row.what },
          { head: 'NAME', of: (row) => row.name },
          { head: 'FIELDS', of: (row) => row.fields },
        ],
        'Nothing changed.',
      ),
  }),
];
