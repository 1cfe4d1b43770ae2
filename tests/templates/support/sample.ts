import type { CharSet, Node } from '../../../devices/textfsm/regex/ast.ts';
import { asciiBitmap, setHas } from '../../../devices/textfsm/regex/char-set.ts';
import type { Random } from './random.ts';

const WILD = ['é', '\u00a0', '日', '٣', '\u200b', '：', '😀', '\u2007', 'ß', '\u0301', '\x1f', '\u00b2'];
const MAX_REPEATS = 4;

const choices = new Map<CharSet, string[]>();

/** A text that the expression may match; look-arounds and anchors are passed over, so it need not. */
export function sample(node: Node, random: Random): string {
  switch (node.type) {
    case 'literal':
      return String.fromCodePoint(node.code);
    case 'set':
      return member(node.set, random);
    case 'sequence':
      return node.parts.map((part) => sample(part, random)).join('');
    case 'alternation':
      return sample(random.pick(node.branches), random);
    case 'repeat': {
      const most = Math.min(node.max, node.min + (random.chance(0.1) ? MAX_REPEATS * 4 : MAX_REPEATS));
      const count = random.between(node.min, most);
      return Array.from({ length: count }, () => sample(node.body, random)).join('');
    }
    case 'group':
    case 'atomic':
      return sample(node.body, random);
    case 'conditional':
      return sample(node.no === null || random.chance(0.5) ? node.yes : node.no, random);
    case 'anchor':
    case 'look':
    case 'backreference':
      break;
  }
  return '';
}

function member(set: CharSet, random: Random): string {
  if (random.chance(0.002)) {
    const wild = WILD.filter((char) => setHas(set, char.codePointAt(0) ?? 0));
    if (wild.length > 0) return random.pick(wild);
  }
  let known = choices.get(set);
  if (known === undefined) {
    const bits = asciiBitmap(set);
    known = [];
    // Blanks and word characters are what devices write; other members come too, but less often.
    for (let code = 32; code < 127; code += 1) {
      const char = String.fromCharCode(code);
      if (bits[code] === 1) known.push(...Array.from({ length: /[ a-z0-9]/.test(char) ? 6 : 1 }, () => char));
    }
    if (bits[9] === 1) known.push('\t');
    choices.set(set, known);
  }
  return known.length === 0 ? '' : random.pick(known);
}
