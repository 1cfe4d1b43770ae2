import type { Device } from '../core/device.ts';
import type { CollectOptions } from './collect.ts';
import { DeviceError } from './device-error.ts';
import { httpGet } from './transports/http.ts';
import type { HttpAnswer } from './transports/http.ts';

/** The device API, ready to be asked about one device. */
export interface DeviceApi {
  /** The path of an end point of the device, e.g. `/api/devices/7/arp`. */
  path(endpoint: string): string;
  /** Rejects with a `DeviceError`: `cancelled` on abort, `timeout` when the time of the device is over, or what the transport met. */
  get(path: string): Promise<HttpAnswer>;
  /** Ends the watch over time and abort. */
  close(): void;
}

/** The one way to a device over HTTP; `limits.device_ms` counts from here. Null where `device.host` is no base URL. */
export function openDeviceApi(
  options: Pick<CollectOptions, 'device' | 'credential' | 'limits' | 'signal' | 'observe'>,
): DeviceApi | null {
  const { device, credential, limits, signal, observe } = options;
  const base = device.host.replace(/\/+$/, '');
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) return null;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(new DeviceError('cancelled', 'cancelled'));
  const late = new DeviceError('timeout', `the device took longer than its limit of ${limits.device_ms / 1000} s`);
  const timer = setTimeout(() => stop.abort(late), limits.device_ms);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return {
    path: (endpoint) => `/api/devices/${encodeURIComponent(device.external_id ?? device.name)}/${endpoint}`,
    get(path) {
      const within = { timeoutMs: limits.command_ms, bytes: limits.output_bytes, signal: stop.signal };
      const answer = httpGet(base + path, credential.token, within);
      observe?.({ is: 'command', command: path }, answer);
      return answer;
    },
    close: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** What to do about a host that is no base URL. */
export function notABase({ host }: Device): string {
  return `the host of an http device must be the base URL of its API, not ${JSON.stringify(host)}`;
}
