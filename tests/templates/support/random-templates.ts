import type { Random } from './random.ts';

const OPTIONS = ['Required', 'Filldown', 'Fillup', 'Key', 'List'];
const VALUES = ['\\d+', '\\d*', '[a-c]+', '[a-c]?', '\\S+', '.*', '(\\d)([a-c])', '(?P<digit>\\d)(?P<letter>[a-c])?', '\\w+?'];
const BETWEEN = ['', '', '', '\\s*', '\\s*', '.*', '\\s+', ':', '-', 'x', '\\S'];
const STATES = ['Start', 'Middle', 'Last'];
const ACTIONS = ['Record', 'Record', 'Record', 'Record', 'NoRecord', 'Clear', 'Clearall'];
const TEXT = Array.from('1122aabbc   :-x');

/** A template with every option and action in any combination; nearly all are valid. */
export function randomTemplate(random: Random): string {
  const names = Array.from({ length: random.between(1, 4) }, (_, at) => `V${at}`);
  const states = STATES.slice(0, random.between(1, STATES.length));
  const values = names.map((name, at) => `Value ${options(random)}${name} (${value(random, at)})`);
  const parts = states.map(
    (state) => `${state}\n${Array.from({ length: random.between(1, 5) }, () => rule(random, names, states)).join('')}`,
  );
  if (random.chance(0.3)) parts.push('EOF\n');
  if (random.chance(0.1)) parts.push('End\n');
  return `${values.join('\n')}\n\n${parts.join('\n')}`;
}

function options(random: Random): string {
  const chosen = OPTIONS.filter(() => random.chance(0.25));
  // The order counts.
  if (random.chance(0.5)) chosen.reverse();
  return chosen.length === 0 ? '' : `${chosen.join(',')} `;
}

/** Group names differ from value to value, or a rule with both would be no expression. */
function value(random: Random, at: number): string {
  return random.pick(VALUES).replaceAll(/\?P<(\w+)>/g, `?P<$1${at}>`);
}

function rule(random: Random, names: string[], states: string[]): string {
  const used = names.filter(() => random.chance(0.4));
  const inner = used.map((name) => `${random.pick(BETWEEN)}${random.chance(0.3) ? `(\${${name}})?` : `\${${name}}`}`).join('');
  return `  ^${inner}${random.pick(BETWEEN)}${random.chance(0.3) ? '$$' : ''}${action(random, states)}\n`;
}

function action(random: Random, states: string[]): string {
  const target = random.chance(0.3) ? ` ${random.pick([...states, ...states, ...states, 'End', 'EOF'])}` : '';
  const kind = random.next();
  if (kind < 0.2) return target === '' ? '' : ` ->${target}`;
  if (kind < 0.45) return ` -> ${random.pick(ACTIONS)}${target}`;
  if (kind < 0.6) return ` -> Next${random.chance(0.6) ? `.${random.pick(ACTIONS)}` : ''}${target}`;
  if (kind < 0.98) return ` -> Continue${random.chance(0.6) ? `.${random.pick(ACTIONS)}` : ''}`;
  return random.pick([' -> Error', ' -> Error "some text"', ' -> Error Word']);
}

export function randomLines(random: Random): string {
  const line = (): string => Array.from({ length: random.between(0, 7) }, () => random.pick(TEXT)).join('');
  return Array.from({ length: random.between(0, 14) }, line).join('\n');
}
