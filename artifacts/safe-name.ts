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

/** The name that `safeName` made this path of; null where it makes it of none. */
export function unsafeName(path: string): string | null {
  const joined = path.replaceAll('%/', '');
  if (path !== EMPTY && /%(?![0-9A-F]{2})/.test(joined)) return null;
  const name = path === EMPTY ? '' : Buffer.from(unescapedBytes(joined)).toString('utf8');
  return safeName(name) === path ? name : null;
}

function unescapedBytes(path: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < path.length; at += 1) {
    const escape = path[at] === '%';
    bytes.push(escape ? Number.parseInt(path.slice(at + 1, at + 3), 16) : path.charCodeAt(at));
    if (escape) at += 2;
  }
  return bytes;
}
