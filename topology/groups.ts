import { groupBy } from '../core/group-by.ts';

/** Disjoint sets of things that can only be joined. */
export interface Groups<T> {
  join(one: T, other: T): void;
  joinAll(members: T[]): void;
  /** The same thing for every member of a set. */
  root(member: T): T;
  sets(): T[][];
}

/** Every thing in a set of its own. Which sets come out depends only on the joins, not on their order. */
export function createGroups<T>(things: T[]): Groups<T> {
  const parents = new Map<T, T>();
  const root = (member: T): T => {
    let at = member;
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) {
      const above = parents.get(up);
      if (above !== undefined) parents.set(at, above);
      at = up;
    }
    return at;
  };
  const join = (one: T, other: T) => {
    const [from, to] = [root(other), root(one)];
    if (from !== to) parents.set(from, to);
  };
  return {
    join,
    joinAll(members) {
      const [first, ...others] = members;
      if (first !== undefined) for (const other of others) join(first, other);
    },
    root,
    sets: () => [...groupBy(things, root).values()],
  };
}
