import type { Node } from './ast.ts';

const LEAST = 3;

/** A piece of text that every match contains, the longest of at least three characters; null where there is none. */
export function neededText(root: Node): string | null {
  let best = '';
  let current = '';
  const flush = (): void => {
    if (current.length > best.length) best = current;
    current = '';
  };
  const visit = (node: Node): void => {
    switch (node.type) {
      case 'literal':
        current += String.fromCodePoint(node.code);
        return;
      case 'sequence':
        node.parts.forEach(visit);
        return;
      case 'group':
        visit(node.body);
        return;
      case 'repeat':
        flush();
        if (node.min > 0 && node.mode !== 'possessive') visit(node.body);
        flush();
        return;
      case 'anchor':
        return;
      default:
        flush();
    }
  };
  visit(root);
  flush();
  return best.length >= LEAST ? best : null;
}
