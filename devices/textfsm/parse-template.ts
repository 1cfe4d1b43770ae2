import { TemplateError } from './errors.ts';
import { stripEnd } from './python-text.ts';
import { parseRuleLine } from './rule-line.ts';
import type { Definition, Rule, Value } from './template.ts';
import { parseValueLine } from './value-line.ts';

const MAX_NAME_LENGTH = 48;
const COMMENT = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*#/;
const STATE_NAME = /^[\p{L}\p{N}_]+$/u;
const RESERVED = new Set(['Continue', 'Next', 'Error', 'Clear', 'Clearall', 'Record', 'NoRecord']);
const RULE_START = [' ^', '  ^', '\t^'];

/** Parses a template file into values and states. Source: `TextFSM._Parse` of textfsm 2.1.0. Throws `TemplateError`. */
export function parseTemplate(source: string): Definition {
  const lines = source.split(/\r\n|\r|\n/).map(stripEnd);
  const values: Value[] = [];
  const states = new Map<string, Rule[]>();
  const substitutions = new Map<string, string>();
  let at = 0;

  for (; at < lines.length; at += 1) {
    const text = lines[at] ?? '';
    if (text === '') {
      at += 1;
      break;
    }
    if (COMMENT.test(text)) continue;
    if (!text.startsWith('Value ')) {
      if (values.length === 0) throw new TemplateError('No Value definitions found.', at + 1);
      throw new TemplateError('Expected blank line after last Value entry.', at + 1);
    }
    const value = parseValueLine(text, at + 1);
    if (substitutions.has(value.name)) throw new TemplateError(`Duplicate declarations for Value '${value.name}'.`, at + 1);
    values.push(value);
    substitutions.set(value.name, value.substitution);
  }

  let rules: Rule[] | null = null;
  for (; at < lines.length; at += 1) {
    const text = lines[at] ?? '';
    if (text === '') rules = null;
    else if (COMMENT.test(text)) continue;
    else if (rules === null) {
      checkStateName(text, at + 1, states);
      rules = [];
      states.set(text, rules);
    } else {
      if (!RULE_START.some((start) => text.startsWith(start))) {
        throw new TemplateError("Missing white space or carat ('^') before rule.", at + 1);
      }
      rules.push(parseRuleLine(text, at + 1, substitutions));
    }
  }
  checkStates(states);
  return { values, states };
}

function checkStateName(name: string, line: number, states: ReadonlyMap<string, Rule[]>): void {
  if (!STATE_NAME.test(name) || Array.from(name).length > MAX_NAME_LENGTH || RESERVED.has(name)) {
    throw new TemplateError(`Invalid state name: '${name}'.`, line);
  }
  if (states.has(name)) throw new TemplateError(`Duplicate state name: '${name}'.`, line);
}

/** There is a Start; End and EOF are empty; every target exists. Drops `End`, which is no state to be in. */
function checkStates(states: Map<string, Rule[]>): void {
  if (!states.has('Start')) throw new TemplateError("Missing state 'Start'.");
  for (const name of ['End', 'EOF']) {
    const first = states.get(name)?.[0];
    if (first !== undefined) throw new TemplateError(`Non-Empty '${name}' state.`, first.line);
  }
  states.delete('End');
  for (const [name, rules] of states) {
    for (const { lineAction, target, line } of rules) {
      if (lineAction === 'Error' || target === '' || target === 'End' || target === 'EOF' || states.has(target)) continue;
      throw new TemplateError(`State '${target}' not found, referenced in state '${name}'.`, line);
    }
  }
}
