import { AppError } from '../core/errors.ts';

/** What a broken constraint means to the caller: the field, and what is wrong with it. */
const CONSTRAINTS: Record<string, { code: 'conflict' | 'validation_failed'; field: string; detail: string }> = {
  devices_pkey: { code: 'conflict', field: 'id', detail: 'is the id of another device' },
  devices_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another device' },
  devices_credential_id_credentials_id_fk: { code: 'validation_failed', field: 'credential_id', detail: 'is no credential' },
  devices_collection_group_id_collection_groups_id_fk: {
    code: 'validation_failed',
    field: 'collection_group_id',
    detail: 'is no collection group',
  },
  credentials_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another credential' },
  collection_groups_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another collection group' },
  collection_groups_queue_id_unique: { code: 'conflict', field: 'queue_id', detail: 'is the queue of another collection group' },
  schedules_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another schedule' },
  presets_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another preset' },
  webhooks_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another webhook' },
  users_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another user' },
  users_oidc: { code: 'conflict', field: 'oidc_subject', detail: 'is the subject of another user' },
  api_tokens_name_unique: { code: 'conflict', field: 'name', detail: 'is the name of another token' },
};

/** The name of the constraint that a write broke; empty for any other error. */
export function brokenConstraint(error: unknown): string {
  return error instanceof Error && 'constraint_name' in error ? String(error.constraint_name) : '';
}

/** Runs a write and turns a broken constraint into an `AppError` that names the field; other errors pass. */
export async function explainConstraints<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const broken = CONSTRAINTS[brokenConstraint(error)];
    if (broken === undefined) throw error;
    const { code, field, detail } = broken;
    throw new AppError(code, `${field} ${detail}.`, { errors: [{ pointer: `/${field}`, detail }], cause: error });
  }
}
