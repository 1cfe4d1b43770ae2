import type { Outcome } from '../core/outcome.ts';
import type { Answer } from './answer.ts';
import { isRemark, matches } from './config-lines.ts';
import { judge } from './judge.ts';
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
const PAGER_LEFT = /^\s*(?:<?-{2,5} ?\(?more\)?\b|press any key to continue|-- \[Q quit\|)/i;
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
 * Whether an answer is a whole configuration. The caller has seen the prompt return (`Session.run`) and has waited for stragglers
 * (`Session.settle`); here the text itself is judged: no output cap, no refusal, no pager, the start and the end of the
 * platform, the structure of its language, and enough in it. `text` has `\n` line ends and one at its end; what the log of the device
 * wrote into it is taken out and counted. Messages quote what the device says about itself, never the configuration.
 */
export function provenComplete(platform: Platform, answer: Answer): Proof {
  const { config } = platform;
  const { text: body, lines: burst_lines } = withoutBursts(answer.text);
  const text = `${body.replace(/\s+$/, '')}\n`;
  const lines = text.split('\n').slice(0, -1);
  const filled = lines.filter((line) => line.trim() !== '');
  const statements = filled.filter((line) => !isRemark(config, line) && !isEnd(config, line)).length;
  const begins = config.start === undefined || filled.slice(0, HEAD).some((line) => matches([config.start!], line));
  // What looks like a configuration may quote refusals in a banner; its first and last lines are looked at below.
  const quotes = begins && statements >= MIN_STATEMENTS;
  const cut = (why: string): Proof => ({ complete: false, outcome: 'truncated', message: `"${answer.command}": ${why}` });
  const wrong = (why: string): Proof => ({ complete: false, outcome: 'error', message: `"${answer.command}": ${why}` });
  // `judge` would quote its last line.
  if (quotes && answer.exitCode !== null && answer.exitCode !== 0) return wrong(`it ended with exit code ${answer.exitCode}`);
  const verdict = judge(quotes ? { ...platform, answers: NO_ANSWERS } : platform, answer);
  if (verdict.is !== 'output') return refused(verdict.is, verdict.message, answer.command);
  const before = troubleAt(platform, lines);
  if (before !== null) return wrong(before);
  const after = troubleAt(platform, lines.toReversed());
  if (after !== null) return cut(`after ${lines.length} lines the device says: ${after}`);
  const pager = lines.findIndex((line) => PAGER_LEFT.test(line) || (platform.pager?.test(line) ?? false));
  if (pager >= 0) return cut(`a pager stands in line ${pager + 1}, so that lines may be missing`);
  if (!begins) return wrong('what came does not begin like a configuration');
  if (config.end !== null && !filled.slice(-1).some((line) => isEnd(config, line))) {
    return cut(`the end of the configuration is missing after ${lines.length} lines`);
  }
  const broken = config.complete?.(text) ?? null;
  if (broken !== null) return cut(`the configuration is not whole: ${broken}`);
  if (statements < MIN_STATEMENTS) {
    return cut(`only ${statements} statement${statements === 1 ? '' : 's'} came, which is no configuration`);
  }
  return { complete: true, text, burst_lines };
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
function troubleAt({ answers, config }: Platform, lines: string[]): string | null {
  const patterns = [...answers.denied, ...answers.unknown, ...TROUBLE];
  for (const line of lines) {
    if (matches(patterns, line)) return line.trim().slice(0, 200);
    if (!isRemark(config, line) && !isEnd(config, line)) return null;
  }
  return null;
}
