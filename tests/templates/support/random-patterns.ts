import type { Random } from './random.ts';

const ATOMS = [
  '.',
  '\\w',
  '\\s',
  '\\d',
  '[ab]',
  '[^a]',
  '\\S',
  '[]a]',
  '\\W',
  '[a-]',
  '[ ab]',
  '[ \\w]',
  '[^\\W\\d]',
  'é',
  '(?i:B)',
];
const ANCHORS = ['^', '$', '\\b', '\\B', '\\Z', '\\A'];
const BEHIND = ['a', 'b', '[ab]', 'ab', 'a|b', '\\w', '(a)', 'ab|ba'];
const QUANTIFIERS = ['*', '+', '?', '*', '+', '?', '{2}', '{1,2}', '{,2}', '{0,3}', '{2,}', '{0}'];
const TEXT = Array.from('aaabbb -AB1é\u00a0');

/** A random expression, most of them valid, over few letters so that texts match it. */
export function randomPattern(random: Random, depth = 3): string {
  const branches = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => sequence(random, depth));
  if (random.chance(0.08)) branches[random.between(0, branches.length - 1)] = '';
  return branches.join('|');
}

function sequence(random: Random, depth: number): string {
  return Array.from({ length: random.between(1, 4) }, () => quantified(random, atom(random, depth))).join('');
}

function quantified(random: Random, item: string): string {
  if (random.chance(0.55)) return item;
  return item + random.pick(QUANTIFIERS) + (random.chance(0.2) ? '?' : random.chance(0.05) ? '+' : '');
}

function atom(random: Random, depth: number): string {
  const kind = random.next();
  if (depth === 0 || kind < 0.4) return random.pick(['a', 'a', 'b', '-']);
  if (kind < 0.54) return random.pick(ATOMS);
  if (kind < 0.6) return random.pick(ANCHORS);
  const inner = (): string => randomPattern(random, depth - 1);
  if (kind < 0.8) return `(${inner()})`;
  if (kind < 0.89) return `(?:${inner()})`;
  if (kind < 0.93) return `(?${random.pick(['=', '!'])}${inner()})`;
  if (kind < 0.95) return `(?<${random.pick(['=', '!'])}${random.pick(BEHIND)})`;
  if (kind < 0.965) return `(?>${inner()})`;
  if (kind < 0.985) return `\\${random.between(1, 3)}`;
  return `(?(${random.between(1, 3)})${sequence(random, depth - 1)}|${sequence(random, depth - 1)})`;
}

export function randomText(random: Random): string {
  return Array.from({ length: random.between(0, 9) }, () => random.pick(TEXT)).join('');
}
