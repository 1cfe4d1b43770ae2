import type { Command } from '../command.ts';
import { bulkCommands } from './bulk.ts';
import { auditCommands } from './audit.ts';
import { collectCommands } from './collect.ts';
import { completionCommands } from './completion.ts';
import { configurationCommands } from './configurations.ts';
import { deadLetterCommands } from './dead-letters.ts';
import { deviceCommands } from './devices.ts';
import { discoverCommands } from './discover.ts';
import { groupCommands } from './groups.ts';
import { jobCommands } from './jobs.ts';
import { recordCommands } from './record.ts';
import { retryCommands } from './retry.ts';
import { scheduleCommands } from './schedules.ts';
import { statsCommands } from './stats.ts';
import { tokenCommands } from './tokens.ts';
import { topologyCommands } from './topology.ts';
import { userCommands } from './users.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...deviceCommands,
  ...bulkCommands.filter(({ name }) => name.startsWith('devices ')),
  ...discoverCommands,
  ...collectCommands,
  ...jobCommands,
  ...bulkCommands.filter(({ name }) => name.startsWith('jobs ')),
  ...retryCommands,
  ...configurationCommands,
  ...topologyCommands,
  ...scheduleCommands,
  ...groupCommands,
  ...bulkCommands.filter(({ name }) => name.startsWith('groups ')),
  ...deadLetterCommands,
  ...userCommands,
  ...tokenCommands,
  ...auditCommands,
  ...statsCommands,
  ...recordCommands,
  ...completionCommands(() => COMMANDS),
];

/** What can be said of a noun of several commands. */
export const NOUNS: Readonly<Record<string, string>> = {
  devices: 'the inventory',
  jobs: 'what runs and what ran',
  topology: 'the network as the newest discovery saw it',
  schedules: 'jobs that start by themselves',
  groups: 'collection groups',
  'dead-letters': 'devices that failed for good',
  users: 'people, and what they may (admin)',
  tokens: 'API tokens (admin)',
  'my-tokens': 'API tokens of one’s own user',
};
