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
    if (node.type === 'literal') current += String.fromCodePoint(node.code);
    else if (node.type === 'sequence') node.parts.forEach(visit);
    else if (node.type === 'group') visit(node.body);
    else if (node.type !== 'anchor') {
      flush();
      if (node.type === 'repeat' && node.min > 0) visit(node.body);
      flush();
    }
  };
  visit(root);
  flush();
  return best.length >= LEAST ? best : null;
}
