import { type Regex, RegexError } from './ast.ts';
import { someNode } from './children.ts';

/**
 * Rejects a possessive repeat around a group whose text matters: CPython 3.11 may leave it with the text of a turn that failed, later
 * versions differ, so there is no behaviour to be faithful to.
 */
export function rejectGroupsInPossessive(regex: Regex): void {
  const named = new Set(regex.names.map((group) => group.index));
  const referenced = (index: number): boolean =>
    someNode(regex.root, (node) => (node.type === 'backreference' || node.type === 'conditional') && node.index === index);
  const matters = (index: number): boolean => named.has(index) || referenced(index);
  const found = someNode(
    regex.root,
    (node) =>
      node.type === 'repeat' &&
      node.mode === 'possessive' &&
      someNode(node.body, (inner) => inner.type === 'group' && matters(inner.index)),
  );
  if (found) throw new RegexError('a named group, or one that is referred to, inside a possessive repeat is not supported');
}
