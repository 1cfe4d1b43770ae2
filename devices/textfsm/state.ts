import { KEYS, beginningKey, possibleBeginnings } from './regex/beginnings.ts';
import { neededText } from './regex/needed-text.ts';
import { type Pattern, preparePattern } from './regex/pattern.ts';
import type { Definition, LineAction, RecordAction, Rule } from './template.ts';

/** A rule made ready to run. */
export interface Step {
  pattern: Pattern;
  /** Column of each wanted group. */
  columns: number[];
  lineAction: LineAction;
  recordAction: RecordAction;
  /** A state, `End`, `EOF`, the text of an Error, or '' for the same state. */
  target: string;
  /** The state to go on in; null where the target is none. */
  next: State | null;
  /** Line in the template. */
  line: number;
  /** Text that a line must contain, where that is quicker to look for than to try the rule; else null. */
  needed: string | null;
  /** By `beginningKey`. */
  possible: Uint8Array;
}

/** A state, its rules prepared at the first line that reaches it. */
export class State {
  readonly #rules: Rule[];
  readonly #prepare: (rule: Rule) => Step;
  #steps: Step[] | null = null;
  readonly #byKey: (Step[] | undefined)[] = [];

  constructor(rules: Rule[], prepare: (rule: Rule) => Step) {
    this.#rules = rules;
    this.#prepare = prepare;
  }

  /** The rules that may match a line, in their order. */
  stepsFor(line: string): Step[] {
    this.#steps ??= this.#rules.map(this.#prepare);
    const key = beginningKey(line);
    if (key < 0) return this.#steps;
    const known = this.#byKey[key];
    if (known !== undefined) return known;
    const steps = this.#steps.filter((step) => step.possible[key] === 1);
    this.#byKey[key] = steps;
    return steps;
  }
}

/** Where a rule fits most beginnings, looking for a piece of its text first is quicker. */
const MANY_BEGINNINGS = KEYS / 4;

export function createStates(definition: Definition): Map<string, State> {
  const columns = new Map(definition.values.map((value, index) => [value.name, index]));
  const states = new Map<string, State>();
  const prepare = (rule: Rule): Step => {
    const groups = rule.regex.names.filter((group) => columns.has(group.name));
    const possible = possibleBeginnings(rule.regex.root);
    const many = possible.reduce((sum, one) => sum + one, 0) > MANY_BEGINNINGS;
    return {
      pattern: preparePattern(
        rule.regex,
        groups.map((group) => group.index),
      ),
      columns: groups.map((group) => columns.get(group.name) ?? 0),
      lineAction: rule.lineAction,
      recordAction: rule.recordAction,
      target: rule.target,
      next: rule.lineAction === 'Error' ? null : (states.get(rule.target) ?? null),
      line: rule.line,
      needed: many ? neededText(rule.regex.root) : null,
      possible,
    };
  };
  for (const [name, rules] of definition.states) states.set(name, new State(rules, prepare));
  return states;
}
