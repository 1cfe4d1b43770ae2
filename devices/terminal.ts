/** What a terminal would show: pure functions over the text that a device sent. */

/** The pagers of the platforms we know, at the end of what has come. */
export const PAGER =
  /(?:<?-{1,5} ?\(?more\)?[^\n\r\x08\x1b]{0,60}|press any key to continue(?: \([^)\n]*\))?|lines \d+-\d+(?:\/\d+ \(END\))?|-- \[Q quit\|[^\]\n]*\])[ \t]*$/i;

/** Backspaces and blanks; carriage return and blanks; cursor left and blanks; any other escape. */
const ERASED = '(?:\\x08+ *\\x08*|\\r *(?:\\r(?!\\n)|(?=\\x1b))|\\x1b\\[[0-9]+D +(?=\\x1b)|\\x1b\\[[0-9;?]*[A-Za-z])*';
const ESCAPE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)?|[()#][0-9A-Za-z]|[=>78DEHMNOZc])/g;
const CONTROLS = /[\x00\x07\x08\r\x1b]/;
const MOVES = ['\x00', '\x07', '\x08', '\r', '\x1b'];

/** More kinds of pagers than any device has: each is searched for in the whole text. */
const MOST_PAGERS = 20;
/** Steps after which a text is only stripped: some seconds. Nobody draws as much but to keep us busy. */
const MOST_STEPS = 20_000_000;

/** `ESC E` begins a line: ArubaOS-Switch ends the one that was typed with it. */
export function stripEscapes(text: string): string {
  return text.includes('\x1b') ? text.replaceAll('\x1bE', '\n').replace(ESCAPE, '') : text;
}

/** Removes the answered pagers with what the device sent to wipe them off the screen. */
export function erasePagers(text: string, pagers: string[]): string {
  let out = text;
  // The longest first, for one may have been answered before all of it had come.
  const longestFirst = [...new Set(pagers)].sort((a, b) => b.length - a.length);
  const patterns = longestFirst.map((pager) =>
    pager
      .trim()
      .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      .replace(/\d+/g, '\\d+'),
  );
  for (const escaped of [...new Set(patterns)].slice(0, MOST_PAGERS))
    out = out.replace(new RegExp(`[ \\t]*${escaped}[ \\t]*${ERASED}`, 'g'), '');
  return out;
}

/** Plain text with `\n` line ends: carriage returns, backspaces and cursor movements played out, colours removed. */
export function render(raw: string): string {
  let text = (raw.includes('\x1b') ? raw.replaceAll('\x1bE', '\n') : raw).replaceAll('\r\n', '\n');
  // A mere text is replaced in half the time that `\r+\n` takes, and one letter is found much faster than two; more than one
  // carriage return is rare.
  while (text.includes('\r') && text.includes('\r\n')) text = text.replaceAll('\r\n', '\n');
  if (!MOVES.some((control) => text.includes(control))) return text;
  const budget = { steps: MOST_STEPS };
  return text
    .split('\n')
    .map((line) => (CONTROLS.test(line) ? renderLine(line, budget) : line))
    .join('\n');
}

function renderLine(line: string, budget: { steps: number }): string {
  const cells: string[] = [];
  let column = 0;
  const token = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()#]?[\s\S]|[\s\S]/gu;
  for (const match of line.matchAll(token)) {
    const [what, parameters, final] = match;
    budget.steps -= 1 + (final === undefined ? Math.max(0, column - cells.length) : 'JKP'.includes(final) ? cells.length : 0);
    if (budget.steps < 0) return stripEscapes(line).replace(/[\x00\x07\x08\r\x1b]/g, '');
    if (final !== undefined) column = moveCursor(cells, column, parameters ?? '', final);
    else if (what === '\r') column = 0;
    else if (what === '\b') column = Math.max(0, column - 1);
    else if (what.charCodeAt(0) !== 0x1b && what !== '\x00' && what !== '\x07') {
      while (cells.length < column) cells.push(' ');
      cells[column] = what;
      column += 1;
    }
  }
  return cells.join('');
}

/** ECMA-48 control sequences that matter within one line; returns the new column. */
function moveCursor(cells: string[], column: number, parameters: string, final: string): number {
  const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
  if (final === 'D') return Math.max(0, column - count);
  if (final === 'C') return Math.min(column + count, 10_000);
  if (final === 'G') return Math.min(count - 1, 10_000);
  if (final === 'H' || final === 'f') return Math.min((Number.parseInt(parameters.split(';')[1] ?? '1', 10) || 1) - 1, 10_000);
  if (final === 'P') cells.splice(column, count);
  if (final === 'J' || final === 'K') {
    if (parameters === '2') cells.fill(' ');
    else if (parameters === '1') cells.fill(' ', 0, column);
    else cells.length = Math.min(cells.length, column);
  }
  return column;
}

/** Without anything that moves the cursor: two texts that look alike on a screen of any width are then the same. */
export function squeeze(text: string): string {
  return text.replace(/[\s\x00\x07]+/g, '');
}

const HEAD = 8_000;

/**
 * Where the echo of `command` is: from the start of its line(s) to the first character behind it. Finds it also where the
 * terminal wrapped or redrew it; null where there is none in the first 8,000 characters.
 */
export function findEcho(text: string, command: string): { start: number; end: number } | null {
  const at = text.slice(0, HEAD).indexOf(command);
  if (at >= 0) {
    const newline = text.indexOf('\n', at + command.length);
    const rest = text.slice(at + command.length, newline < 0 ? undefined : newline);
    if (rest.trim() === '') return { start: text.lastIndexOf('\n', at) + 1, end: newline < 0 ? text.length : newline + 1 };
  }
  const wanted = squeeze(command);
  let seen = '';
  for (let start = 0; start < Math.min(text.length, HEAD);) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    seen += squeeze(stripEscapes(text.slice(start, end)));
    start = end + 1;
    if (wanted !== '' && seen.endsWith(wanted)) return { start: 0, end: Math.min(start, text.length) };
  }
  return null;
}

