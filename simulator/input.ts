import { z } from 'zod';
import { KINDS } from '../core/facts.ts';
import type { Change } from './change.ts';
import { FAULTS, type FaultName, type FaultSpec } from './faults.ts';

/** What comes from outside: control requests and fault files. */
const FAULT_NAMES = Object.keys(FAULTS).filter((name): name is FaultName => Object.hasOwn(FAULTS, name));
const faultName = z.enum(FAULT_NAMES);
const faultSpec = z.strictObject({
  kind: faultName,
  command: z.string().optional(),
  times: z.int().positive().optional(),
  ms: z.number().nonnegative().optional(),
  lines: z.int().positive().optional(),
}) satisfies z.ZodType<FaultSpec>;
const faults = z.union([faultName, faultSpec, z.array(z.union([faultName, faultSpec]))]);

const port = { interface: z.string() };
const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('remove_link'), ...port }),
  z.strictObject({ kind: z.literal('restore_link'), ...port }),
  z.strictObject({ kind: z.literal('add_link'), peer: z.string() }),
  z.strictObject({ kind: z.literal('clear'), table: z.enum(KINDS) }),
  z.strictObject({ kind: z.literal('restore'), table: z.enum(KINDS) }),
  z.strictObject({ kind: z.literal('describe'), ...port, description: z.string().nullable() }),
  z.strictObject({ kind: z.literal('edit_config') }),
]) satisfies z.ZodType<Change>;

export const Faults = faults;
export const FaultFile = z.record(z.string(), faults);
export const FaultRequest = z.strictObject({ device: z.string(), fault: faults.nullable() });
export const ChangeRequest = z.strictObject({ device: z.string(), change });
export const LatencyRequest = z.strictObject({ ms: z.number().nonnegative() });
