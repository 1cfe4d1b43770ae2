import { FILE_HEADERS_ONLY, formatPatch, structuredPatch, type StructuredPatch } from 'diff';

/** The search for the shortest difference blocks the process: past this it is given up. */
const TIME_LIMIT_MS = 300;
/** Past so many changed lines it is no use to a reader, and costs the square of it. */
const MAX_CHANGED_LINES = 20_000;

const NO_NEWLINE = '\\ No newline at end of file';

export interface UnifiedDiff {
  /** '' where the texts are equal; else what `patch` and `git apply` take. */
  diff: string;
  /** Lines. */
  added: number;
  removed: number;
}

/**
 * What turns text `a` into text `b`, as a unified diff (format: GNU diffutils, "Detailed Description of Unified Format"). A pair
 * whose shortest difference takes too long to find comes as the whole of `a` removed and the whole of `b` added: correct, but long.
 * @param names for the header, e.g. `a/sw1.cfg` and `b/sw1.cfg`; odd characters come quoted as Git does it
 * @param context lines shown around each change
 */
export function unifiedDiff(
  a: string,
  b: string,
  names: { a: string; b: string },
  context = 3,
  limit: { timeMs: number } = { timeMs: TIME_LIMIT_MS },
): UnifiedDiff {
  if (a === b) return { diff: '', added: 0, removed: 0 };
  const options = { context, timeout: limit.timeMs, maxEditLength: MAX_CHANGED_LINES };
  const patch = structuredPatch(names.a, names.b, a, b, undefined, undefined, options) ?? replaced(a, b, names);
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  return {
    diff: formatPatch(patch, FILE_HEADERS_ONLY),
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

function replaced(a: string, b: string, names: { a: string; b: string }): StructuredPatch {
  const [before, after] = [linesOf(a), linesOf(b)];
  const lines = [...marked('-', before, a), ...marked('+', after, b)];
  const hunk = { oldStart: 1, oldLines: before.length, newStart: 1, newLines: after.length, lines };
  return { oldFileName: names.a, newFileName: names.b, oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function marked(sign: '-' | '+', lines: string[], text: string): string[] {
  const signed = lines.map((line) => sign + line);
  return text === '' || text.endsWith('\n') ? signed : [...signed, NO_NEWLINE];
}
