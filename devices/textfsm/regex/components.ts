/** Strongly connected components of a graph (Tarjan), each before those that lead to it. */
export function components(size: number, next: (node: number) => Iterable<number>): number[][] {
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const open = new Uint8Array(size);
  const stack: number[] = [];
  const found: number[][] = [];
  let count = 0;

  const enter = (node: number): { node: number; rest: Iterator<number> } => {
    order[node] = low[node] = count;
    count += 1;
    stack.push(node);
    open[node] = 1;
    return { node, rest: next(node)[Symbol.iterator]() };
  };
  const leave = (node: number): void => {
    if (low[node] !== order[node]) return;
    const members: number[] = [];
    for (;;) {
      const member = stack.pop() ?? node;
      open[member] = 0;
      members.push(member);
      if (member === node) break;
    }
    found.push(members);
  };

  for (let start = 0; start < size; start += 1) {
    if (order[start] !== -1) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value, done } = top.rest.next();
      if (done === true) {
        leave(top.node);
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low[parent.node] = Math.min(low[parent.node] ?? 0, low[top.node] ?? 0);
      } else if (order[value] === -1) path.push(enter(value));
      else if (open[value] === 1) low[top.node] = Math.min(low[top.node] ?? 0, order[value] ?? 0);
    }
  }
  return found;
}
