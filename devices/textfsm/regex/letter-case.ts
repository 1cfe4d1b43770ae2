/**
 * Case as Python's `re` sees it (`_sre.unicode_tolower` and the table `re._casefix`): two code points are the same letter if their
 * simple lower cases are equal, or if those have the same upper case.
 */
const LAST_CASED = 0x1ffff;

/** Simple lower case; with `ascii` only A–Z change. */
export function lowerCase(code: number, ascii: boolean): number {
  if (code < 128 || ascii) return code >= 65 && code <= 90 ? code + 32 : code;
  if (code === 0x130) return 0x69;
  const lower = String.fromCodePoint(code).toLowerCase();
  const point = lower.codePointAt(0) ?? code;
  return String.fromCodePoint(point).length === lower.length ? point : code;
}

let unicodeVariants: Map<number, number[]> | null = null;

/** Every code point that is the same letter, itself included. */
export function caseVariants(code: number, ascii: boolean): number[] {
  if (ascii) {
    const lower = lowerCase(code, true);
    return lower >= 97 && lower <= 122 ? [lower, lower - 32] : [code];
  }
  unicodeVariants ??= buildVariants();
  return unicodeVariants.get(code) ?? [code];
}

function buildVariants(): Map<number, number[]> {
  const byLower = new Map<number, number[]>();
  const lowersByUpper = new Map<string, number[]>();
  for (let code = 0; code <= LAST_CASED; code += 1) {
    const char = String.fromCodePoint(code);
    const lower = lowerCase(code, false);
    const upper = char.toUpperCase();
    if (lower === code && upper === char) continue;
    push(byLower, lower, code);
    if (lower === code) push(lowersByUpper, upper, code);
  }
  const variants = new Map<number, number[]>();
  for (const [lower, codes] of byLower) {
    const upper = String.fromCodePoint(lower).toUpperCase();
    const lowers = new Set([lower, ...(lowersByUpper.get(upper) ?? [])]);
    const all = Array.from(lowers).flatMap((one) => [one, ...(byLower.get(one) ?? [])]);
    const same = Array.from(new Set(all));
    for (const code of new Set([lower, ...codes])) variants.set(code, same);
  }
  return variants;
}

function push<K>(map: Map<K, number[]>, key: K, code: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [code]);
  else list.push(code);
}
