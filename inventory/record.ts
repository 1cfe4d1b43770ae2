import type { SourceProblem, SourceRecord } from '../core/inventory.ts';

export type RecordField = keyof SourceRecord;

/** Every field that a record may have. */
export const RECORD_FIELDS = [
  'key',
  'name',
  'host',
  'port',
  'transport',
  'platform',
  'site',
  'role',
  'tenant',
  'status',
  'tags',
  'credential',
  'collection_group',
  'external_id',
] as const satisfies RecordField[];

const LONGEST = 1000;
const CONTROL = /[\u0000-\u001f\u007f]/;
/** As inventories write an address with its prefix length. */
const WITH_LENGTH = /^([0-9A-Fa-f.:]+)\/\d{1,3}$/;

/**
 * A record from the values that `get` finds, or what is wrong with them. Texts are trimmed, an empty one is not told, numbers and
 * booleans count as text; tags are a list or a text with commas or semicolons; the prefix length of an address is dropped.
 * Without a key the name is the key. `label` names the record where it has no name.
 */
export function recordOf(get: (field: RecordField) => unknown, label: string): SourceRecord | SourceProblem {
  const wrong: string[] = [];
  const text = (field: RecordField): string | null => {
    const value = get(field);
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      wrong.push(`its ${field} is no text`);
      return null;
    }
    const trimmed = String(value).trim();
    if (trimmed.length > LONGEST) wrong.push(`its ${field} is longer than ${LONGEST} characters`);
    else if (CONTROL.test(trimmed) || !trimmed.isWellFormed()) wrong.push(`its ${field} holds a control character`);
    else return trimmed === '' ? null : trimmed;
    return null;
  };
  const name = text('name');
  const key = text('key') ?? name;
  const port = text('port');
  if (port !== null && !/^\d{1,5}$/.test(port)) wrong.push(`its port "${port}" is no number`);
  const host = text('host');
  const tags = tagsOf(get('tags'));
  if (tags === null) wrong.push('its tags are no list of texts');
  const told = {
    host: host === null ? null : (WITH_LENGTH.exec(host)?.[1] ?? host),
    port: port === null ? null : Number(port),
    transport: text('transport')?.toLowerCase() ?? null,
    platform: text('platform'),
    site: text('site'),
    role: text('role'),
    tenant: text('tenant'),
    status: text('status')?.toLowerCase() ?? null,
    tags: tags ?? [],
    credential: text('credential'),
    collection_group: text('collection_group'),
    external_id: text('external_id'),
  };
  if (name === null) wrong.unshift('it has no name');
  if (name === null || key === null || wrong.length > 0) return { key, name, record: label, problem: wrong.join('; ') };
  return { key, name, ...told };
}

/** Null for anything that is no list of texts. */
function tagsOf(value: unknown): string[] | null {
  if (value === undefined || value === null) return [];
  const parts = typeof value === 'string' ? value.split(/[,;]/) : value;
  if (!Array.isArray(parts)) return null;
  const texts = parts.map((part: unknown) => (typeof part === 'number' ? String(part) : part));
  if (!texts.every((part) => typeof part === 'string')) return null;
  return texts.map((part) => part.trim()).filter((part) => part !== '');
}

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path (`a.b.0.c`); undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  let current = value;
  for (const part of path === '' ? [] : path.split('.')) {
    if (Array.isArray(current)) current = /^\d+$/.test(part) ? (current as unknown[])[Number(part)] : undefined;
    else current = isJson(current) && Object.hasOwn(current, part) ? current[part] : undefined;
  }
  return current;
}
