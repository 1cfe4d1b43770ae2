import type { Outcome } from '../core/outcome.ts';
import type { Answer } from './answer.ts';
import { isRemark, matches } from './config-lines.ts';
import { judge } from './judge.ts';
import { countNewlines, someLine, someLineBackwards } from './lines.ts';
import type { ConfigSource, Platform } from './platform.ts';
import { withoutBursts } from './session-log.ts';

export type Proof =
  | { complete: true; text: string; burst_lines: number }
  | { complete: false; outcome: Exclude<Outcome, 'ok' | 'empty'>; message: string };

/** Fewer statements than this are no configuration of anything. */
const MIN_STATEMENTS = 3;
/** Lines in which `start` is looked for; blank ones do not count. The end must be the last. */
const HEAD = 5;
const NO_ANSWERS: Platform['answers'] = { unknown: [], denied: [], nothing: [] };
const PAGER_LEFT = /^(?:<?-{2,5} ?\(?more\)?\b|press any key to continue|-- \[Q quit\|)/i;
const PAGER_BEGINS = new Set('<-pP');
/** What devices say at the beginning or end of a configuration when it is not all they should have shown. */
const TROUBLE = [
  /^%+ ?(?:Error|Please wait|.*(?:try again|is locked|locked by|being (?:modified|saved|written)|in progress|timed? ?out|failed|not permitted))/i,
  /^(?:% ?)?(?:Command|AAA)? ?authori[sz]ation (?:failed|denied)/i,
  /^(?:ERROR|Error): ?\S/,
  /^error: \S/,
  /^(?:Unable to|Could not|Failed to|Cannot) (?:read|open|get|retrieve|lock|connect|generate|allocate)\b/i,
  /^Syntax error while parsing/,
];

/**
 * Whether an answer is a whole configuration. The caller has seen the prompt return (`Session.run`), and waits for stragglers
 * (`Session.settle`) where the text alone cannot tell; here it is judged: no output cap, no refusal, no pager, the start and the end
 * of the platform, the structure of its language, and enough in it. `text` has `\n` line ends and one at its end; what the log of the
 * device wrote into it is taken out and counted. Messages quote what the device says about itself, never the configuration.
 */
export function provenComplete(platform: Platform, answer: Answer): Proof {
  const { config } = platform;
  const { text: body, lines: burst_lines } = withoutBursts(answer.text);
  const text = endedLine(body);
  const { head, statements, last } = outline(config, text);
  const begins = config.start === undefined || head.some((line) => matches([config.start!], line));
  // What looks like a configuration may quote refusals in a banner; its first and last lines are looked at below.
  const quotes = begins && statements >= MIN_STATEMENTS;
  const cut = (why: string): Proof => ({ complete: false, outcome: 'truncated', message: `"${answer.command}": ${why}` });
  const wrong = (why: string): Proof => ({ complete: false, outcome: 'error', message: `"${answer.command}": ${why}` });
  // `judge` would quote its last line.
  if (quotes && answer.exitCode !== null && answer.exitCode !== 0) return wrong(`it ended with exit code ${answer.exitCode}`);
  const verdict = judge(quotes ? { ...platform, answers: NO_ANSWERS } : platform, answer);
  if (verdict.is !== 'output') return refused(verdict.is, verdict.message, answer.command);
  const before = troubleAt(platform, text, someLine);
  if (before !== null) return wrong(before);
  const after = troubleAt(platform, text, someLineBackwards);
  if (after !== null) return cut(`after ${countNewlines(text)} lines the device says: ${after}`);
  const pager = pagerLine(platform, text);
  if (pager > 0) return cut(`a pager stands in line ${pager}, so that lines may be missing`);
  if (!begins) return wrong('what came does not begin like a configuration');
  if (config.end !== null && !isEnd(config, last)) {
    return cut(`the end of the configuration is missing after ${countNewlines(text)} lines`);
  }
  const broken = config.complete?.(text) ?? null;
  if (broken !== null) return cut(`the configuration is not whole: ${broken}`);
  if (statements < MIN_STATEMENTS) {
    return cut(`only ${statements} statement${statements === 1 ? '' : 's'} came, which is no configuration`);
  }
  return { complete: true, text, burst_lines };
}

/** With one `\n` at its end and no other blank before it; a part of the text where that will do, and no copy. */
function endedLine(body: string): string {
  const { length } = body.trimEnd();
  return body.charAt(length) === '\n' ? body.slice(0, length + 1) : `${body.slice(0, length)}\n`;
}

/** The first lines and the last one that are not blank, and statements as far as it matters how many there are. */
function outline(config: ConfigSource, text: string): { head: string[]; statements: number; last: string } {
  const head: string[] = [];
  let statements = 0;
  let last = '';
  someLine(text, (start, end) => {
    const line = text.slice(start, end);
    if (line.trim() === '') return false;
    if (head.length < HEAD) head.push(line);
    if (!isRemark(config, line) && !isEnd(config, line)) statements += 1;
    return head.length === HEAD && statements >= MIN_STATEMENTS;
  });
  someLineBackwards(text, (start, end) => (last = text.slice(start, end)).trim() !== '');
  return { head, statements, last };
}

/** The number, from 1, of the first line in which a pager was left; 0 for none. */
function pagerLine({ pager }: Platform, text: string): number {
  let number = 0;
  const own = pager === undefined ? [] : [pager];
  const found = someLine(text, (start, end) => {
    number += 1;
    if (own.length > 0 && matches(own, text.slice(start, end))) return true;
    let at = start;
    while (at < end && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09)) at += 1;
    return PAGER_BEGINS.has(text.charAt(at)) && PAGER_LEFT.test(text.slice(at, end));
  });
  return found ? number : 0;
}

function refused(is: Exclude<ReturnType<typeof judge>['is'], 'output'>, message: string | null, command: string): Proof {
  const said = message ?? `"${command}" was answered with nothing that is a configuration`;
  if (is === 'unknown') return { complete: false, outcome: 'unsupported', message: said };
  return { complete: false, outcome: is === 'ok' || is === 'empty' ? 'error' : is, message: said };
}

function isEnd({ end }: ConfigSource, line: string): boolean {
  return end !== null && matches([end], line);
}

/** The device's own words about a failure, among the remarks before the first statement; behind it the same words are part of it. */
function troubleAt({ answers, config }: Platform, text: string, lines: typeof someLine): string | null {
  const patterns = [...answers.denied, ...answers.unknown, ...TROUBLE];
  let trouble: string | null = null;
  // What comes behind the last line end is no line.
  lines(text.slice(0, -1), (start, end) => {
    const line = text.slice(start, end);
    if (matches(patterns, line)) trouble = line.trim().slice(0, 200);
    return trouble !== null || (!isRemark(config, line) && !isEnd(config, line));
  });
  return trouble;
}
