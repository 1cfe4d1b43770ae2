/** One step of a compiled pattern; `take` goes on with the next one. */
export type Step =
  | { kind: 'take'; takes: (character: string) => boolean }
  | { kind: 'split'; to: number[] }
  | { kind: 'jump'; to: number }
  | { kind: 'start' }
  | { kind: 'stop' };

/** `end` is the index after the last step. */
export interface Program {
  steps: Step[];
  end: number;
}

const LONGEST_PATTERN = 200;
const MOST_STEPS = 1000;
const MOST_REPEATS = 100;
const DEEPEST = 20;

type Takes = (character: string) => boolean;
const CLASSES: Record<string, Takes> = {
  d: (c) => c >= '0' && c <= '9',
  w: (c) => /^[a-z0-9_]$/.test(c),
  s: (c) => /^\s$/.test(c),
};
const CONTROL: Record<string, string> = { t: '\t', n: '\n', r: '\r' };
const not =
  (takes: Takes): Takes =>
  (c) =>
    !takes(c);

/** Letter by letter, so that every character keeps its place. */
export function lowerCase(text: string): string {
  const one = (character: string): string => (character.toLowerCase().length === 1 ? character.toLowerCase() : character);
  return text.split('').map(one).join('');
}

/** Puts a piece of a program at `base`. */
type Piece = (base: number) => Step[];

/**
 * Compiles a pattern for texts in lower case: literals, `.`, `[…]`, `\d \w \s` and their opposites, `( )`, `(?: )`, `|`, `^`, `$`,
 * `* + ? {m,n}`.
 * @throws Error that says what is wrong with the pattern
 */
export function compilePattern(pattern: string): Program {
  if (pattern.length > LONGEST_PATTERN) throw new Error(`is longer than ${LONGEST_PATTERN} characters`);
  const reader = createReader(lowerCase(pattern), pattern);
  const steps = reader.all()(0);
  return { steps, end: steps.length };
}

function createReader(text: string, original: string) {
  let at = 0;
  let depth = 0;
  const peek = (): string | undefined => text[at];
  const fail = (what: string): never => {
    throw new Error(`${what}, at character ${at + 1}`);
  };
  const sized = (piece: Piece): Piece => {
    if (piece(0).length > MOST_STEPS) fail('is too large');
    return piece;
  };

  function alternatives(): Piece {
    if (++depth > DEEPEST) fail('is nested too deeply');
    const options = [sequence()];
    while (peek() === '|') {
      at += 1;
      options.push(sequence());
    }
    depth -= 1;
    return options.length === 1 ? options[0]! : sized(oneOf(options));
  }

  function sequence(): Piece {
    const pieces: Piece[] = [];
    for (let next = peek(); next !== undefined && next !== '|' && next !== ')'; next = peek()) pieces.push(repeated(atom()));
    return sized(joined(pieces));
  }

  function repeated(piece: Piece): Piece {
    const sign = peek();
    const range = sign === '{' ? /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(text.slice(at)) : null;
    if (range === null && (sign === undefined || !'*+?'.includes(sign))) return piece;
    at += range === null ? 1 : range[0].length;
    // Lazy or greedy finds the same texts.
    if (peek() === '?') at += 1;
    if (peek() !== undefined && '*+{'.includes(peek()!)) fail('repeats what is repeated already');
    if (range === null) return sized(sign === '*' ? many(piece) : sign === '+' ? joined([piece, many(piece)]) : maybe(piece));
    const low = Number(range[1]);
    const high = range[2] === undefined ? low : range[3] === '' ? null : Number(range[3]);
    if (low > MOST_REPEATS || (high ?? 0) > MOST_REPEATS) fail(`repeats more than ${MOST_REPEATS} times`);
    if (high !== null && high < low) fail('has a range that is out of order');
    const least = Array.from({ length: low }, () => piece);
    return sized(joined([...least, ...(high === null ? [many(piece)] : Array.from({ length: high - low }, () => maybe(piece)))]));
  }

  function atom(): Piece {
    const character = peek()!;
    at += 1;
    if (character === '(') return group();
    if (character === '[') return taking(set());
    if (character === '.') return taking((c) => c !== '\n');
    if (character === '^') return () => [{ kind: 'start' }];
    if (character === '$') return () => [{ kind: 'stop' }];
    if (character === '\\') return taking(escaped());
    if ('*+?{'.includes(character)) return fail(`has "${character}" with nothing to repeat`);
    return taking((c) => c === character);
  }

  function group(): Piece {
    if (text.startsWith('?:', at)) at += 2;
    else if (peek() === '?') fail('uses look-around or a named group, which are not possible here');
    const inner = alternatives();
    if (peek() !== ')') fail('has a ( that is not closed');
    at += 1;
    return inner;
  }

  function escaped(): Takes {
    const character = original[at] ?? fail('ends with a backslash');
    at += 1;
    const lower = character.toLowerCase();
    const known = CLASSES[lower];
    if (known !== undefined) return character === lower ? known : not(known);
    const control = CONTROL[character];
    if (control !== undefined) return (c) => c === control;
    if (/[a-z0-9]/i.test(character)) return fail(`has \\${character}, which is not possible here`);
    return (c) => c === character;
  }

  function set(): Takes {
    const negated = peek() === '^';
    if (negated) at += 1;
    const members: Takes[] = [];
    while (peek() !== ']') {
      const from = peek() ?? fail('has a [ that is not closed');
      at += 1;
      if (from === '\\') members.push(escaped());
      else if (peek() === '-' && text[at + 1] !== undefined && text[at + 1] !== ']') {
        const to = text[at + 1]!;
        if (to === '\\' || to < from) fail('has a range that is out of order');
        at += 2;
        members.push((c) => c >= from && c <= to);
      } else members.push((c) => c === from);
    }
    at += 1;
    const any: Takes = (c) => members.some((takes) => takes(c));
    return negated ? not(any) : any;
  }

  return {
    all(): Piece {
      const piece = alternatives();
      if (peek() !== undefined) fail('has a ) too many');
      return piece;
    },
  };
}

const taking =
  (takes: Takes): Piece =>
  () => [{ kind: 'take', takes }];

const joined =
  (pieces: Piece[]): Piece =>
  (base) => {
    const steps: Step[] = [];
    for (const piece of pieces) steps.push(...piece(base + steps.length));
    return steps;
  };

const maybe =
  (piece: Piece): Piece =>
  (base) => {
    const inner = piece(base + 1);
    return [{ kind: 'split', to: [base + 1, base + 1 + inner.length] }, ...inner];
  };

const many =
  (piece: Piece): Piece =>
  (base) => {
    const inner = piece(base + 1);
    return [{ kind: 'split', to: [base + 1, base + 2 + inner.length] }, ...inner, { kind: 'jump', to: base }];
  };

const oneOf =
  (options: Piece[]): Piece =>
  (base) => {
    const [first, ...rest] = options;
    if (rest.length === 0) return first!(base);
    const one = first!(base + 1);
    const others = oneOf(rest)(base + 2 + one.length);
    const end = base + 2 + one.length + others.length;
    return [{ kind: 'split', to: [base + 1, base + 2 + one.length] }, ...one, { kind: 'jump', to: end }, ...others];
  };
