import { MOST_RECORDS, type InventorySourceOptions } from '../core/inventory.ts';
import { fetchJson, plainAuthorization } from './http.ts';
import { at, isJson, recordOf } from './record.ts';
import { SourceError, type InventorySource } from './source.ts';

type HttpJsonOptions = Extract<InventorySourceOptions, { type: 'http_json' }>;

/** One JSON document: `items` is the dotted path of its list (empty: the document itself), `fields` where in an item each field is. */
export const httpJson: InventorySource<HttpJsonOptions> = {
  name: 'http_json',
  async *read({ url, items, fields }, context) {
    const document = await fetchJson({ url, authorization: plainAuthorization(context.secret) }, context);
    const list = at(document, items);
    const { origin } = new URL(url);
    if (!Array.isArray(list)) throw new SourceError(`${origin} answered no list ${items === '' ? 'at all' : `at "${items}"`}`);
    if (list.length > MOST_RECORDS)
      throw new SourceError(`${origin} gave ${list.length} records; at most ${MOST_RECORDS} are possible`);
    for (const [index, item] of (list as unknown[]).entries()) {
      const record = `item ${index + 1}`;
      if (!isJson(item)) yield { key: null, name: null, record, problem: 'it is no object' };
      else yield recordOf((field) => (fields[field] === undefined ? undefined : at(item, fields[field])), record);
    }
  },
};
