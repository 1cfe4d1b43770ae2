import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupStatus } from '../../../core/backups.ts';
import { findPlatform } from '../../../devices/platforms/index.ts';
import { FAULTS } from '../../../simulator/faults.ts';
import type { Fault, FaultName } from '../../../simulator/faults.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import type { SimulatedDevice, Simulator } from '../../../simulator/simulator.ts';
import { simPlatforms } from '../../../simulator/platforms/index.ts';
import type { Target } from '../support/collect.ts';
import { fetchConfig, lastWord } from './support/collect-config.ts';

const PLATFORMS = [...simPlatforms.keys()];
/** They write no log into sessions; what the simulator makes of it there is no log line of theirs. */
const NO_SESSION_LOG = ['fortinet', 'paloalto_panos'];
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ devices: PLATFORMS.length * 2, seed: 5, host: '127.51.0.1', platforms: PLATFORMS });
});
afterAll(() => simulator.stop());

const deviceOf = (platform: string): SimulatedDevice => {
  const device = simulator.devices.filter((one) => one.platform === platform).at(-1);
  if (device === undefined) throw new Error(`the simulator has no ${platform}`);
  return device;
};
const target = (device: SimulatedDevice): Target => ({
  ...device,
  credential: { username: device.username, password: device.password, enable_password: device.enable_password },
});
const truth = (device: SimulatedDevice): string => `${simulator.configuration(device.name).text.trimEnd()}\n`;

async function withFault<T>(device: SimulatedDevice, fault: Fault, run: () => Promise<T>): Promise<T> {
  await simulator.setFault(device.name, fault);
  try {
    return await run();
  } finally {
    await simulator.setFault(device.name, null);
  }
}

describe.each(PLATFORMS)('%s', (platform) => {
  test('the text is the truth, letter by letter, with one login', async () => {
    const device = deviceOf(platform);
    simulator.reset();
    const collected = await fetchConfig(target(device));
    expect([collected.result.status, lastWord(collected)]).toEqual(['success', expect.stringContaining('complete')]);
    expect(collected.result.device_config).toBe(truth(device));
    expect(collected).toMatchObject({ logged_in: true, retryable: false, stopped: false, platform: { name: platform } });
    expect(collected.command).not.toBeNull();
    expect(simulator.counters().devices[device.name]?.logins).toBe(1);
  });
});

interface Expected {
  fault: Fault;
  status: BackupStatus;
  retryable?: boolean;
  /** Platforms where it is not so, and what happens there. */
  but?: Partial<Record<string, BackupStatus>>;
  said?: RegExp;
  limits?: Partial<ConfigLimits>;
}
type ConfigLimits = { device_ms: number; command_ms: number; connect_ms: number; output_bytes: number };
const LIMITS: ConfigLimits = { device_ms: 60_000, command_ms: 20_000, connect_ms: 20_000, output_bytes: 50_000_000 };
const SHORT = { command_ms: 3_000, connect_ms: 3_000 };
/** They run commands without a terminal, so that there is no prompt to wait for. */
const NO_TERMINAL = { mikrotik_routeros: 'success', linux: 'success' } as const;
/** Those that do not offer the algorithms of old devices. */
const MODERN_ONLY = PLATFORMS.filter((name) => findPlatform(name)?.ssh?.legacy !== true);

const EXPECTED: Record<FaultName, Expected> = {
  refuse: { fault: 'refuse', status: 'unreachable', retryable: true },
  no_banner: { fault: 'no_banner', status: 'timeout', retryable: true, limits: SHORT },
  flaky: { fault: 'flaky', status: 'unreachable', retryable: true },
  auth: { fault: 'auth', status: 'auth_failed', retryable: false },
  host_key_change: { fault: 'host_key_change', status: 'host_key_mismatch', retryable: false },
  legacy_ssh: {
    fault: 'legacy_ssh',
    status: 'success',
    but: Object.fromEntries(MODERN_ONLY.map((name) => [name, 'error'])),
  },
  drop_after_login: {
    fault: 'drop_after_login',
    status: 'unreachable',
    retryable: false,
    but: { mikrotik_routeros: 'truncated', linux: 'truncated' },
  },
  no_prompt: { fault: 'no_prompt', status: 'timeout', retryable: false, limits: SHORT, but: NO_TERMINAL },
  motd: { fault: 'motd', status: 'success' },
  pager_always: { fault: 'pager_always', status: 'success' },
  slow: { fault: { kind: 'slow', ms: 700 }, status: 'success' },
  stall: { fault: 'stall', status: 'timeout', retryable: false, said: /in the middle of "/, limits: SHORT },
  drop: { fault: 'drop', status: 'truncated', retryable: false, said: /in the middle of "/ },
  garbage: { fault: 'garbage', status: 'error', retryable: false },
  huge: { fault: 'huge', status: 'truncated', retryable: false, said: /output limit/, limits: { output_bytes: 400_000 } },
  syslog: { fault: 'syslog', status: 'success' },
};

describe('what goes wrong is never a success', () => {
  test('every fault of the simulator is here', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(FAULTS).sort());
  });

  test.each(Object.entries(EXPECTED))(
    '%s',
    { timeout: 60_000 },
    async (name, { fault, status, retryable, but, said, limits }) => {
      const platforms = name === 'syslog' ? PLATFORMS.filter((one) => !NO_SESSION_LOG.includes(one)) : PLATFORMS;
      const seen = await Promise.all(
        platforms.map(async (platform) => {
          const device = deviceOf(platform);
          const key = name === 'host_key_change' ? (await fetchConfig(target(device))).host_key : null;
          const run = () => fetchConfig(target(device), { limits: { ...LIMITS, ...limits }, pinnedHostKey: key });
          return { platform, device, collected: await withFault(device, fault, run) };
        }),
      );
      for (const { platform, device, collected } of seen) {
        const expected = but?.[platform] ?? status;
        expect([platform, collected.result.status, lastWord(collected)]).toEqual([platform, expected, expect.anything()]);
        expect([platform, collected.result.device_config]).toEqual([platform, expected === 'success' ? truth(device) : null]);
        if (expected !== 'success' && retryable !== undefined)
          expect([platform, collected.retryable]).toEqual([platform, retryable]);
        if (said !== undefined) expect(lastWord(collected)).toMatch(said);
      }
    },
  );

  test('a connection that is closed once works the second time', async () => {
    const device = deviceOf('cisco_ios');
    await withFault(device, 'flaky', async () => {
      expect((await fetchConfig(target(device))).result.status).toBe('unreachable');
      expect((await fetchConfig(target(device))).result.device_config).toBe(truth(device));
    });
  });
});

/** As rconfig #115, where 9,600 of 60,000 lines were kept as a success. */
test('60,000 lines of FortiOS come in one go; half of them is no success', async () => {
  const large = await startSimulator({ devices: 1, platforms: ['fortinet'], accessRules: 15_000, host: '127.53.0.1' });
  try {
    const device = large.devices[0]!;
    const text = `${large.configuration(device.name).text.trimEnd()}\n`;
    expect(text.split('\n').length).toBeGreaterThan(60_000);
    const collected = await fetchConfig(target(device));
    expect(collected.result.status).toBe('success');
    expect(collected.result.device_config === text).toBe(true);
    await large.setFault(device.name, 'drop');
    expect((await fetchConfig(target(device))).result).toMatchObject({ status: 'truncated', device_config: null });
    await large.setFault(device.name, 'pager_always');
    expect((await fetchConfig(target(device))).result.device_config === text).toBe(true);
  } finally {
    await large.stop();
  }
}, 60_000);
