import { RegexError } from './ast.ts';

/** Reads a pattern one code point at a time; a backslash and what follows it are one token, as in Python's `re._parser.Tokenizer`. */
export interface Tokens {
  /** The token ahead, null at the end. */
  next(): string | null;
  take(): string | null;
  /** Takes the token ahead if it is this one. */
  skip(token: string): boolean;
  takeWhile(limit: number, allowed: RegExp): string;
  /** Everything up to `terminator`, which is taken too. */
  takeUntil(terminator: string, what: string): string;
  /** Position of the token ahead, in code points. */
  position(): number;
  seek(position: number): void;
  error(message: string, back?: number): RegexError;
}

export function createTokens(pattern: string): Tokens {
  const points = Array.from(pattern);
  let index = 0;
  let ahead: string | null = null;

  const advance = (): void => {
    const point = points[index];
    if (point === undefined) {
      ahead = null;
      return;
    }
    if (point === '\\') {
      const escaped = points[index + 1];
      if (escaped === undefined) throw new RegexError('bad escape (end of pattern)', points.length - 1);
      ahead = point + escaped;
      index += 2;
    } else {
      ahead = point;
      index += 1;
    }
  };
  const position = (): number => index - (ahead === null ? 0 : Array.from(ahead).length);
  const error = (message: string, back = 0): RegexError => new RegexError(message, position() - back);
  const take = (): string | null => {
    const token = ahead;
    advance();
    return token;
  };
  advance();

  return {
    next: () => ahead,
    take,
    skip(token) {
      if (ahead !== token) return false;
      advance();
      return true;
    },
    takeWhile(limit, allowed) {
      let taken = '';
      for (let token = ahead; taken.length < limit && token !== null && allowed.test(token); token = ahead) {
        taken += token;
        advance();
      }
      return taken;
    },
    takeUntil(terminator, what) {
      let taken = '';
      for (;;) {
        const token = take();
        if (token === null)
          throw error(taken === '' ? `missing ${what}` : `missing ${terminator}, unterminated name`, taken.length);
        if (token === terminator) {
          if (taken === '') throw error(`missing ${what}`, 1);
          return taken;
        }
        taken += token;
      }
    },
    position,
    seek(to) {
      index = to;
      advance();
    },
    error,
  };
}
