import type { InventorySourceOptions, SourceProblem, SourceRecord } from '../core/inventory.ts';
import { csv } from './csv.ts';
import { httpJson } from './http-json.ts';
import { nautobot } from './nautobot.ts';
import { netbox } from './netbox.ts';
import type { ReadContext } from './source.ts';

/**
 * Everything that a source gives, as it comes. Reads only.
 * @throws SourceError where the source as a whole cannot be read; the reason of the signal
 */
export function readSource(options: InventorySourceOptions, context: ReadContext): AsyncIterable<SourceRecord | SourceProblem> {
  if (options.type === 'csv') return csv.read(options, context);
  if (options.type === 'http_json') return httpJson.read(options, context);
  if (options.type === 'netbox') return netbox.read(options, context);
  return nautobot.read(options, context);
}

/** Statuses that are in service where a request tells none; a table or a document of one's own has whatever it has. */
export function defaultStatuses({ type }: InventorySourceOptions): string[] | null {
  return type === 'netbox' || type === 'nautobot' ? ['active'] : null;
}
