import type { FilterValue } from '../core/inventory.ts';
import { fetchJson } from './http.ts';
import type { NautobotOptions } from './nautobot.ts';
import { readPages } from './pages.ts';
import { at, isJson } from './record.ts';
import { listUrl, restPage } from './rest.ts';
import { isMissing, SourceError, type ReadContext } from './source.ts';

const FIELDS = `id name status { name } role { name } tenant { name } location { name } platform { name network_driver }
  primary_ip4 { address } primary_ip6 { address } tags { name }`;

/**
 * All devices by `POST /api/graphql/`; null where the server has none. It tells no total, so that of the REST API is asked for
 * before the first page and after the last.
 */
export async function readByGraphql(
  options: NautobotOptions,
  authorization: string | null,
  context: ReadContext,
): Promise<unknown[] | null> {
  const { url: base, filter = {} } = options;
  const { page } = context.limits;
  const count = async (): Promise<number | null> => {
    const url = listUrl(base, '/api/dcim/devices/', { ...filter, limit: 1, depth: 0 });
    return restPage(await fetchJson({ url, authorization }, context), base).total;
  };
  try {
    return await readPages(`the device list of ${new URL(base).origin}`, async (offset) => {
      const before = offset === 0 ? await count() : null;
      const query = `query { devices(${argumentsOf({ ...filter, limit: page, offset })}) { ${FIELDS} } }`;
      const items = devicesOf(
        await fetchJson({ url: listUrl(base, '/api/graphql/', {}), authorization, body: { query } }, context),
        base,
      );
      const more = items.length === page;
      return { items, more, total: more ? before : sameCount(before, await count()) };
    });
  } catch (error) {
    if (error instanceof SourceError && isMissing(error)) return null;
    throw error;
  }
}

/** A value that no list can have stands for a count that changed. */
function sameCount(before: number | null, after: number | null): number | null {
  return before === null || before === after ? after : -1;
}

/** GraphQL writes values as JSON does. Names are checked when a job is made. */
function argumentsOf(filter: Record<string, FilterValue>): string {
  return Object.entries(filter)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');
}

function devicesOf(json: unknown, base: string): unknown[] {
  const { origin } = new URL(base);
  const message = at(json, 'errors.0.message');
  if (message !== undefined)
    throw new SourceError(
      `${origin} refuses the query: ${(typeof message === 'string' ? message : 'it does not say why').slice(0, 300)}`,
    );
  const devices = isJson(json) ? at(json, 'data.devices') : undefined;
  if (!Array.isArray(devices))
    throw new SourceError(`${origin} answered no list of devices: is the URL that of the server itself?`);
  return devices;
}
