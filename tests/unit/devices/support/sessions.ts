import type { Credential } from '../../../../core/device.ts';
import type { Kind } from '../../../../core/facts.ts';
import type { CollectOptions } from '../../../../devices/collect.ts';
import { collectFacts } from '../../../../devices/collect.ts';
import { definePlatform } from '../../../../devices/platform.ts';
import type { Platform, Source } from '../../../../devices/platform.ts';
import { openSession } from '../../../../devices/session.ts';
import type { Session, SessionLimits } from '../../../../devices/answer.ts';
import type { TemplateLibrary } from '../../../../devices/template-library.ts';
import { createParseThreads } from '../../../../devices/textfsm/threads.ts';
import { connectSsh } from '../../../../devices/transports/ssh.ts';
import type { SshConnection } from '../../../../devices/transports/ssh.ts';
import { PASSWORD, USER } from './tiny-device.ts';
import type { TinyDevice } from './tiny-device.ts';

export const CREDENTIAL: Credential = {
  username: USER,
  password: PASSWORD,
  private_key: null,
  passphrase: null,
  enable_password: null,
  token: null,
};

const NOT_HERE: Source = { unsupported: 'not on this platform' };

/** Cisco-like, with no kinds but those given. */
export function testPlatform(over: Partial<Platform> = {}, kinds: Partial<Record<Kind, Source>> = {}): Platform {
  return definePlatform({
    name: 'test',
    label: 'Test',
    mode: 'shell',
    prompt: { any: /^[\w.@-]+(?:\([\w-]+\))?[#>]$/, privileged: /#$/ },
    enable: { command: 'enable', password: /password ?:$/i },
    setup: ['terminal length 0', 'terminal width 511'],
    logout: 'exit',
    answers: { unknown: [/^% Invalid input/m], denied: [/^% Not authorized/m], nothing: [/^% LLDP is not enabled/m] },
    kinds: {
      static_routes: NOT_HERE,
      ospf_routes: NOT_HERE,
      bgp_routes: NOT_HERE,
      mac_table: NOT_HERE,
      arp: NOT_HERE,
      interfaces: NOT_HERE,
      cdp_neighbors: NOT_HERE,
      lldp_neighbors: NOT_HERE,
      ...kinds,
    },
    config: { commands: ['show running-config'], end: /^end$/m, scrub: [], volatile: [] },
    ...over,
  });
}

/** Rows `address mac` of lines like `10.0.0.1 02:00:00:00:00:01`. */
export const arpLines: Source = {
  ask: [
    {
      command: 'show arp',
      parse: {
        read: (text) =>
          text
            .split('\n')
            .filter((line) => line.trim() !== '')
            .map((line) => {
              const [address, mac] = line.trim().split(/\s+/);
              return { address, mac };
            }),
      },
    },
  ],
};

const LIMITS: SessionLimits = { commandMs: 5_000, outputBytes: 50_000_000 };

/** A session on a tiny device, at its prompt. */
export async function sessionOn(
  device: TinyDevice,
  over: { platform?: Platform; credential?: Partial<Credential>; limits?: Partial<SessionLimits> } = {},
): Promise<Session & { connection: SshConnection }> {
  const limits = { ...LIMITS, ...over.limits };
  const credential = { ...CREDENTIAL, ...over.credential };
  const { signal } = new AbortController();
  const target = { host: device.host, port: device.port, credential, pinnedHostKey: null, legacy: false };
  const connection = await connectSsh(target, { connectMs: 5_000, channelMs: limits.commandMs, signal });
  const session = await openSession(connection, over.platform ?? testPlatform(), credential, limits);
  return { run: (command) => session.run(command), settle: async () => session.settle?.(), connection };
}

/** Platforms of these tests read their output with functions. */
export const NO_TEMPLATES: TemplateLibrary = { find: () => null, byName: () => null, threads: createParseThreads() };

/** `collectFacts` with everything filled in. */
export function collectFrom(
  device: Pick<TinyDevice, 'host' | 'port'>,
  over: Omit<Partial<CollectOptions>, 'credential' | 'limits'> & {
    credential?: Partial<Credential>;
    limits?: Partial<CollectOptions['limits']>;
  } = {},
): ReturnType<typeof collectFacts> {
  return collectFacts({
    device: { id: 'd1', name: 'd1', host: device.host, port: device.port, platform: 'test', transport: 'ssh', external_id: null },
    platform: testPlatform({}, { arp: arpLines }),
    kinds: ['arp'],
    library: NO_TEMPLATES,
    pinnedHostKey: null,
    jump: null,
    signal: new AbortController().signal,
    shouldStop: () => false,
    onTask: () => undefined,
    ...over,
    credential: { ...CREDENTIAL, ...over.credential },
    limits: { device_ms: 20_000, command_ms: 5_000, connect_ms: 5_000, output_bytes: 5_000_000, ...over.limits },
  });
}
