import type { Node } from './ast.ts';

/** The nodes directly below one. */
export function childrenOf(node: Node): Node[] {
  switch (node.type) {
    case 'sequence':
      return node.parts;
    case 'alternation':
      return node.branches;
    case 'group':
    case 'atomic':
    case 'look':
    case 'repeat':
      return [node.body];
    case 'conditional':
      return node.no === null ? [node.yes] : [node.yes, node.no];
    case 'literal':
    case 'set':
    case 'anchor':
    case 'backreference':
      break;
  }
  return [];
}

/** Whether a node or one below it is such. */
export function someNode(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || childrenOf(node).some((child) => someNode(child, test));
}
