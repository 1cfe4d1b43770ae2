import { type CharSet, type Node, type Regex, RegexError } from './ast.ts';
import { readClass } from './class.ts';
import { type GroupReferences, literal, outerEscape } from './escapes.ts';
import { type Flags, NO_FLAGS, readFlags, withFlags } from './flags.ts';
import { type Groups, createGroups } from './groups.ts';
import { rejectGroupsInPossessive } from './possessive.ts';
import { readQuantifier } from './quantifier.ts';
import { type Tokens, createTokens } from './tokens.ts';
import { widthOf } from './width.ts';

/**
 * Parses a pattern as `re.compile` of Python 3.11 does, with its errors and its readings of odd syntax: a first `]` in a class is
 * literal, `{,3}` is a quantifier, an unknown escaped letter is an error. Source: CPython `Lib/re/_parser.py`.
 * Not supported, and rejected: `\N{…}`, the flag `t`, and groups that matter inside a possessive repeat.
 */
export function parseRegex(pattern: string): Regex {
  const tokens = createTokens(pattern);
  const groups = createGroups();
  const reader = createReader(tokens, groups);
  const root = reader.alternation(true);
  if (tokens.next() !== null) throw tokens.error('unbalanced parenthesis');
  groups.finish();
  const regex = { root, groups: groups.count(), names: groups.names() };
  rejectGroupsInPossessive(regex);
  return regex;
}

const ANY: CharSet = { negate: true, items: [], ascii: false, ignoreCase: false };
const ANY_BUT_LINE_FEED: CharSet = { ...ANY, items: [{ lo: 10, hi: 10 }] };

/** Groups within groups; Python's own parser gives up at about 500. */
const DEEPEST = 300;

interface Reader {
  alternation(top: boolean): Node;
}

