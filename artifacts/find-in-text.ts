export interface FoundLine {
  /** From 1. */
  line: number;
  /** The line, at most 200 characters of it, around the first place that matches. */
  text: string;
}

const MAX_LINES = 20;
const MAX_CHARACTERS = 200;

/**
 * The lines that contain `query`, upper and lower case alike; no character of it is special. An empty query is found nowhere.
 * @param options.limit lines at most, 20 where not given
 */
export function findInText(text: string, query: string, options: { limit?: number } = {}): FoundLine[] {
  const { limit = MAX_LINES } = options;
  const wanted = query.toLowerCase();
  const found: FoundLine[] = [];
  // One pass over the whole tells most texts, which do not have it, apart at once.
  if (wanted === '' || !text.toLowerCase().includes(wanted)) return found;
  let number = 0;
  for (const line of text.split('\n')) {
    if (found.length >= limit) break;
    number += 1;
    const at = line.toLowerCase().indexOf(wanted);
    if (at !== -1) found.push({ line: number, text: around(line.trimEnd(), at, wanted.length) });
  }
  return found;
}

function around(line: string, at: number, length: number): string {
  if (line.length <= MAX_CHARACTERS) return line;
  const before = Math.max(0, Math.floor((MAX_CHARACTERS - length) / 2));
  const start = Math.max(0, Math.min(at - before, line.length - MAX_CHARACTERS));
  return line.slice(start, start + MAX_CHARACTERS);
}
