import type { DeviceOutcome } from '../core/outcome.ts';
import type { CircuitState } from '../core/circuit.ts';
import { rfc3339 } from './columns.ts';
import type { Database } from './database.ts';

export interface DeviceHealth {
  device_id: string;
  /** Jobs in a row in which it failed. */
  failures: number;
  last_outcome: DeviceOutcome | null;
  last_error: string | null;
  /** RFC 3339. */
  last_success_at: string | null;
  last_failure_at: string | null;
  circuit: { state: CircuitState; open_until: string | null };
}

/** How a device has fared lately; nothing is known of one that no job has tried. Null for a device that is not there. */
export async function readHealth({ sql }: Pick<Database, 'sql'>, deviceId: string): Promise<DeviceHealth | null> {
  const time = (column: string) => sql.unsafe(rfc3339(`h.${column}`));
  const rows = await sql<(Omit<DeviceHealth, 'circuit'> & { state: CircuitState; open_until: string | null })[]>`
    select d.id as device_id, coalesce(h.failures, 0) as failures, h.last_outcome, h.last_error,
      ${time('last_success_at')} as last_success_at, ${time('last_failure_at')} as last_failure_at, ${time('open_until')} as open_until,
      case when h.open_until is null then 'closed' when h.open_until > now() then 'open' else 'half_open' end as state
    from devices d left join device_health h on h.device_id = d.id where d.id = ${deviceId}`;
  const [row] = rows;
  if (row === undefined) return null;
  const { state, open_until, ...rest } = row;
  return { ...rest, circuit: { state, open_until } };
}

/** Closes the circuit by hand. */
export async function resetCircuit({ sql }: Pick<Database, 'sql'>, deviceId: string): Promise<void> {
  await sql`update device_health set failures = 0, open_until = null, open_seconds = null where device_id = ${deviceId}`;
}
