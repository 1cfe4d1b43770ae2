import type { InventorySourceOptions, SourceProblem, SourceRecord } from '../core/inventory.ts';
import { fetchJson } from './http.ts';
import { readPages } from './pages.ts';
import { at, isJson, recordOf } from './record.ts';
import { listUrl, restPage } from './rest.ts';
import { SourceError, type InventorySource, type SourceSecret } from './source.ts';

type NetboxOptions = Extract<InventorySourceOptions, { type: 'netbox' }>;

/**
 * NetBox, REST: `GET /api/dcim/devices/` in the order of ids, without the configuration contexts, which cost the server most.
 * Read from NetBox 2.10 (`device_role`) to 4 (`role`).
 * Source: the REST API documentation of NetBox, and its OpenAPI schema at `/api/schema/`.
 */
export const netbox: InventorySource<NetboxOptions> = {
  name: 'netbox',
  async *read(options, context) {
    const authorization = netboxAuthorization(context.secret);
    const fixed = { ...options.filter, ordering: 'id', exclude: 'config_context' };
    const items = await readPages(`the device list of ${new URL(options.url).origin}`, async (offset) => {
      const url = listUrl(options.url, '/api/dcim/devices/', { ...fixed, limit: context.limits.page, offset });
      return restPage(await fetchJson({ url, authorization }, context), options.url);
    });
    for (const item of items) yield netboxRecord(item, options.host ?? 'primary_ip');
  },
};

/** Tokens of NetBox 4.5 and later name their version; all others are sent as before. */
export function netboxAuthorization(secret: SourceSecret | null): string | null {
  if (secret === null) return null;
  if (secret.token === null) throw new SourceError('the credential of the source has no token');
  return secret.token.startsWith('nbt_') ? `Bearer ${secret.token}` : `Token ${secret.token}`;
}

function netboxRecord(item: unknown, host: 'primary_ip' | 'name'): SourceRecord | SourceProblem {
  const id = at(item, 'id');
  const label = `device ${typeof id === 'number' || typeof id === 'string' ? id : 'without an id'}`;
  if (!isJson(item) || (typeof id !== 'number' && typeof id !== 'string'))
    return { key: null, name: null, record: label, problem: 'it is no device with an id' };
  const address = at(item, 'primary_ip.address') ?? at(item, 'primary_ip4.address') ?? at(item, 'primary_ip6.address');
  const values: Partial<Record<keyof SourceRecord, unknown>> = {
    key: id,
    name: item.name,
    host: host === 'name' ? item.name : address,
    platform: at(item, 'platform.slug'),
    site: at(item, 'site.name'),
    role: at(item, 'role.name') ?? at(item, 'device_role.name'),
    tenant: at(item, 'tenant.name'),
    status: at(item, 'status.value') ?? item.status,
    tags: Array.isArray(item.tags) ? item.tags.map((tag: unknown) => at(tag, 'slug') ?? tag) : item.tags,
  };
  return recordOf((field) => values[field], label);
}
