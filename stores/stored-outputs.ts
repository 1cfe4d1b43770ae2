import type { Kind } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Database } from './database.ts';

/** What a device gave last: the outcome of each kind with the commands it was taken from, and the raw output of each command. */
export interface StoredOutputs {
  kinds: Map<Kind, { outcome: Outcome; error: string | null; commands: string[] }>;
  outputs: Map<string, { text: string; collected_at: Date }>;
}

export async function readStoredOutputs({ sql }: Pick<Database, 'sql'>, deviceId: string): Promise<StoredOutputs> {
  const [kinds, outputs] = await Promise.all([
    sql<{ kind: Kind; outcome: Outcome; error: string | null; commands: string[] }[]>`
      select kind, outcome, error, commands from device_kinds where device_id = ${deviceId}`,
    sql<{ command: string; output: string; collected_at: Date }[]>`
      select command, output, collected_at from command_outputs where device_id = ${deviceId}`,
  ]);
  return {
    kinds: new Map(kinds.map(({ kind, ...state }) => [kind, state])),
    outputs: new Map(outputs.map((row) => [row.command, { text: row.output, collected_at: row.collected_at }])),
  };
}
