import type { Outcome } from '../core/outcome.ts';
import type { Answer } from './answer.ts';
import type { Platform } from './platform.ts';

/** A refusal is short; in a longer text the same words are part of the output (a banner, a description). */
const SHORT = 1_000;

/** What an answer means before it is parsed. `unknown`: ask the next alternative. */
export type Judgement = { is: 'output' } | { is: 'unknown' | Outcome; message: string | null };

export function judge(platform: Platform, answer: Answer): Judgement {
  const { unknown, denied, nothing } = platform.answers;
  if (answer.truncated) {
    return { is: 'truncated', message: `"${answer.command}" sent more than the output limit; ${answer.bytes} bytes came` };
  }
  // What a command that went well wrote to stderr is a remark, not the answer.
  const remark = answer.stderr === '' || answer.exitCode === 0;
  const said = remark ? answer.text : `${answer.text}\n${answer.stderr}`;
  if (said.length <= SHORT) {
    const quote = (pattern: RegExp): string => `"${answer.command}": ${lineOf(said, pattern)}`;
    for (const pattern of denied) if (pattern.test(said)) return { is: 'error', message: quote(pattern) };
    for (const pattern of unknown) if (pattern.test(said)) return { is: 'unknown', message: quote(pattern) };
    for (const pattern of nothing) if (pattern.test(said)) return { is: 'empty', message: null };
  }
  if (answer.exitCode !== null && answer.exitCode !== 0) {
    const last = said.trim().split('\n').at(-1)?.trim() ?? '';
    return { is: 'error', message: `"${answer.command}" ended with exit code ${answer.exitCode}: ${last.slice(0, 200)}` };
  }
  return { is: 'output' };
}

function lineOf(text: string, pattern: RegExp): string {
  return (text.split('\n').find((line) => pattern.test(line)) ?? text).trim().slice(0, 200);
}
