import { collectConfig } from '../../../../devices/collect-config.ts';
import type { ConfigCollected, ConfigOptions } from '../../../../devices/collect-config.ts';
import { AUTO, autoPlatform } from '../../../../devices/detect.ts';
import { findPlatform } from '../../../../devices/platforms/index.ts';
import type { Target } from '../../support/collect.ts';

/** The configuration of a device, with the limits of a test. */
export function fetchConfig(target: Target, over: Partial<ConfigOptions> = {}): Promise<ConfigCollected> {
  const platform = target.platform === AUTO ? autoPlatform : findPlatform(target.platform);
  if (platform === null) throw new Error(`no platform ${target.platform}`);
  const { name, host, port, transport = 'ssh' } = target;
  const nothing = { username: null, password: null, private_key: null, passphrase: null, enable_password: null, token: null };
  return collectConfig({
    device: { id: name, name, host, port, platform: platform.name, transport, external_id: null },
    platform,
    credential: { ...nothing, ...target.credential },
    collector: null,
    limits: { device_ms: 60_000, command_ms: 20_000, connect_ms: 20_000, output_bytes: 50_000_000 },
    pinnedHostKey: null,
    jump: null,
    signal: new AbortController().signal,
    shouldStop: () => false,
    onTask: () => undefined,
    ...over,
  });
}

/** The last thing its log says. */
export function lastWord({ result }: ConfigCollected): string {
  return result.log.at(-1)?.message ?? '';
}
