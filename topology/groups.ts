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

/** Things by key, in their order; those without a key left out. */
export function groupBy<T, K>(things: Iterable<T>, keyOf: (thing: T) => K | null): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}