function createReader(tokens: Tokens, groups: Groups): Reader {
  let flags: Flags = NO_FLAGS;
  let depth = 0;
  const references: GroupReferences = {
    refer(index, back) {
      groups.checkReference(tokens, index, back);
      return { type: 'backreference', index, ignoreCase: flags.ignoreCase, ascii: flags.ascii };
    },
  };

  const alternation = (top: boolean): Node => {
    const branches = [sequence(top)];
    while (tokens.skip('|')) branches.push(sequence(false));
    return branches.length === 1 && branches[0] !== undefined ? branches[0] : { type: 'alternation', branches };
  };

  const sequence = (first: boolean): Node => {
    const parts: Node[] = [];
    for (;;) {
      const token = tokens.next();
      if (token === null || token === '|' || token === ')') return { type: 'sequence', parts };
      tokens.take();
      if (flags.verbose && skipVerbose(tokens, token)) continue;
      const quantifier = readQuantifier(tokens, token);
      if (quantifier !== null) parts.push(quantifier.apply(parts.pop()));
      else if (token === '(') {
        const group = readGroup(tokens.position() - 1, first && parts.length === 0);
        if (group !== null) parts.push(group);
      } else parts.push(atom(token));
    }
  };

  const atom = (token: string): Node => {
    if (token.startsWith('\\') && token !== '\\') return outerEscape(tokens, token, flags, references);
    switch (token) {
      case '[':
        return readClass(tokens, flags);
      case '.':
        return { type: 'set', set: flags.dotAll ? ANY : ANY_BUT_LINE_FEED };
      case '^':
        return { type: 'anchor', kind: 'start', scope: flags.multiline ? 'line' : 'text', ascii: false };
      case '$':
        return { type: 'anchor', kind: 'end', scope: flags.multiline ? 'line' : 'text', ascii: false };
      default:
        return literal(token.codePointAt(0) ?? 0, flags);
    }
  };

  /** Null for a comment or global flags, which leave nothing behind. */
  const readGroup = (start: number, first: boolean): Node | null => {
    if (!tokens.skip('?')) return capture(start, null);
    const char = tokens.take();
    switch (char) {
      case null:
        throw tokens.error('unexpected end of pattern');
      case 'P':
        return pythonExtension(start);
      case ':':
        return body(start, flags);
      case '#':
        skipComment(tokens, start);
        return null;
      case '=':
      case '!':
        return look(start, false, char === '!');
      case '<': {
        const kind = tokens.take();
        if (kind === null) throw tokens.error('unexpected end of pattern');
        if (kind !== '=' && kind !== '!') throw tokens.error(`unknown extension ?<${kind}`, kind.length + 2);
        return look(start, true, kind === '!');
      }
      case '(':
        return conditional(start);
      case '>':
        return { type: 'atomic', body: body(start, flags) };
      default:
        if (!/^[iLmsxatu-]$/.test(char)) throw tokens.error(`unknown extension ?${char}`, char.length + 1);
        return flagGroup(start, char, first);
    }
  };

  const body = (start: number, inner: Flags): Node => {
    if (depth >= DEEPEST) throw tokens.error('nested too deeply');
    const outer = flags;
    flags = inner;
    depth += 1;
    const node = alternation(false);
    depth -= 1;
    flags = outer;
    close(start);
    return { type: 'sequence', parts: [node] };
  };

  const close = (start: number): void => {
    if (!tokens.skip(')')) throw tokens.error('missing ), unterminated subpattern', tokens.position() - start);
  };

  const capture = (start: number, name: string | null): Node => {
    const index = groups.open(tokens, name);
    const inner = body(start, flags);
    groups.close(index, inner);
    return { type: 'group', index, name, body: inner };
  };

  const pythonExtension = (start: number): Node => {
    if (tokens.skip('<')) return capture(start, checkName(tokens, tokens.takeUntil('>', 'group name')));
    if (tokens.skip('=')) {
      const name = checkName(tokens, tokens.takeUntil(')', 'group name'));
      const index = groups.byName(name);
      if (index === null) throw tokens.error(`unknown group name '${name}'`, name.length + 1);
      return references.refer(index, name.length);
    }
    const char = tokens.take();
    if (char === null) throw tokens.error('unexpected end of pattern');
    throw tokens.error(`unknown extension ?P${char}`, char.length + 2);
  };

  const look = (start: number, behind: boolean, negative: boolean): Node => {
    const leave = behind ? groups.enterLookBehind() : () => {};
    const inner = body(start, flags);
    leave();
    if (!behind) return { type: 'look', behind, negative, width: 0, body: inner };
    const width = widthOf(inner, groups.widths());
    if (width.min !== width.max) throw new RegexError('look-behind requires fixed-width pattern');
    return { type: 'look', behind, negative, width: width.min, body: inner };
  };

  const conditional = (start: number): Node => {
    const name = tokens.takeUntil(')', 'group name');
    const index = /^[0-9]+$/.test(name) ? Number(name) : groups.byName(name);
    if (index === null) {
      const message = isIdentifier(name) ? `unknown group name '${name}'` : `bad character in group name '${name}'`;
      throw tokens.error(message, name.length + 1);
    }
    if (index === 0) throw tokens.error('bad group number', name.length + 1);
    groups.checkCondition(tokens, index);
    const yes = sequence(false);
    let no: Node | null = null;
    if (tokens.skip('|')) {
      no = sequence(false);
      if (tokens.next() === '|') throw tokens.error('conditional backref with more than two branches');
    }
    close(start);
    return { type: 'conditional', index, yes, no };
  };

  const flagGroup = (start: number, char: string, first: boolean): Node | null => {
    const group = readFlags(tokens, char);
    if (group.added.includes('t')) throw tokens.error("inline flag 't' is not supported");
    if (!group.global) return body(start, withFlags(flags, group.added, group.removed));
    if (!first) throw tokens.error('global flags not at the start of the expression', tokens.position() - start);
    if (group.added.includes('u') && flags.ascii) throw tokens.error('ASCII and UNICODE flags are incompatible');
    flags = withFlags(flags, group.added, '');
    return null;
  };

  return { alternation };
}

function skipVerbose(tokens: Tokens, token: string): boolean {
  if (/^[ \t\n\r\v\f]$/.test(token)) return true;
  if (token !== '#') return false;
  for (;;) {
    const skipped = tokens.take();
    if (skipped === null || skipped === '\n') return true;
  }
}

function skipComment(tokens: Tokens, start: number): void {
  for (;;) {
    if (tokens.next() === null) throw tokens.error('missing ), unterminated comment', tokens.position() - start);
    if (tokens.take() === ')') return;
  }
}

function isIdentifier(name: string): boolean {
  return /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name);
}

function checkName(tokens: Tokens, name: string): string {
  if (!isIdentifier(name)) throw tokens.error(`bad character in group name '${name}'`, name.length + 1);
  return name;
}
