import type { InventoryRule, RuleMatch, RuleSet, SourceRecord } from './inventory.ts';
import { createMatcher } from './pattern.ts';

type Facts = Pick<SourceRecord, 'name' | 'site' | 'platform' | 'role' | 'tenant' | 'status' | 'tags'>;

/** What the first rule that matches says of a record; null where none does. */
export type RuleBook = (record: Facts) => RuleSet | null;

const FIELDS = ['site', 'platform', 'role', 'tenant', 'status'] as const satisfies (keyof RuleMatch)[];

/** @throws Error for a pattern that cannot be used */
export function createRuleBook(rules: InventoryRule[]): RuleBook {
  const tests = rules.map(({ match, set }) => ({ holds: createTest(match), set }));
  return (record) => tests.find(({ holds }) => holds(record))?.set ?? null;
}

function createTest(match: RuleMatch): (record: Facts) => boolean {
  const inName = match.name === undefined ? null : createMatcher(match.name);
  const wanted = FIELDS.flatMap((field) => {
    const text = match[field];
    return text === undefined ? [] : [{ field, text: text.toLowerCase() }];
  });
  const tag = match.tag?.toLowerCase();
  return (record) =>
    wanted.every(({ field, text }) => record[field]?.toLowerCase() === text) &&
    (tag === undefined || record.tags.some((one) => one.toLowerCase() === tag)) &&
    (inName === null || inName(record.name));
}

/** What the rules name: `{path: 'rules/0/set/credential', name}`. */
export function namesInRules(
  rules: InventoryRule[],
  field: 'credential' | 'collection_group' | 'platform',
): { path: string; name: string }[] {
  return rules.flatMap(({ set }, index) => {
    const name = set[field];
    return typeof name === 'string' ? [{ path: `rules/${index}/set/${field}`, name }] : [];
  });
}
