/** The worker's session limit, over all batches of the process. First come, first served. */
export interface SessionGate {
  /** Waits for a place; call what it returns to give it back (twice does no harm). Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** Sessions open and devices waiting for one. */
  demand(): { open: number; waiting: number; limit: number };
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

export function createSessionGate(limit: number): SessionGate {
  let open = 0;
  const queue = new Set<() => void>();

  function place(): () => void {
    open += 1;
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      open -= 1;
      const [next] = queue;
      if (next !== undefined) {
        queue.delete(next);
        next();
      }
    };
  }

  return {
    demand: () => ({ open, waiting: queue.size, limit }),
    enter(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(reasonOf(signal));
        if (open < limit) return resolve(place());
        const abort = (): void => {
          queue.delete(admit);
          reject(reasonOf(signal));
        };
        const admit = (): void => {
          signal.removeEventListener('abort', abort);
          resolve(place());
        };
        queue.add(admit);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
