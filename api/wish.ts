import type { z } from 'zod';
import { invalid, validationError } from '../core/errors.ts';
import type { JobRequest } from '../core/job-request.ts';
import type { JobType } from '../core/jobs.ts';
import { TASKS } from '../contracts/tasks.ts';
import type { Database } from '../stores/database.ts';
import { findPreset } from '../stores/presets.ts';
import type { Scope } from '../stores/scope.ts';
import { fieldErrors } from './problems.ts';

const DEFAULT_PRIORITY = 5;
/** Which devices: told anew, it replaces what the preset tells as a whole. */
const SELECTION = ['device_ids', 'group', 'tag', 'site', 'all'] as const;

export interface PresetWish {
  type: JobType;
  /** As given: nothing is filled in. */
  params?: Record<string, unknown> | undefined;
  preset?: string | undefined;
  priority?: number | undefined;
}

/**
 * What a request means, with the preset that it names: whatever the request tells itself goes first.
 * @throws AppError `validation_failed` for a preset that is not there or of another type, and for params that are not whole
 */
export async function wishOf(
  { database }: { database: Pick<Database, 'sql'> },
  scope: Scope,
  wish: PresetWish,
): Promise<{ type: JobType; request: JobRequest; priority: number }> {
  const { type, params, preset: reference } = wish;
  const preset = reference === undefined ? null : await findPreset(database, scope, reference);
  if (reference !== undefined && preset === null) throw invalid('/preset', 'is no preset');
  if (preset !== null && preset.type !== type) throw invalid('/preset', `is a preset of ${preset.type}, not of ${type}`);
  if (preset === null && params === undefined) throw invalid('/params', 'is required');
  const merged = overlay(preset?.params ?? {}, params ?? {});
  return {
    type,
    request: parseParams(TASKS[type].params, merged),
    priority: wish.priority ?? preset?.priority ?? DEFAULT_PRIORITY,
  };
}

function overlay(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const told = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined));
  const selects = SELECTION.some((field) => told[field] !== undefined);
  const kept = Object.entries(under).filter(([field]) => !selects || !SELECTION.some((name) => name === field));
  return { ...Object.fromEntries(kept), ...told };
}

/** @throws AppError `validation_failed` that names each field under `/params` */
export function parseParams<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
  const parsed = schema.safeParse(params, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw validationError(
    fieldErrors('body', parsed.error.issues).map((error) => ({ ...error, pointer: `/params${error.pointer}` })),
  );
}
