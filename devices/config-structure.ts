/**
 * What the language of a configuration itself tells about a whole text (`ConfigSource.complete`). Each gives the reason why a text is
 * cut, or null. Reasons name line numbers and never quote the text, for it may be a secret.
 */

/** Junos and PAN-OS: braces outside quotes and comments are balanced, and the last statement is ended. */
export function bracesOpen(text: string): string | null {
  // A quotation, a comment, a line that is a remark, a brace; the first two may go on to the end.
  const token = /"[^"\\]*(?:\\[\s\S][^"\\]*)*("?)|\/\*[\s\S]*?(\*\/|$(?![\s\S]))|^[ \t]*#.*|[{}]/gm;
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  let depth = 0;
  for (const match of text.matchAll(token)) {
    const [what, quote, comment] = match;
    if (what === '{') depth += 1;
    else if (what === '}') depth -= 1;
    else if (quote === '') return `the quotation of line ${lineOf(match.index)} does not end`;
    else if (comment === '') return `the comment of line ${lineOf(match.index)} does not end`;
    if (depth < 0) return `line ${lineOf(match.index)} closes a brace that was never opened`;
  }
  if (depth > 0) return `${depth} open brace${depth === 1 ? '' : 's'} at the end`;
  const last =
    text
      .trimEnd()
      .split('\n')
      .findLast((line) => !/^\s*(?:#|$)/.test(line)) ?? '';
  return /(?:^|[;}]|\*\/)(?:\s*#.*)?$/.test(last.trimEnd()) ? null : 'the last statement is not ended';
}

/**
 * FortiOS: each `config` has its `end`, each `edit` its `next`, outside quotes. In the parts of a device with VDOMs `end` closes the
 * `edit` of the VDOM as well.
 */
export function blocksOpen(text: string): string | null {
  const open: { word: 'config' | 'edit'; line: number }[] = [];
  let quotedSince = 0;
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (quotedSince === 0) {
      const word = /^\s*(config|edit|next|end)(?=\s|$)/.exec(line)?.[1];
      if (word === 'config' || word === 'edit') open.push({ word, line: number });
      else if (word === 'next' && open.pop()?.word !== 'edit') return `line ${number}: "next" without its "edit"`;
      else if (word === 'end') {
        if (open.at(-1)?.word === 'edit') open.pop();
        if (open.pop()?.word !== 'config') return `line ${number}: "end" without its "config"`;
      }
    }
    if (endsInQuotes(line, quotedSince > 0)) quotedSince ||= number;
    else quotedSince = 0;
  }
  if (quotedSince > 0) return `the quotation of line ${quotedSince} does not end`;
  const last = open.at(-1);
  return last === undefined ? null : `the "${last.word}" of line ${last.line} is not closed`;
}

function endsInQuotes(line: string, quoted: boolean): boolean {
  let inside = quoted;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '"') inside = !inside;
  }
  return inside;
}

/** RouterOS: no last line that goes on in the next, and no part that the export itself gave up. */
export function exportBroken(text: string): string | null {
  const lines = text.trimEnd().split('\n');
  const failed = lines.findIndex((line) => /^#(?:error exporting|interrupted)/.test(line));
  if (failed >= 0) return `line ${failed + 1}: the device could not export a part`;
  if (lines.at(-1)?.endsWith('\\') === true) return 'the last line goes on in one that did not come';
  const last = lines.at(-1) ?? '';
  return /^\/\S/.test(last) ? 'the last line begins a section that did not come' : null;
}

/** Cisco and those like it: the text of a banner ends with the character it began with, or with EOF where it began with none. */
export function bannerOpen(text: string): string | null {
  for (let at = bannerAt(text, 0); at >= 0;) {
    const end = endOf(text, at);
    const begun = /^banner [a-z-]+(?: (\^C|\S)(.*))?$/.exec(text.slice(at, end));
    if (begun === null) {
      at = bannerAt(text, end);
      continue;
    }
    const [, mark, rest = ''] = begun;
    const closes = mark === undefined ? eofAfter(text, end) : rest.includes(mark) ? at : text.indexOf(mark, end);
    if (closes < 0) return `the banner of line ${text.slice(0, at).split('\n').length} does not end`;
    at = bannerAt(text, endOf(text, closes));
  }
  return null;
}

/** Where the next line begins that begins a banner; -1 for none. */
function bannerAt(text: string, from: number): number {
  if (from === 0 && text.startsWith('banner ')) return 0;
  const at = text.indexOf('\nbanner ', from);
  return at < 0 ? -1 : at + 1;
}

function endOf(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}

/** Where a line that says EOF and nothing else begins; -1 for none. */
function eofAfter(text: string, from: number): number {
  for (let start = from + 1; start <= text.length; start = endOf(text, start) + 1) {
    if (text.slice(start, endOf(text, start)).trim() === 'EOF') return start;
  }
  return -1;
}