/** What devices write into a session of their own accord, each with its beginning. */
const LOG_LINES = [
  // Cisco, Arista: `*Mar  1 00:12:09.1: %LINK-3-UPDOWN:`, NX-OS with the host name before it.
  /^[^%\n]{0,80}%[A-Z0-9_/-]+-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+\s?:/,
  // Huawei: `%%01IFNET/4/IF_STATE(l)[0]:`
  /^[^%\n]{0,80}%%\d\d[A-Z0-9_]+\/\d\/[A-Z0-9_]+/,
  // RouterOS: `10:12:10 echo: system,error`
  /^(?:\S{3,11} )?\d\d:\d\d:\d\d echo: \S+,\S+ /,
  // ArubaOS-Switch: `I 03/04/24 10:12:10 00076 ports:`
  /^[A-Z] \d\d\/\d\d\/\d\d \d\d:\d\d:\d\d \d{5} \S+:/,
  // AOS-CX: `2024-03-04T10:12:10+00:00 sw1 intfd[723]: Event|403|`
  /^\d{4}-\d\d-\d\dT\S+ \S+ \S+\[\d+\]: /,
  // FRR: `2024/03/04 10:12:10 OSPF: [HKQ6P-6ZP9P] `
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? \w+: \[\w{5}-\w{5}\] /,
  // syslogd speaking to all terminals; what it says is on the next line.
  /^Message from syslogd@/,
];
const BROADCAST = 'Message from syslogd@';
const MAY_LOG =
  /%[A-Z0-9_/-]+-[0-7]-[A-Z]|%%\d\d[A-Z]| echo: |\d\d:\d\d:\d\d \d{5} |^\d{4}-\d\d-\d\dT|: \[\w{5}-\w{5}\] |Message from syslogd@/m;

/** True for each line that is a device's own remark. */
export function logLines(lines: string[]): boolean[] {
  let broadcast = false;
  return lines.map((line) => {
    const text = line.trim();
    const isLog = LOG_LINES.some((pattern) => pattern.test(text)) || (broadcast && text !== '');
    broadcast = text.startsWith(BROADCAST) || (broadcast && text === '');
    return isLog;
  });
}

/** Quick, and true a little too often. */
export function hasLogLines(text: string): boolean {
  return MAY_LOG.test(text);
}

/** Leaves out log lines; the text itself where it has none. */
export function withoutLogLines(text: string): string {
  if (!hasLogLines(text)) return text;
  const lines = text.split('\n');
  const isLog = logLines(lines);
  return lines.filter((_, i) => isLog[i] !== true).join('\n');
}

/** Whether there is anything in it that the device was asked for. */
export function onlyLogLines(text: string): boolean {
  return withoutLogLines(text).trim() === '';
}
