import { hide } from './platform.ts';
import type { Platform, ScrubRule } from './platform.ts';

const REMOVED = '<removed>';
/** What stands for a secret already; it is never replaced again. */
const REPLACED = /^<(?:removed|encrypted:[^<>\s]+)>$/;
/** A private key in PEM and the password in a URL are secrets on every platform. */
const EVERYWHERE: ScrubRule[] = [
  {
    find: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----/g,
    replace: '<removed>',
  },
  hide(/(\b[a-z]{3,5}:\/\/[^\s:/@"]+:)[^\s/@"]+(@)/g),
];

/** From the first character to behind the last. */
interface Span {
  from: number;
  to: number;
}

/**
 * The text with every secret that the platform's rules find in place of what `replace` makes of it; nothing else changes. All rules
 * look at the text as it was, so that their order does not matter. What `replace` gives must be one word: `<removed>`, or
 * `<encrypted:…>`, which are known and left alone the next time. A secret may have several lines (a private key).
 */
export function replaceSecrets(platform: Platform, text: string, replace: (secret: string) => string): string {
  const spans = merged([...EVERYWHERE, ...platform.config.scrub].flatMap((rule) => secretSpans(rule, text)));
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    const secret = text.slice(from, to);
    parts.push(text.slice(at, from), REPLACED.test(secret) ? secret : replace(secret));
    at = to;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The text with `<removed>` in place of every secret. */
export function scrub(platform: Platform, text: string): string {
  return replaceSecrets(platform, text, () => REMOVED);
}

/** Where one rule finds secrets: what its replacement puts `<removed>` for, else what it changes. */
export function secretSpans(rule: ScrubRule, text: string): Span[] {
  const spans: Span[] = [];
  const find = rule.find.global ? rule.find : new RegExp(rule.find.source, `${rule.find.flags}g`);
  const [before = '', after] = rule.replace.split(REMOVED);
  for (const match of text.matchAll(find)) {
    const [whole] = match;
    const [head, tail] =
      after === undefined ? unchanged(whole, expand(rule.replace, match)) : [expand(before, match), expand(after, match)];
    const from = match.index + (whole.startsWith(head) ? head.length : 0);
    const to = match.index + whole.length - (whole.endsWith(tail) ? tail.length : 0);
    if (to > from) spans.push({ from, to });
  }
  return spans;
}

/** `$1`, `$<name>`, `$&` and `$$` as in `String.replace`. */
function expand(template: string, match: RegExpMatchArray): string {
  return template.replace(/\$(?:(\$)|(&)|(\d{1,2})|<(\w+)>)/g, (_all, dollar, whole, number, name) => {
    if (dollar !== undefined) return '$';
    if (whole !== undefined) return match[0];
    return (number === undefined ? match.groups?.[String(name)] : match[Number(number)]) ?? '';
  });
}

/** What two texts share at their beginnings and at their ends. */
function unchanged(before: string, after: string): [string, string] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [before.slice(0, head), before.slice(before.length - tail)];
}

function merged(spans: Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const out: Span[] = [];
  for (const span of sorted) {
    const last = out.at(-1);
    if (last !== undefined && span.from < last.to) last.to = Math.max(last.to, span.to);
    else out.push({ ...span });
  }
  return out;
}
