import { AppError } from '../core/errors.ts';
import type { Graph, GraphNode } from './model.ts';
import { nameKey, parentNames } from './names.ts';
import { list, shorten } from './text.ts';

/**
 * The node with this id, else with this name (letter case apart), else the one whose name this is without the domain.
 * @throws AppError `not_found` where there is none, `conflict` where several have the name
 */
export function findNode(graph: Graph, idOrName: string): GraphNode {
  const text = idOrName.trim();
  const byId = graph.nodes.find((node) => node.id === text);
  if (byId !== undefined) return byId;
  const key = nameKey(text);
  const named = graph.nodes.filter((node) => nameKey(node.name) === key);
  const found = named.length > 0 ? named : graph.nodes.filter((node) => parentNames(nameKey(node.name)).includes(key));
  const [node, ...others] = found;
  if (node === undefined) throw new AppError('not_found', `The topology has no node ${shorten(text)}`);
  if (others.length === 0) return node;
  const ids = list(found.map(({ id, name }) => `${shorten(name)} (${id})`));
  throw new AppError('conflict', `Several nodes are called ${shorten(text)}: ${ids}. Give the id of one`);
}
