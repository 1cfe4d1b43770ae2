import type { BulkDeviceFilter } from '../core/bulk.ts';
import { idOrNull, likeAnywhere } from './columns.ts';
import type { Sql } from './database.ts';

/** The one filter grammar of devices: of lists, and of what acts on many. `group` is an id or a name. */
export type DeviceFilter = BulkDeviceFilter;

/** Further conditions, each with its `and`, on a row of `devices`, which nothing else of the statement has columns of. */
export function deviceConditions(sql: Sql, filter: DeviceFilter) {
  const { q, group, tag, site, platform, enabled } = filter;
  const pattern = q === undefined ? null : likeAnywhere(q);
  return sql`
      ${pattern === null ? sql`` : sql`and (name ilike ${pattern} or host ilike ${pattern})`}
      ${tag === undefined ? sql`` : sql`and tags @> array[${tag}]::text[]`}
      ${site === undefined ? sql`` : sql`and site = ${site}`}
      ${platform === undefined ? sql`` : sql`and platform = ${platform}`}
      ${enabled === undefined ? sql`` : sql`and enabled = ${enabled}`}
      ${group === undefined ? sql`` : sql`and collection_group_id in (select g.id from collection_groups g where g.id = ${idOrNull(group)} or g.name = ${group})`}`;
}
