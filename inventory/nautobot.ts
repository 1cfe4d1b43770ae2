import type { InventorySourceOptions, SourceProblem, SourceRecord } from '../core/inventory.ts';
import { readByGraphql } from './nautobot-graphql.ts';
import { fetchJson } from './http.ts';
import { readPages, UnstableListError } from './pages.ts';
import { at, isJson, recordOf } from './record.ts';
import { listUrl, restPage } from './rest.ts';
import { SourceError, type InventorySource, type ReadContext, type SourceSecret } from './source.ts';

export type NautobotOptions = Extract<InventorySourceOptions, { type: 'nautobot' }>;

/**
 * Nautobot 2 and 3. GraphQL gives just what is needed, in a tenth of the bytes; the REST API (`depth=1`) gives the same names,
 * and is taken where GraphQL is turned off or, having no order by id, cannot give a whole list.
 * Source: seen on Nautobot 3.2.7 (`tests/inventory/nautobot-real.test.ts`), and its documentation.
 */
export const nautobot: InventorySource<NautobotOptions> = {
  name: 'nautobot',
  async *read(options, context) {
    const authorization = nautobotAuthorization(context.secret);
    for (const item of await readItems(options, authorization, context)) yield nautobotRecord(item, options.host ?? 'primary_ip');
  },
};

async function readItems(options: NautobotOptions, authorization: string | null, context: ReadContext): Promise<unknown[]> {
  if (options.api === 'rest') return readByRest(options, authorization, context);
  try {
    const items = await readByGraphql(options, authorization, context);
    if (items !== null) return items;
  } catch (error) {
    if (options.api === 'graphql' || !(error instanceof UnstableListError)) throw error;
  }
  if (options.api === 'graphql') throw new SourceError(`${new URL(options.url).origin} has no GraphQL at /api/graphql/`);
  return readByRest(options, authorization, context);
}

function readByRest(options: NautobotOptions, authorization: string | null, context: ReadContext): Promise<unknown[]> {
  return readPages(`the device list of ${new URL(options.url).origin}`, async (offset) => {
    const query = { ...options.filter, depth: 1, sort: 'id', limit: context.limits.page, offset };
    const url = listUrl(options.url, '/api/dcim/devices/', query);
    return restPage(await fetchJson({ url, authorization }, context), options.url);
  });
}

function nautobotAuthorization(secret: SourceSecret | null): string | null {
  if (secret === null) return null;
  if (secret.token === null) throw new SourceError('the credential of the source has no token');
  return `Token ${secret.token}`;
}

/** Both APIs use the same names. A tag may have commas in its name, which Cairn's cannot have. */
function nautobotRecord(item: unknown, host: 'primary_ip' | 'name'): SourceRecord | SourceProblem {
  const id = at(item, 'id');
  if (!isJson(item) || typeof id !== 'string')
    return { key: null, name: null, record: 'device without an id', problem: 'it is no device with an id' };
  const driver = at(item, 'platform.network_driver');
  const values: Partial<Record<keyof SourceRecord, unknown>> = {
    key: id,
    name: item.name,
    host: host === 'name' ? item.name : (at(item, 'primary_ip4.address') ?? at(item, 'primary_ip6.address')),
    platform: typeof driver === 'string' && driver !== '' ? driver : at(item, 'platform.name'),
    site: at(item, 'location.name'),
    role: at(item, 'role.name'),
    tenant: at(item, 'tenant.name'),
    status: at(item, 'status.name'),
    tags: Array.isArray(item.tags) ? item.tags.map(tagName) : item.tags,
  };
  return recordOf((field) => values[field], `device ${id}`);
}

function tagName(tag: unknown): unknown {
  const name = at(tag, 'name');
  return typeof name === 'string' ? name.replace(/\s*[,;]+\s*/g, ' ') : tag;
}
