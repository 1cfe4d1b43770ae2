import { discovery } from '../../contracts/http/discovery.ts';
import { KIND_ENDPOINTS } from '../../core/facts.ts';
import { KINDS_OF, type CairnRound, type Transport } from './cairn.ts';
import type { Fleet } from './fleet.ts';
import type { Stack } from './stack.ts';

type Row = Record<string, unknown>;

/**
 * Holds a finished job against the fleet: one login (or one call per endpoint) a device, no two sessions at once, every kind
 * answered, and the records of every device the fleet's own rows. Returns what is wrong, at most a few lines.
 */
export async function checkRound(stack: Stack, fleet: Fleet, round: CairnRound, transport: Transport): Promise<string[]> {
  const wrong: string[] = [];
  const { job } = round;
  const { devices } = fleet.truth;
  if (job.status !== 'completed' || job.partial || job.completed_devices !== devices.length) {
    wrong.push(`the job is ${job.status}, partial ${job.partial}: ${job.message ?? ''} ${job.error ?? ''}`);
  }
  const counters = await fleet.counters();
  for (const { name } of devices) {
    const seen = counters[name];
    if (transport === 'ssh' && seen?.logins !== 1) wrong.push(`${name}: ${seen?.logins ?? 0} logins`);
    if (transport === 'ssh' && seen !== undefined && seen.overlaps > 0) wrong.push(`${name}: two sessions at once`);
    const calls = Object.values(seen?.http ?? {});
    if (transport === 'http' && (calls.length !== KINDS_OF.http.length || calls.some((count) => count !== 1))) {
      wrong.push(`${name}: HTTP calls ${JSON.stringify(seen?.http ?? {})}`);
    }
  }
  const { body: result } = await stack.client.call(discovery.discoverResult, { params: { job_id: job.job_id } });
  const names = await stack.database.sql<{ id: string; name: string }[]>`select id, name from devices`;
  const ids = new Map(names.map((row) => [row.name, row.id]));
  for (const device of devices) {
    const data: Record<string, Row[] | undefined> = result.devices_data[ids.get(device.name) ?? ''] ?? {};
    for (const kind of KINDS_OF[transport]) {
      const found = (data[kind] ?? []).map(keyOf);
      const expected = kind === 'lldp_neighbors' ? null : (await rowsOf(fleet, device.id, KIND_ENDPOINTS[kind])).map(keyOf);
      const ok = expected === null ? found.length === device.neighbors : found.join('\n') === expected.join('\n');
      if (!ok) wrong.push(`${device.name} ${kind}: ${found.length} records, expected ${expected?.length ?? device.neighbors}`);
    }
  }
  return wrong.length > 5 ? [...wrong.slice(0, 5), `and ${wrong.length - 5} more`] : wrong;
}

async function rowsOf(fleet: Fleet, id: number, endpoint: string): Promise<Row[]> {
  const response = await fetch(`http://127.0.0.1:${fleet.httpPort}/api/devices/${id}/${endpoint}?use_textfsm=true`, {
    headers: { authorization: `Bearer ${fleet.truth.token}` },
  });
  return ((await response.json()) as { output: Row[] }).output;
}

/** What identifies a record, the same for ours and for those of the fleet. */
function keyOf(row: Row): string {
  const mac = row['mac'] ?? row['destination_address'];
  if (typeof mac === 'string') return mac.replaceAll(/[^0-9a-f]/gi, '');
  if (typeof row['neighbor_name'] === 'string') return `${row['neighbor_name']} ${String(row['local_interface'])}`;
  const network =
    row['prefix_length'] === undefined ? row['network'] : `${String(row['network'])}/${String(row['prefix_length'])}`;
  return `${String(network)} ${String(row['next_hop'] ?? row['nexthop_ip'])}`;
}
