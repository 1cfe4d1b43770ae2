import type { TransportName } from '../../core/device.ts';
import type { AnyCollector } from './collector.ts';
import { http } from './http.ts';
import { noop } from './noop.ts';
import { ssh } from './ssh.ts';

/** Every collector by its name. */
export const collectors = { ssh, http, noop } as const satisfies Record<string, AnyCollector>;

/** The collector of that name; null takes the one called like the transport. Undefined where there is none. */
export function findCollector(name: string | null, transport: TransportName): AnyCollector | undefined {
  const all: Record<string, AnyCollector> = collectors;
  const wanted = name ?? transport;
  return Object.hasOwn(all, wanted) ? all[wanted] : undefined;
}
