/** A 32-bit hash of small integers and texts: the only source of "randomness", so that a seed always gives the same network. */
export function hash(...parts: (number | string)[]): number {
  let h = 2166136261;
  for (const part of parts) {
    if (typeof part === 'number') {
      for (let shift = 0; shift < 32; shift += 8) h = Math.imul(h ^ ((part >>> shift) & 255), 16777619);
    } else {
      for (let i = 0; i < part.length; i++) h = Math.imul(h ^ part.charCodeAt(i), 16777619);
    }
    h = Math.imul(h ^ 0x5f, 16777619);
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in 0 … limit-1. */
export function pick(limit: number, ...parts: (number | string)[]): number {
  return hash(...parts) % limit;
}

/** A copy of `items` in an order that depends on the parts only. */
export function shuffled<T>(items: readonly T[], ...parts: (number | string)[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = pick(i + 1, i, ...parts);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Upper-case hexadecimal digits, for serial numbers and password hashes. */
export function hexDigits(count: number, ...parts: (number | string)[]): string {
  let text = '';
  for (let i = 0; text.length < count; i++)
    text += hash(i, ...parts)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, count).toUpperCase();
}
