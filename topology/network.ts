import type { Kind, Records } from '../core/facts.ts';

/** What one device is known to be, and the cached rows of each data kind that was collected from it. */
export interface NetworkDevice {
  id: string;
  name: string;
  /** Where it is reached: an address, a host name, or (http) the base URL of a device API, which identifies nobody. */
  host: string;
  platform: string;
  site: string | null;
  serials?: string[];
  /** A kind that was never collected has no entry; one that was collected and is empty has no records. `collected_at`: RFC 3339. */
  facts: { [K in Kind]?: { records: Records[K][]; collected_at: string } };
}

/** Everything a graph is built from. Nothing is carried over from an earlier graph. */
export interface Network {
  devices: NetworkDevice[];
}
