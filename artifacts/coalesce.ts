/**
 * A function that does `work` for everybody who asks while it is not yet begun, once; who asks while it is under way gets the next
 * round, since what they ask for may have come too late for this one.
 */
export function coalesce<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    const round = work().finally(() => {
      if (running === round) running = null;
    });
    running = round;
    return round;
  };
  return () => {
    if (next !== null) return next;
    if (running === null) return begin();
    next = running
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
}
