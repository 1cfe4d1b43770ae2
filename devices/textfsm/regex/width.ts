import type { Node } from './ast.ts';

/** Least and greatest number of code points that a node can match; `max` is `Infinity` where there is no bound. */
export interface Width {
  min: number;
  max: number;
}

const NONE: Width = { min: 0, max: 0 };
const ONE: Width = { min: 1, max: 1 };

/** `groups` gives the widths of closed groups, for back-references; an unknown one counts as unbounded. */
export function widthOf(node: Node, groups: ReadonlyMap<number, Width>): Width {
  switch (node.type) {
    case 'literal':
    case 'set':
      return ONE;
    case 'group':
    case 'atomic':
      return widthOf(node.body, groups);
    case 'sequence':
      return node.parts.reduce((sum, part) => add(sum, widthOf(part, groups)), NONE);
    case 'alternation':
      return node.branches.map((branch) => widthOf(branch, groups)).reduce(either);
    case 'conditional':
      return either(widthOf(node.yes, groups), node.no === null ? NONE : widthOf(node.no, groups));
    case 'repeat': {
      const body = widthOf(node.body, groups);
      return { min: body.min * node.min, max: body.max === 0 ? 0 : body.max * node.max };
    }
    case 'backreference':
      return groups.get(node.index) ?? { min: 0, max: Infinity };
    case 'anchor':
    case 'look':
      break;
  }
  return NONE;
}

function add(a: Width, b: Width): Width {
  return { min: a.min + b.min, max: a.max + b.max };
}

function either(a: Width, b: Width): Width {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
