/** What may stand in a name as it is. Everything else becomes `%` and two capital hex digits for each byte of its UTF-8. */
const PLAIN = /^[A-Za-z0-9._-]$/;
/** Below the 255 bytes that file systems take, with room for what a store adds. */
const SEGMENT = 180;
const EMPTY = '%';

const escaped = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * Turns any name into a relative path that is safe in a file system, in Git and in S3: no `..`, no `.git`, nothing that begins with a
 * dot or a dash or ends with a dot. A name longer than 180 characters is cut into folders, each of whose names ends with `%`.
 * Different names give different paths; `unsafeName` turns it back (for well-formed Unicode).
 */
export function safeName(name: string): string {
  if (name === '') return EMPTY;
  const segments: string[] = [];
  let segment = '';
  for (const character of name) {
    const guarded = segment === '' && /[.-]/.test(character);
    const piece =
      PLAIN.test(character) && !guarded
        ? character
        : Array.from(Buffer.from(character, 'utf8'), (byte) => escaped(byte)).join('');
    segment += piece;
    if (segment.length < SEGMENT) continue;
    segments.push(`${segment}%`);
    segment = '';
  }
  // A path may not end with the mark of a cut: the last piece goes back into it.
  const path = segment === '' ? segments.join('/').slice(0, -1) : [...segments, segment].join('/');
  return path.endsWith('.') ? `${path.slice(0, -1)}%2E` : path;
}

/** The name that `safeName` made this path of. */
export function unsafeName(path: string): string {
  if (path === EMPTY) return '';
  return decodeURIComponent(path.replaceAll('%/', ''));
}
