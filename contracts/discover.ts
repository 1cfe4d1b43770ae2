import { z } from 'zod';
import type { Kind, KIND_OPTIONS } from '../core/facts.ts';
import { line, reference } from './fields.ts';

const seconds = (low: number, high: number, about: string) => z.int().min(low).max(high).optional().describe(`Seconds; ${about}`);
const DAY = 86_400;

const yes = z.boolean().default(true);
const include = {
  include_static_routes: yes,
  include_ospf_routes: yes,
  include_bgp_routes: yes,
  include_mac_table: yes,
  include_arp: yes,
  include_interfaces: yes,
  include_cdp_neighbors: yes,
  include_lldp_neighbors: yes,
} satisfies Record<(typeof KIND_OPTIONS)[Kind], z.ZodType>;

/** Which devices a job is for. */
export const selectionFields = {
  device_ids: z
    .array(z.string().max(1000))
    .optional()
    .describe(
      'Ids or unique names; trimmed, blanks dropped, duplicates merged; 1–100 after that (CAIRN_MAX_DEVICES_PER_REQUEST)',
    ),
  group: reference.optional().describe('All enabled devices of this collection group (id or name)'),
  tag: line(100).optional().describe('All enabled devices with this tag'),
  site: line(255).optional().describe('All enabled devices of this site; combines with group and tag'),
  all: z.literal(true).optional().describe('All enabled devices'),
};

export const limitFields = {
  device_time_limit: seconds(1, 86_400, 'for one device, 300 unless told'),
  command_time_limit: seconds(1, 3600, 'for one command, 30 unless told'),
  job_time_limit: seconds(1, 7 * DAY, 'for the job, 1800 up to 100 devices and 86400 above unless told'),
  lock_wait: seconds(0, 3600, 'that a device held by another job is waited for, 60 unless told'),
};

/** What a discovery may be told: which devices, which data kinds, which limits. */
export const discoverFields = {
  ...selectionFields,
  ...include,
  cache_results: z.boolean().default(true).describe('Whether the caches and the topology take the results'),
  ...limitFields,
  crawl: z.never({ error: 'crawling is not available yet' }).optional(),
};

export const priority = z.int().min(0).max(10).default(5).describe('0 (last) to 10 (first)');

/** Parameters of a `topology.discover` job. */
export const DiscoverRequest = z.strictObject(discoverFields).meta({ id: 'DiscoverRequest' });
export type DiscoverRequest = z.output<typeof DiscoverRequest>;

/** The classic body: the parameters and the priority. */
export const DiscoverBody = z.strictObject({ ...discoverFields, priority }).meta({ id: 'DiscoverBody' });

/** The body of the deprecated alias. */
export const LegacyDiscoverBody = z
  .strictObject({ ...discoverFields, priority, run_in_background: z.boolean().default(false) })
  .meta({ id: 'LegacyDiscoverBody' });
