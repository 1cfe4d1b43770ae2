import type { Endpoint } from '../endpoint.ts';
import { audit } from './audit.ts';
import { backups } from './backups.ts';
import { bulk } from './bulk.ts';
import { codec } from './codec.ts';
import { collectionGroups } from './collection-groups.ts';
import { credentials } from './credentials.ts';
import { deadLetters } from './dead-letters.ts';
import { deviceFactEndpoints } from './device-facts.ts';
import { deviceHealth } from './device-health.ts';
import { deviceImport } from './device-import.ts';
import { devices } from './devices.ts';
import { discovery } from './discovery.ts';
import { holds } from './holds.ts';
import { jobs } from './jobs.ts';
import { search } from './search.ts';
import { schedules } from './schedules.ts';
import { service } from './service.ts';
import { me } from './me.ts';
import { presets } from './presets.ts';
import { stats } from './stats.ts';
import { tasks } from './tasks.ts';
import { tokens } from './tokens.ts';
import { topology } from './topology.ts';
import { users } from './users.ts';
import { webhooks } from './webhooks.ts';

/** Every endpoint of the API, by noun. The name of an endpoint is its operation id. */
export const CONTRACTS = {
  discovery,
  jobs,
  bulk,
  topology,
  deviceImport,
  devices,
  deviceFacts: deviceFactEndpoints,
  deviceHealth,
  backups,
  credentials,
  collectionGroups,
  search,
  presets,
  tasks,
  stats,
  holds,
  deadLetters,
  me,
  users,
  tokens,
  audit,
  webhooks,
  schedules,
  codec,
  service,
} as const satisfies Record<string, Record<string, Endpoint>>;

/** All of them in one list; `noun` is their table. */
export function allEndpoints(): { noun: string; operationId: string; endpoint: Endpoint }[] {
  const tables: Record<string, Record<string, Endpoint>> = CONTRACTS;
  return Object.entries(tables).flatMap(([noun, table]) =>
    Object.entries(table).map(([operationId, endpoint]) => ({ noun, operationId, endpoint })),
  );
}
