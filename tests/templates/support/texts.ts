import { parseTemplate } from '../../../devices/textfsm/parse-template.ts';
import { type Pattern, preparePattern } from '../../../devices/textfsm/regex/pattern.ts';
import type { Definition, Rule } from '../../../devices/textfsm/template.ts';
import type { Random } from './random.ts';
import { sample } from './sample.ts';

const ODD_LINES = ['', ' ', '\t', 'x', '% Invalid input', '----------', 'Total: 3', 'a b c d e f g h', '0', '\u00a0', '# '];
const LINE_ENDS = ['\r\n', '\r', '\n\n', '\v', '\f', '\x1c', '\x1e', '\x85', '\u2028', '\r\r\n'];
const ODD_CHARS = ['é', '\u00a0', '\u200b', '日', '😀', '\x1c', '\x1f', '\x85', '\t', '\0', '-', ',', ':', '(', '1', 'Z', ' '];

/** Texts that walk through a template's states: lines sampled from its rules, most of them as they are, some of them damaged. */
export function sampleTexts(source: string, count: number, random: Random): string[] {
  const definition = parseTemplate(source);
  const patterns = new Map<Rule, Pattern>();
  for (const rule of Array.from(definition.states.values()).flat()) patterns.set(rule, preparePattern(rule.regex, []));
  return Array.from({ length: count }, (_, at) => sampleText(definition, patterns, random, at % 3 === 0 ? 0.3 : 0.06));
}

function sampleText(definition: Definition, patterns: Map<Rule, Pattern>, random: Random, damage: number): string {
  let text = '';
  let state = 'Start';
  const lines = random.between(1, 24);
  for (let count = 0; count < lines; count += 1) {
    const rules = definition.states.get(state) ?? [];
    const sampled =
      rules.length === 0 || random.chance(0.02) ? random.pick(ODD_LINES) : sample(random.pick(rules).regex.root, random);
    const line = random.chance(damage) ? damaged(sampled, random) : sampled;
    const taken = rules.find((rule) => rule.lineAction !== 'Continue' && patterns.get(rule)?.match(line) !== null);
    // What ends a text is rare, or no text would get far.
    const ends = taken?.lineAction === 'Error' || taken?.target === 'End' || taken?.target === 'EOF';
    if (ends && !random.chance(0.03)) continue;
    text += line + (random.chance(0.02) ? random.pick(LINE_ENDS) : '\n');
    if (taken !== undefined && definition.states.has(taken.target)) state = taken.target;
  }
  return random.chance(0.2) ? text.trimEnd() : text;
}

function damaged(line: string, random: Random): string {
  const at = random.between(0, line.length);
  switch (random.between(0, 9)) {
    case 0:
      return line.slice(0, at) + line.slice(at + 1);
    case 1:
      return line.slice(0, at) + random.pick(ODD_CHARS) + line.slice(at);
    case 2:
      return `${line}${' '.repeat(random.between(1, 3))}`;
    case 3:
      return ` ${line}`;
    case 4:
      return line.slice(0, at);
    case 5:
      return line.trimStart();
    case 6:
      return line.slice(0, at) + line.slice(at).repeat(2);
    case 7:
      return line.replaceAll(/\d/g, () => String(random.between(0, 9)));
    case 8:
      return random.pick(ODD_LINES);
    default:
      return line.toUpperCase();
  }
}
