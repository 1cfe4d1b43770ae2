import type { Collected } from '../../../core/collection.ts';
import type { Credential } from '../../../core/device.ts';
import { KINDS } from '../../../core/facts.ts';
import { collectFacts } from '../../../devices/collect.ts';
import type { CollectOptions } from '../../../devices/collect.ts';
import { AUTO, autoPlatform } from '../../../devices/detect.ts';
import { findPlatform } from '../../../devices/platforms/index.ts';
import type { TemplateLibrary } from '../../../devices/template-library.ts';

export interface Target {
  name: string;
  host: string;
  port: number;
  platform: string;
  transport?: 'ssh' | 'http';
  credential: Partial<Credential>;
}

/** All kinds of a device, or those given. */
export function collect(library: TemplateLibrary, target: Target, over: Partial<CollectOptions> = {}): Promise<Collected> {
  const platform = target.platform === AUTO ? autoPlatform : findPlatform(target.platform);
  if (platform === null) throw new Error(`no platform ${target.platform}`);
  const { name, host, port, transport = 'ssh' } = target;
  return collectFacts({
    device: { id: name, name, host, port, platform: platform.name, transport, external_id: null },
    platform,
    credential: {
      username: null,
      password: null,
      private_key: null,
      passphrase: null,
      enable_password: null,
      token: null,
      ...target.credential,
    },
    kinds: [...KINDS],
    library,
    limits: { device_ms: 60_000, command_ms: 10_000, connect_ms: 10_000, output_bytes: 50_000_000 },
    pinnedHostKey: null,
    jump: null,
    signal: new AbortController().signal,
    shouldStop: () => false,
    onTask: () => undefined,
    ...over,
  });
}

/** Records in an order of their own, for devices list them in theirs. */
export function sorted<T>(records: readonly T[]): T[] {
  return records
    .map((record) => ({ record, key: JSON.stringify(record, Object.keys(Object(record)).sort()) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ record }) => record);
}

/** What happened to each kind, in short. */
export function outcomes(collected: Collected): Record<string, string> {
  return Object.fromEntries(Object.entries(collected.kinds).map(([kind, result]) => [kind, result.outcome]));
}
