import { withMetadata } from '../../../topology/graph.ts';
import type { Graph, GraphLink, GraphNode } from '../../../topology/model.ts';
import { AT } from './network.ts';

/** A graph as drawn: `'a-b'` is a confirmed wire, `'a~b'` a layer 3 link, `'a:1-b:2'` with ports; a repeated wire needs ports. */
export function drawn(...links: string[]): Graph {
  const parsed = links.map((text) => link(text));
  const names = new Set(parsed.flatMap(({ a, b }) => [a.node, b.node]));
  return withMetadata(
    [...names].map((name) => node(name)),
    parsed,
  );
}

export function node(name: string, more: Partial<GraphNode> = {}): GraphNode {
  return {
    id: name,
    name,
    device_id: name,
    kind: 'device',
    platform: 'cisco_ios',
    site: null,
    addresses: [],
    reason: null,
    ...more,
  };
}

export function link(text: string, more: Partial<GraphLink> = {}): GraphLink {
  const layer3 = text.includes('~');
  const [a, b] = text.split(/[-~]/).map((end) => {
    const [name = '', port = null] = end.split(':');
    return { node: name, interface: port };
  });
  if (a === undefined || b === undefined) throw new Error(`no link: ${text}`);
  return {
    id: text,
    a,
    b,
    kind: layer3 ? 'layer3' : 'physical',
    evidence: [{ kind: layer3 ? 'ospf' : 'lldp', device_id: a.node, collected_at: AT }],
    confirmed: true,
    ...more,
  };
}
