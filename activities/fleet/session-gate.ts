/** Whose turn it is: higher priorities first, owners of one priority in turn, one after the other within an owner. */
export interface Turn {
  /** 0 (last) to 10 (first). */
  priority: number;
  owner: string;
}

/** The worker's session limit, over all batches of the process. */
export interface SessionGate {
  /** Waits for a place; call what it returns to give it back (twice does no harm). Rejects with the signal's reason. */
  enter(signal: AbortSignal, turn: Turn): Promise<() => void>;
  /** Sessions open and devices waiting for one. */
  demand(): { open: number; waiting: number; limit: number };
  /** Devices that wait and go before, or in turn with, one of this priority. */
  waitingFrom(priority: number): number;
  /** The lowest priority among those that wait; null where none does. */
  lowest(): number | null;
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

export function createSessionGate(limit: number): SessionGate {
  let open = 0;
  const lines = new Map<number, Line>();
  const waitingFrom = (priority: number): number =>
    [...lines].reduce((sum, [at, line]) => (at >= priority ? sum + line.size() : sum), 0);

  function place(): () => void {
    open += 1;
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      open -= 1;
      if (lines.size === 0) return;
      const first = Math.max(...lines.keys());
      const line = lines.get(first)!;
      const admit = line.next();
      if (line.size() === 0) lines.delete(first);
      admit();
    };
  }

  return {
    demand: () => ({ open, waiting: waitingFrom(0), limit }),
    waitingFrom,
    lowest: () => (lines.size === 0 ? null : Math.min(...lines.keys())),
    enter(signal, { priority, owner }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(reasonOf(signal));
        if (open < limit) return resolve(place());
        const line = lines.get(priority) ?? createLine();
        lines.set(priority, line);
        const abort = (): void => {
          line.remove(owner, admit);
          if (line.size() === 0) lines.delete(priority);
          reject(reasonOf(signal));
        };
        const admit = (): void => {
          signal.removeEventListener('abort', abort);
          resolve(place());
        };
        line.add(owner, admit);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}

type Admit = () => void;
type Line = ReturnType<typeof createLine>;

/** Those of one priority that wait; never asked for the next one while it is empty. */
function createLine() {
  // In the order in which owners have their turn.
  const owners = new Map<string, Set<Admit>>();
  let size = 0;
  return {
    size: () => size,
    add(owner: string, admit: Admit): void {
      const own = owners.get(owner);
      if (own === undefined) owners.set(owner, new Set([admit]));
      else own.add(admit);
      size += 1;
    },
    remove(owner: string, admit: Admit): void {
      const own = owners.get(owner);
      if (own?.delete(admit) !== true) return;
      size -= 1;
      if (own.size === 0) owners.delete(owner);
    },
    next(): Admit {
      const [owner, own] = owners.entries().next().value!;
      const admit = own.values().next().value!;
      own.delete(admit);
      size -= 1;
      owners.delete(owner);
      if (own.size > 0) owners.set(owner, own);
      return admit;
    },
  };
}
