import type { Port } from './ports.ts';
import { compare } from './text.ts';

/** A port of a node, or the node alone where the port is not told. There is one object for each, so ends can be compared as such. */
export interface End {
  readonly node: string;
  /** In the best spelling seen so far. */
  port: Port | null;
}

/** Every end of every link, each once. */
export interface Ends {
  of(node: string, port: Port | null): End;
  ofNode(node: string): End[];
}

export function createEnds(): Ends {
  const nodes = new Map<string, Map<string, End>>();
  return {
    of(node, port) {
      let ends = nodes.get(node);
      if (ends === undefined) nodes.set(node, (ends = new Map()));
      const key = port?.key ?? '';
      const known = ends.get(key);
      if (known !== undefined) {
        if (port !== known.port && port !== null && isBetter(port, known.port)) known.port = port;
        return known;
      }
      const end = { node, port };
      ends.set(key, end);
      return end;
    },
    ofNode: (node) => [...(nodes.get(node)?.values() ?? [])],
  };
}

/** Nodes in the order of their ids, ports in the order of their keys. */
export function compareEnds(one: End, other: End): number {
  return compare(one.node, other.node) || compare(one.port?.key ?? '', other.port?.key ?? '');
}

/** The spelling that the device itself uses; among those of others the longest, then the first in order. */
function isBetter(port: Port, than: Port | null): boolean {
  if (than === null) return true;
  if (port.known !== than.known) return port.known;
  if (port.name.length !== than.name.length) return port.name.length > than.name.length;
  return compare(port.name, than.name) < 0;
}
