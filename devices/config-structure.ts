/**
 * What the language of a configuration itself tells about a whole text (`ConfigSource.complete`). Each gives the reason why a text is
 * cut, or null. Reasons name line numbers and never quote the text, for it may be a secret.
 */

/** Junos and PAN-OS: braces outside quotes and comments are balanced, and the last statement is ended. */
export function bracesOpen(text: string): string | null {
  let depth = 0;
  let line = 1;
  let quotedSince = 0;
  let last = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\n') line += 1;
    if (quotedSince > 0) {
      if (char === '\\') at += 1;
      else if (char === '"') quotedSince = 0;
    } else if (char === '"') quotedSince = line;
    else if (char === '/' && text.charAt(at + 1) === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return `the comment of line ${line} does not end`;
      line += text.slice(at, end).split('\n').length - 1;
      at = end + 1;
      continue;
    } else if (
      char === '#' &&
      (at === 0 || /\s/.test(text.charAt(at - 1))) &&
      text.slice(lineStart(text, at), at).trim() === ''
    ) {
      // Junos ends comments with the line.
      const end = text.indexOf('\n', at);
      at = (end < 0 ? text.length : end) - 1;
      continue;
    } else if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    if (depth < 0) return `line ${line} closes a brace that was never opened`;
    if (!/\s/.test(char)) last = char;
  }
  if (quotedSince > 0) return `the quotation of line ${quotedSince} does not end`;
  if (depth > 0) return `${depth} open brace${depth === 1 ? '' : 's'} at the end`;
  return last === '' || last === '}' || last === ';' ? null : 'the last statement is not ended';
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
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
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const begun = /^banner [a-z-]+(?: (\^C|\S)(.*))?$/.exec(lines[at]!);
    if (begun === null) continue;
    const [, mark, rest = ''] = begun;
    if (mark !== undefined && rest.includes(mark)) continue;
    const ends = (line: string): boolean => (mark === undefined ? line.trim() === 'EOF' : line.includes(mark));
    const end = lines.findIndex((line, later) => later > at && ends(line));
    if (end < 0) return `the banner of line ${at + 1} does not end`;
    at = end;
  }
  return null;
}
