import type { CONTRACTS } from '../../contracts/http/index.ts';
import type { Handlers } from '../endpoint.ts';
import { auditHandlers } from './audit.ts';
import { backupHandlers } from './backups.ts';
import { bulkHandlers } from './bulk.ts';
import { codecHandlers } from './codec.ts';
import { collectionGroupHandlers } from './collection-groups.ts';
import { credentialHandlers } from './credentials.ts';
import { deadLetterHandlers } from './dead-letters.ts';
import { deviceFactHandlers } from './device-facts.ts';
import { deviceHealthHandlers } from './device-health.ts';
import { deviceImportHandlers } from './device-import.ts';
import { deviceHandlers } from './devices.ts';
import { discoveryHandlers } from './discovery.ts';
import { holdHandlers } from './holds.ts';
import { jobHandlers } from './jobs.ts';
import { searchHandlers } from './search.ts';
import { scheduleHandlers } from './schedules.ts';
import { serviceHandlers } from './service.ts';
import { meHandlers } from './me.ts';
import { presetHandlers } from './presets.ts';
import { statsHandlers } from './stats.ts';
import { taskHandlers } from './tasks.ts';
import { tokenHandlers } from './tokens.ts';
import { topologyHandlers } from './topology.ts';
import { userHandlers } from './users.ts';
import { webhookHandlers } from './webhooks.ts';

/** A handler for each contract; one that is missing does not compile. */
export const HANDLERS: { [T in keyof typeof CONTRACTS]: Handlers<(typeof CONTRACTS)[T]> } = {
  discovery: discoveryHandlers,
  jobs: jobHandlers,
  bulk: bulkHandlers,
  topology: topologyHandlers,
  deviceImport: deviceImportHandlers,
  devices: deviceHandlers,
  deviceFacts: deviceFactHandlers,
  deviceHealth: deviceHealthHandlers,
  backups: backupHandlers,
  credentials: credentialHandlers,
  collectionGroups: collectionGroupHandlers,
  search: searchHandlers,
  presets: presetHandlers,
  tasks: taskHandlers,
  stats: statsHandlers,
  holds: holdHandlers,
  deadLetters: deadLetterHandlers,
  me: meHandlers,
  users: userHandlers,
  tokens: tokenHandlers,
  audit: auditHandlers,
  webhooks: webhookHandlers,
  schedules: scheduleHandlers,
  codec: codecHandlers,
  service: serviceHandlers,
};
