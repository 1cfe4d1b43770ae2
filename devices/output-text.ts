import { findEcho, hasLogLines, onlyLogLines, render, withoutLogLines } from './terminal.ts';

/** What stands around an output on the screen. */
export interface Frame {
  command: string;
  /** Letter by letter, without trailing blanks. */
  prompt: string;
  /** Lines above the prompt that belong to it. */
  above: RegExp | undefined;
  /** Enter was pressed while waiting, so that the prompt may stand there twice. */
  nudged: boolean;
  /** The end is missing, and with it the prompt. */
  cut: boolean;
}

/**
 * The output alone, as a person would see it. `late` is what came before the echo of the command and is neither prompt nor log:
 * the rest of the output before.
 */
export function outputText(raw: string, frame: Frame): { late: string; text: string } {
  const { lead, body } = splitAtEcho(raw, frame.command) ?? { lead: '', body: render(raw) };
  const late = withoutLogLines(lead)
    .split(frame.prompt)
    .map((part) => cutAbove(part, frame))
    .join('');
  return { late: late.trim() === '' ? '' : late, text: frame.cut ? body : cutPrompt(body, frame) };
}

/** Rendered, what came before the echo of the command and what came after it; null where there is no echo. */
export function splitAtEcho(raw: string, command: string): { lead: string; body: string } | null {
  const echo = findEcho(raw, command);
  if (echo !== null) return { lead: render(raw.slice(0, echo.start)), body: render(raw.slice(echo.end)) };
  const shown = render(raw);
  const drawn = findEcho(shown, command);
  return drawn === null ? null : { lead: shown.slice(0, drawn.start), body: shown.slice(drawn.end) };
}

/** Removes the prompt at the end, and those before it that were only drawn again after a nudge or a log line. */
function cutPrompt(text: string, frame: Frame): string {
  const { prompt, nudged } = frame;
  const at = text.lastIndexOf(prompt);
  let body = at < 0 ? text : text.slice(0, at);
  for (;;) {
    // Looking from the end takes ten times as long to find that there is none.
    const earlier = body.includes(prompt) ? body.lastIndexOf(prompt) : -1;
    if (earlier < 0) break;
    const between = cutAbove(body.slice(earlier + prompt.length), frame);
    const atLineStart = earlier === 0 || body.charAt(earlier - 1) === '\n';
    const drawnAgain = nudged || (atLineStart && between.trim() !== '');
    if (!drawnAgain || !onlyLogLines(between)) break;
    body = body.slice(0, earlier);
  }
  return cutAbove(withoutRedraws(body, prompt), frame);
}

function cutAbove(text: string, { above }: Frame): string {
  return above === undefined ? text : text.replace(above, '');
}

/** A log line in the middle of an output may bring a prompt of its own. */
function withoutRedraws(text: string, prompt: string): string {
  if (!text.includes(prompt) || !hasLogLines(text)) return text;
  return text
    .split('\n')
    .filter((line) => line.trimEnd() !== prompt)
    .join('\n');
}
