import type { BackupLogLine, CollectorResult } from '../../core/backups.ts';
import type { Device, TransportName } from '../../core/device.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Session } from '../answer.ts';
import type { DeviceApi } from '../device-api.ts';
import type { Platform } from '../platform.ts';

/** The clients that a collector may ask for: it is given one that is open, and never closes it. */
export interface Clients {
  /** A login at its prompt. */
  session: Session;
  /** GET requests to the device API, about this device. */
  api: DeviceApi;
  /** No device is touched. */
  none: null;
}

export interface CollectorOptions {
  /** Milliseconds for all of it. What holds it is the client: it rejects when they are over. */
  timeout: number;
  /** Most that one answer may have; more is `truncated`. */
  output_bytes: number;
  /** As found out at the login where it was `auto`. */
  platform: Platform;
  /** To be told each command or path as it is asked, for progress and the record. */
  onCommand: (command: string) => void;
  /** Writes a line into the log of the result. Never with anything of the configuration in it. */
  log: (level: BackupLogLine['level'], message: string) => void;
  /** Makes the result of a text that is proven complete. */
  success: (device_config: string) => CollectorResult;
  /** Makes the result without a text; `message` is the last line of its log. `retryable`: a transport error before any login. */
  failure: (status: Outcome, message: string, retryable?: boolean) => CollectorResult;
}

/**
 * A way to fetch the configuration of a device. To add one: a file here and a line in `index.ts` (docs/howto/add-a-collector.md).
 * `collect` may reject with what its client rejects with (`DeviceError`); everything else is a status.
 */
export interface Collector<C extends keyof Clients = keyof Clients> {
  name: string;
  /** Devices it can be used on. */
  transports: readonly TransportName[];
  client: C;
  collect(device: Device, client: Clients[C], options: CollectorOptions): Promise<CollectorResult>;
}

/** Any collector, its client known by its name. */
export type AnyCollector = { [C in keyof Clients]: Collector<C> }[keyof Clients];
