import { KINDS } from '../core/facts.ts';
import type { TemplateLibrary } from './template-library.ts';

/** Says what is wrong with a value; null if nothing. */
type Check = (value: unknown) => string | null;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text');
const anyText: Check = (value) => (typeof value === 'string' ? null : 'must be a text');
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const pattern: Check = (value) => (value instanceof RegExp ? null : 'must be a regular expression');
const call: Check = (value) => (typeof value === 'function' ? null : 'must be a function');
const oneOf =
  (...allowed: string[]): Check =>
  (value) =>
    allowed.some((one) => one === value) ? null : `must be one of ${allowed.join(', ')}`;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'must be a list';
    const at = value.findIndex((item) => check(item) !== null);
    return at < 0 ? null : `[${at}] ${check(value[at])}`;
  };
const optional = (check: Check): Check & { optional: true } =>
  Object.assign((value: unknown) => check(value), { optional: true as const });

/** An object with exactly these fields; the message names the field. */
function shape(fields: Record<string, Check>): Check {
  return (value) => {
    if (!isRecord(value)) return 'must be an object';
    const given = value;
    const unknown = Object.keys(given).find((name) => fields[name] === undefined);
    if (unknown !== undefined) return `has an unknown field "${unknown}"; there are ${Object.keys(fields).join(', ')}`;
    for (const [name, check] of Object.entries(fields)) {
      if (given[name] === undefined) {
        if ('optional' in check) continue;
        return `.${name} is missing`;
      }
      const problem = check(given[name]);
      if (problem !== null)
        return problem.startsWith('.') || problem.startsWith('[') ? `.${name}${problem}` : `.${name} ${problem}`;
    }
    return null;
  };
}

const parser: Check = (value) => {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (names.length !== 1 || !['ntc', 'own', 'read'].includes(names[0]!))
    return 'must be { ntc: template }, { own: template } or { read: function }';
  return shape({ ntc: optional(text), own: optional(text), read: optional(call) })(value);
};
const askFields = {
  command: text,
  parse: parser,
  where: optional(call),
  shape: optional(call),
  prepare: optional(call),
  empty: optional(pattern),
  starts: optional(pattern),
};
const source: Check = (value) =>
  typeof value === 'object' && value !== null && 'unsupported' in value
    ? shape({ unsupported: text })(value)
    : shape({ ask: listOf(shape(askFields)), join: optional(shape({ ...askFields, by: call })) })(value);

const answer: Check = (value) =>
  typeof value === 'object' && value !== null
    ? shape({ text: anyText })(value)
    : oneOf('username', 'password')(value) && 'must be username, password or { text }';

const FIELDS: Record<string, Check> = {
  name: (value) =>
    typeof value === 'string' && /^[a-z][a-z0-9_]{0,62}$/.test(value) ? null : 'must be lower-case letters, digits and _',
  label: text,
  aliases: optional(listOf(text)),
  mode: oneOf('shell', 'exec'),
  ssh: optional(shape({ legacy: optional(flag), usernameSuffix: optional(text), term: optional(text) })),
  prompt: shape({ any: pattern, privileged: optional(pattern), above: optional(pattern) }),
  login: optional(listOf(shape({ expect: pattern, send: answer }))),
  enable: optional(shape({ command: text, password: pattern })),
  detect: optional(
    shape({
      ident: optional(pattern),
      prompt: optional(pattern),
      version: optional(listOf(shape({ command: text, match: pattern }))),
    }),
  ),
  setup: listOf(text),
  pager: optional(pattern),
  logout: anyText,
  answers: shape({ unknown: listOf(pattern), denied: listOf(pattern), nothing: listOf(pattern) }),
  kinds: shape(Object.fromEntries(KINDS.map((kind) => [kind, source]))),
  config: shape({
    commands: listOf(text),
    end: orNull(pattern),
    start: optional(pattern),
    complete: optional(call),
    scrub: listOf(shape({ find: pattern, replace: anyText })),
    volatile: listOf(pattern),
    unstable: optional(listOf(shape({ find: pattern, replace: anyText }))),
    changed: optional(pattern),
  }),
};

/** What is wrong with something that should be a platform, each with the field it is about; empty if nothing is. */
export function platformProblems(given: unknown, library: TemplateLibrary): string[] {
  if (!isRecord(given)) return ['must be an object'];
  const platform = given;
  const problems = Object.keys(platform)
    .filter((name) => FIELDS[name] === undefined)
    .map((name) => `unknown field "${name}"; there are ${Object.keys(FIELDS).join(', ')}`);
  for (const [name, check] of Object.entries(FIELDS)) {
    if (platform[name] === undefined && 'optional' in check) continue;
    const problem = platform[name] === undefined ? 'is missing' : check(platform[name]);
    if (problem !== null)
      problems.push(problem.startsWith('.') || problem.startsWith('[') ? `${name}${problem}` : `${name} ${problem}`);
  }
  return problems.length > 0 ? problems : templateProblems(platform['kinds'], library);
}

/** Every template that is named must be there and compile. `kinds` has its shape already. */
function templateProblems(kinds: unknown, library: TemplateLibrary): string[] {
  if (!isRecord(kinds)) return [];
  return Object.entries(kinds).flatMap(([kind, source]) =>
    templatesOf(source).flatMap((template) => {
      try {
        return library.byName(template) === null ? [`kinds.${kind}: there is no template ${template}`] : [];
      } catch (error) {
        return [`kinds.${kind}: template ${template}: ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  );
}

/** Names of the templates that a source uses, wherever they stand in it. */
function templatesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(templatesOf);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    (name === 'ntc' || name === 'own') && typeof inner === 'string' ? [inner] : templatesOf(inner),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
