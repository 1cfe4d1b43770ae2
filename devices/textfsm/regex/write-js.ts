import type { Node, Regex } from './ast.ts';
import { someNode } from './children.ts';
import { writeClass, writeLiteral } from './write-class.ts';
import { widthOf } from './width.ts';

/** How a pattern is written as a JavaScript regular expression, for plain text only (`NOT_PLAIN`). */
export interface Written {
  source: string;
  /** The captures are Python's. False: only whether it matches is. */
  exactCaptures: boolean;
}

const NO_WIDTHS = new Map();

/** Lines have no line ends, so there is one start and one end. In the empty text `\B` does not hold in Python. */
const ANCHORS = { start: '^', end: '$', boundary: '\\b', notBoundary: '\\B(?!^$)' };

/**
 * Writes the JavaScript source from the tree, anchored at the start as `re.match` is. `wanted` groups become captures, in the order
 * of their index; all others are dropped. Null where JavaScript has no such thing: back-references (they fail where the group is
 * unset), conditionals, atomic groups, possessive repeats.
 */
export function writeJavaScript(regex: Regex, wanted: ReadonlySet<number>): Written | null {
  const writer = createWriter(wanted);
  const source = writer.write(regex.root);
  return source === null ? null : { source: `^(?:${source})`, exactCaptures: writer.exact() };
}

function createWriter(wanted: ReadonlySet<number>): { write(node: Node): string | null; exact(): boolean } {
  let exactCaptures = true;
  let loops = 0;

  const write = (node: Node): string | null => {
    switch (node.type) {
      case 'literal':
        return writeLiteral(node.code);
      case 'set':
        return writeClass(node.set);
      case 'anchor':
        return ANCHORS[node.kind];
      case 'sequence':
        return all(node.parts)?.join('') ?? null;
      case 'alternation': {
        const branches = all(node.branches);
        return branches === null ? null : `(?:${branches.join('|')})`;
      }
      case 'group': {
        const kept = wanted.has(node.index);
        if (kept && loops > 0) exactCaptures = false;
        return wrap(kept ? '(' : '(?:', node.body);
      }
      case 'look':
        return wrap(`(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}`, node.body);
      case 'repeat':
        return node.mode === 'possessive' ? null : repeat(node.body, node.min, node.max, node.mode === 'lazy');
      case 'atomic':
      case 'backreference':
      case 'conditional':
        break;
    }
    return null;
  };

  const repeat = (body: Node, min: number, max: number, lazy: boolean): string | null => {
    const width = widthOf(body, NO_WIDTHS);
    // Python takes an empty turn and goes on; JavaScript drops it and tries the body's next choice.
    if (width.min === 0 && max === 1 && min === 0) {
      const written = write(body);
      if (written === null) return null;
      return lazy ? `(?:|${written})` : `(?:${written}|)`;
    }
    if (max > 1) {
      if (width.min === 0)
        exactCaptures =
          exactCaptures &&
          (wanted.size === 0 || (width.max === 0 && !someNode(body, (node) => node.type === 'group' && wanted.has(node.index))));
      loops += 1;
    }
    const written = wrap('(?:', body);
    if (max > 1) loops -= 1;
    return written === null ? null : `${atom(body, written)}${bounds(min, max)}${lazy ? '?' : ''}`;
  };

  const all = (nodes: Node[]): string[] | null => {
    const written = nodes.map(write);
    return written.every((one) => one !== null) ? written : null;
  };

  const wrap = (open: string, body: Node): string | null => {
    const written = write(body);
    return written === null ? null : `${open}${written})`;
  };

  return { write, exact: () => exactCaptures };
}

/** One character needs no brackets before a quantifier. */
function atom(body: Node, wrapped: string): string {
  const only = body.type === 'sequence' && body.parts.length === 1 ? body.parts[0] : body;
  return only?.type === 'literal' || only?.type === 'set' ? wrapped.slice(3, -1) : wrapped;
}

function bounds(min: number, max: number): string {
  if (min === 0 && max === Infinity) return '*';
  if (min === 1 && max === Infinity) return '+';
  if (min === 0 && max === 1) return '?';
  if (min === max) return `{${min}}`;
  return `{${min},${max === Infinity ? '' : max}}`;
}
