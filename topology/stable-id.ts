/** `<prefix>:<16 hex digits>`, the same for the same parts on every machine and in every order of input. Not a secure hash. */
export function stableId(prefix: string, ...parts: string[]): string {
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return `${prefix}:${hex(text, 0x811c9dc5)}${hex(text, 0x9747b28c)}`;
}

/** FNV-1a over UTF-16 code units with the final mix of MurmurHash3 (both in the public domain), 32 bits. */
function hex(text: string, seed: number): string {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
