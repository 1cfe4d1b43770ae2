import type { Client } from '../api/client.ts';
import { collectionGroups } from '../contracts/http/collection-groups.ts';
import { credentials } from '../contracts/http/credentials.ts';
import { deadLetters } from '../contracts/http/dead-letters.ts';
import { devices } from '../contracts/http/devices.ts';
import { jobs } from '../contracts/http/jobs.ts';
import { me } from '../contracts/http/me.ts';
import { schedules } from '../contracts/http/schedules.ts';
import { tokens } from '../contracts/http/tokens.ts';
import { topology } from '../contracts/http/topology.ts';
import { users } from '../contracts/http/users.ts';
import type { Completes } from './command.ts';

const LIMIT = 100;
/** A shell waits for it. */
const WAIT_MS = 3000;

type Kind = Exclude<Completes, 'file'>;
type Names = (client: Client, signal: AbortSignal, typed: string) => Promise<string[]>;

const query = { limit: LIMIT };
const nameOf = ({ name }: { name: string }): string => name;

const NAMES: Record<Kind, Names> = {
  device: async (client, signal, typed) => {
    const asked = typed === '' ? query : { ...query, q: typed };
    return (await client.call(devices.listDevices, { query: asked, signal })).body.items.map(nameOf);
  },
  job: async (client, signal) => (await client.call(jobs.listJobs, { query, signal })).body.items.map(({ job_id }) => job_id),
  group: async (client, signal) =>
    (await client.call(collectionGroups.listCollectionGroups, { query, signal })).body.items.map(nameOf),
  schedule: async (client, signal) => (await client.call(schedules.listSchedules, { query, signal })).body.items.map(nameOf),
  user: async (client, signal) => (await client.call(users.listUsers, { query, signal })).body.items.map(nameOf),
  'my-token': async (client, signal) => (await client.call(me.listMyTokens, { query, signal })).body.items.map(nameOf),
  token: async (client, signal) => (await client.call(tokens.listTokens, { query, signal })).body.items.map(nameOf),
  credential: async (client, signal) =>
    (await client.call(credentials.listCredentials, { query, signal })).body.items.map(nameOf),
  snapshot: async (client, signal) =>
    (await client.call(topology.listSnapshots, { query, signal })).body.items.map(({ id }) => id),
  fingerprint: async (client, signal) =>
    (await client.call(deadLetters.listDeadLetters, { query, signal })).body.items.map(({ fingerprint }) => fingerprint),
};

/** Names of the things of a kind that a word may name, at most 100. @throws AppError, or an AbortError after three seconds */
export function lookUp(client: Client, signal: AbortSignal, kind: Kind, typed: string): Promise<string[]> {
  return NAMES[kind](client, AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]), typed);
}
