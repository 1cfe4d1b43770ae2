import type { Sql } from './database.ts';

/**
 * For whom rows are read or written: what he may see. A `Principal` is one. `groups` are the ids of the collection groups whose
 * devices he may see; null = all devices, those without a group too. Every query whose rows belong to a device takes one.
 */
export interface Scope {
  /** What is his by name: the schedules and presets with this owner. */
  name: string;
  groups: readonly string[] | null;
}

/** Of Cairn itself: workers, the reconciler, the syslog listener. */
export const UNSCOPED: Scope = { name: 'system', groups: null };

/** Stands in `jobs.groups` for devices without a collection group; in no scope but that of all. */
export const NO_GROUP = '00000000-0000-0000-0000-000000000000';

/** The condition that a row of `devices`, under this alias, is in scope. */
export const deviceInScope = (sql: Sql, { groups }: Scope, device: string) =>
  groups === null ? sql`true` : sql`${sql.unsafe(device)}.collection_group_id = any(${[...groups]}::uuid[])`;

/** The same for an id of a collection group; null, where there is none, is in no scope but that of all. */
export const groupInScope = (sql: Sql, { groups }: Scope, groupId: string) =>
  groups === null ? sql`true` : sql`${sql.unsafe(groupId)} = any(${[...groups]}::uuid[])`;

/** The condition that a credential may be named: a device in scope has it. It tells nothing of where else it is used. */
export const credentialInScope = (sql: Sql, scope: Scope, credential: string) =>
  scope.groups === null
    ? sql`true`
    : sql`exists (select 1 from devices u where u.credential_id = ${sql.unsafe(credential)}.id and ${deviceInScope(sql, scope, 'u')})`;

/**
 * The condition that a row of `jobs` may be seen: all its devices were in scope when it was made. Who started it does not matter: his
 * token of today may be for less than the one of then.
 */
export const jobInScope = (sql: Sql, { groups }: Scope, job: string) =>
  groups === null ? sql`true` : sql`(${sql.unsafe(job)}.groups <> '{}' and ${sql.unsafe(job)}.groups <@ ${[...groups]}::uuid[])`;

/** What `jobs.groups` has for a job that is about no device of its own: only who sees as much as its owner sees it. */
export const groupsOfOwner = (groups: Scope['groups']): string[] => (groups === null ? [NO_GROUP] : [...groups]);

/** The condition that a schedule or preset may be seen: it is his own, and he sees no less than he did when he wrote it. */
export const ownInScope = (sql: Sql, { name, groups }: Scope, row: string) =>
  groups === null ? sql`true` : sql`(${sql.unsafe(row)}.owner = ${name} and ${sql.unsafe(row)}.groups <@ ${[...groups]}::uuid[])`;

/** What is wrong with a device of nobody where the caller does not see all. */
export const OWN_GROUP = 'must be one of your collection groups';

/** Whether a device of this collection group is in scope. */
export const seesGroup = ({ groups }: Scope, groupId: string | null): boolean =>
  groups === null || (groupId !== null && groups.includes(groupId));
