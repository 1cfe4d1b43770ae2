/** More keys than this are not kept: those no longer asked for go first. */
const MOST = 2000;

/**
 * `read` with a memory: one answer for a key serves everybody for `freshMs`, also one that is still on its way. Failures are
 * remembered as well, so that a server that is away is not waited for by each call.
 */
export function remember<T>(freshMs: number, read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, { at: number; answer: Promise<T> }>();
  return (key) => {
    const now = Date.now();
    const last = known.get(key);
    if (last !== undefined && now - last.at < freshMs) return last.answer;
    const answer = read(key);
    // The time counts from the answer; one that is on its way is always fresh.
    const entry = { at: Infinity, answer };
    known.delete(key);
    known.set(key, entry);
    const arrived = (): number => (entry.at = Date.now());
    answer.then(arrived, arrived);
    if (known.size > MOST) known.delete(known.keys().next().value!);
    return answer;
  };
}
