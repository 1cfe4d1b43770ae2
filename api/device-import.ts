import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { FieldError } from '../core/errors.ts';
import { defaultPort, DeviceInput } from '../contracts/device.ts';
import { IMPORT_NAMES } from '../contracts/http/device-import.ts';
import { isUuid } from '../stores/columns.ts';
import type { Database } from '../stores/database.ts';
import { importDevices, type ImportContext } from '../stores/device-import.ts';
import { OWN_GROUP, seesGroup, type Scope } from '../stores/scope.ts';
import { DEVICE_FIELDS, type DeviceFields, type DeviceRow } from '../stores/devices.ts';
import type { ImportRow } from './device-csv.ts';
import { fieldErrors } from './problems.ts';

/** Every column or key that a row may have. */
export const IMPORT_FIELDS: readonly string[] = ['id', ...DEVICE_FIELDS, ...IMPORT_NAMES];

export interface ImportResult {
  created: number;
  updated: number;
  items: { id: string; name: string }[];
  failed: { row: number; errors: FieldError[] }[];
}

type Values = Record<string, unknown>;
type Judged = { device: { id: string } & DeviceFields } | { errors: FieldError[] };

/** Judges each row by itself and writes the good ones in one transaction. `row` counts from 1. */
export async function importRows(database: Pick<Database, 'sql'>, scope: Scope, rows: ImportRow[]): Promise<ImportResult> {
  const failed: ImportResult['failed'] = [];
  const given = rows.map((row) => ('values' in row && isRecord(row.values) ? row.values : {}));
  const texts = (...fields: string[]): string[] =>
    given
      .flatMap((values) => fields.map((field) => values[field]).filter((value) => typeof value === 'string'))
      .map((value) => value.trim())
      .filter((value) => !value.includes('\0'));
  const wish = {
    names: texts('name'),
    device_ids: texts('id', 'jump_device_id').filter(isUuid),
    credentials: [...texts('credential'), ...texts('credential_id').map((id) => id.toLowerCase())],
    groups: [...texts('collection_group'), ...texts('collection_group_id').map((id) => id.toLowerCase())],
  };
  const written = await importDevices(database, scope, wish, (context) => {
    const seen = new Map<string, number>();
    const ids = new Set<string>();
    return rows.flatMap((row, index) => {
      const judged = judgeRow(row, context, seen, ids, scope);
      if ('errors' in judged) {
        failed.push({ row: index + 1, errors: judged.errors });
        return [];
      }
      seen.set(judged.device.name, index + 1);
      ids.add(judged.device.id);
      return [judged.device];
    });
  });
  return { ...written, failed };
}

function judgeRow(row: ImportRow, context: ImportContext, seen: Map<string, number>, ids: Set<string>, scope: Scope): Judged {
  if ('refused' in row) return wrong('', row.refused);
  if (!isRecord(row.values)) return wrong('', 'must be an object');
  const name = typeof row.values.name === 'string' ? row.values.name.trim() : '';
  const twin = seen.get(name);
  if (twin !== undefined) return wrong('/name', `is the name of row ${twin} of this import already`);
  if (context.taken.has(name)) return wrong('/name', 'is the name of another device');
  const { credential, collection_group, ...values } = row.values;
  const errors: FieldError[] = [
    ...takeName(values, 'credential_id', credential, 'credential', context.credentials),
    ...takeName(values, 'collection_group_id', collection_group, 'collection_group', context.groups),
  ];
  const existing = context.existing.get(name);
  const parsed = DeviceInput.safeParse(mergeRow(existing, values), { reportInput: true });
  if (!parsed.success) return { errors: [...errors, ...fieldErrors('body', parsed.error.issues)] };
  const { id: wantedId, port, tags, ...device } = parsed.data;
  const id = existing?.id ?? wantedId ?? randomUUID();
  errors.push(...referenceErrors(parsed.data, id, context, ids, existing));
  if (device.collection_group_id === null && !seesGroup(scope, null))
    errors.push({ pointer: '/collection_group_id', detail: OWN_GROUP });
  if (errors.length > 0) return { errors };
  return { device: { ...device, id, tags: [...new Set(tags)], port: port ?? defaultPort(device.transport, device.host) } };
}

/** Puts the id that a name stands for where the id belongs. */
function takeName(values: Values, field: string, name: unknown, pointer: string, known: Map<string, string>): FieldError[] {
  if (name === undefined) return [];
  if (name === null) values[field] ??= null;
  else if (typeof name !== 'string') return [{ pointer: `/${pointer}`, detail: 'must be a name' }];
  else if (!known.has(name.trim())) return [{ pointer: `/${pointer}`, detail: `is no ${pointer.replace('_', ' ')}` }];
  else values[field] = known.get(name.trim());
  return [];
}

/** What a row leaves out stays as it is; a new address brings its own port. */
function mergeRow(existing: DeviceFields | undefined, values: Values): Values {
  if (existing === undefined) return values;
  const fields: Values = Object.fromEntries(DEVICE_FIELDS.map((field) => [field, existing[field]]));
  const moved = values.host !== undefined || values.transport !== undefined;
  if (moved && existing.port === defaultPort(existing.transport, existing.host)) delete fields.port;
  return { ...fields, ...values };
}

/** What a row refers to and is not there; what stays as it was is not asked again. */
function referenceErrors(
  device: z.output<typeof DeviceInput>,
  id: string,
  { devices, credentials, groups }: ImportContext,
  ids: Set<string>,
  existing: DeviceRow | undefined,
): FieldError[] {
  const { credential_id: credential, collection_group_id: group, jump_device_id: jump } = device;
  const fresh = (value: string | null, before: string | null | undefined): value is string => value !== null && value !== before;
  const taken = existing === undefined ? devices.has(id) || ids.has(id) : (device.id ?? id) !== existing.id;
  const errors: FieldError[] = [];
  if (taken)
    errors.push({ pointer: '/id', detail: existing === undefined ? 'is the id of another device' : 'cannot be changed' });
  if (fresh(credential, existing?.credential_id) && !credentials.has(credential))
    errors.push({ pointer: '/credential_id', detail: 'is no credential' });
  if (fresh(group, existing?.collection_group_id) && !groups.has(group))
    errors.push({ pointer: '/collection_group_id', detail: 'is no collection group' });
  if (fresh(jump, existing?.jump_device_id) && (devices.get(jump) !== true || jump === id))
    errors.push({ pointer: '/jump_device_id', detail: 'is no other device' });
  return errors;
}

const wrong = (pointer: string, detail: string): Judged => ({ errors: [{ pointer, detail }] });
const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);
