import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KINDS } from '../../core/facts.ts';
import type { Kind } from '../../core/facts.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import type { Fault } from '../../simulator/faults.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import type { SimulatedDevice, Simulator } from '../../simulator/simulator.ts';
import { collect, outcomes, sorted } from './support/collect.ts';
import type { Target } from './support/collect.ts';
import { openLibrary } from './support/library.ts';

const PLATFORMS = [
  'arista_eos',
  'aruba_aoscx',
  'cisco_asa',
  'cisco_ios',
  'cisco_nxos',
  'cisco_xr',
  'fortinet',
  'hp_procurve',
  'huawei_vrp',
  'juniper_junos',
  'mikrotik_routeros',
  'paloalto_panos',
];
/** They do not write their logs into sessions: a strange line within a table is not a record, so it is a parse failure. */
const NO_SESSION_LOG = ['fortinet', 'paloalto_panos'];
let library: TemplateLibrary;
let simulator: Simulator;

beforeAll(async () => {
  library = await openLibrary();
  simulator = await startSimulator({ devices: 36, seed: 7, host: '127.41.0.1', platforms: PLATFORMS });
});
afterAll(() => simulator.stop());

const devicesOf = (platform: string): SimulatedDevice[] => simulator.devices.filter((device) => device.platform === platform);
/** A leaf: it has MAC addresses and hosts. */
const leafOf = (platform: string): SimulatedDevice => devicesOf(platform).at(-1) ?? fail(platform);
const target = (device: SimulatedDevice): Target => ({
  ...device,
  credential: { username: device.username, password: device.password, enable_password: device.enable_password },
});

/** ArubaOS-Switch tells the VLAN that a route leaves by; the simulator's truth counts only ports as interfaces. */
function truthOf(device: SimulatedDevice, kind: Kind): Record<string, unknown>[] {
  return simulator.truth(device.name, kind).map((record) => visible(device, kind, record));
}

function visible(device: SimulatedDevice, kind: Kind, record: object): Record<string, unknown> {
  return device.platform === 'hp_procurve' && kind.endsWith('_routes') ? { ...record, interface: null } : { ...record };
}

function fail(platform: string): never {
  throw new Error(`the simulator has no ${platform}`);
}

async function withFault<T>(device: SimulatedDevice, fault: Fault, run: () => Promise<T>): Promise<T> {
  await simulator.setFault(device.name, fault);
  try {
    return await run();
  } finally {
    await simulator.setFault(device.name, null);
  }
}

describe.each(PLATFORMS)('%s', (platform) => {
  test('every record of every device is the truth, and nothing else', async () => {
    simulator.reset();
    for (const device of devicesOf(platform)) {
      const collected = await collect(library, target(device));
      expect(collected.failure).toBeNull();
      for (const kind of KINDS) {
        const result = collected.kinds[kind];
        const truth = truthOf(device, kind);
        if (result?.outcome === 'unsupported') {
          expect([device.name, kind, truth]).toEqual([device.name, kind, []]);
          continue;
        }
        expect([device.name, kind, result?.outcome, result?.error]).toEqual([
          device.name,
          kind,
          truth.length > 0 ? 'ok' : 'empty',
          null,
        ]);
        expect(sorted((result?.records ?? []).map((record) => visible(device, kind, record))), `${device.name} ${kind}`).toEqual(
          sorted(truth),
        );
        expect(result?.rows).toBe(truth.length);
      }
      expect(simulator.counters().devices[device.name]).toMatchObject({ logins: 1 });
    }
  });

  test.each(['motd', 'pager_always', 'syslog', 'host_key_change'] as const)('the truth comes through: %s', async (fault) => {
    const device = leafOf(platform);
    const collected = await withFault(device, fault, () => collect(library, target(device)));
    expect(collected.failure).toBeNull();
    for (const kind of KINDS) {
      const result = collected.kinds[kind];
      if (result?.outcome === 'unsupported') continue;
      if (fault === 'syslog' && NO_SESSION_LOG.includes(platform) && result?.outcome === 'parse_failed') continue;
      expect([kind, result?.error]).toEqual([kind, null]);
      expect(sorted((result?.records ?? []).map((record) => visible(device, kind, record))), kind).toEqual(
        sorted(truthOf(device, kind)),
      );
    }
  });

  test('noise is never an empty answer', async () => {
    const device = leafOf(platform);
    const collected = await withFault(device, 'garbage', () => collect(library, target(device)));
    for (const [kind, outcome] of Object.entries(outcomes(collected))) {
      expect([kind, ['parse_failed', 'unsupported'].includes(outcome)]).toEqual([kind, true]);
    }
    expect(collected.outputs.every((output) => output.text !== '')).toBe(true);
  });

  test('half an output is truncated where the connection closes and a timeout where it falls silent', async () => {
    const device = leafOf(platform);
    const limits = { device_ms: 20_000, command_ms: 700, connect_ms: 10_000, output_bytes: 50_000_000 };
    const dropped = await withFault(device, 'drop', () => collect(library, target(device)));
    expect(dropped).toMatchObject({ logged_in: true, failure: { outcome: 'truncated', retryable: false } });
    const stalled = await withFault(device, 'stall', () => collect(library, target(device), { limits }));
    expect(stalled).toMatchObject({ logged_in: true, failure: { outcome: 'timeout', retryable: false } });
    for (const [one, outcome] of [
      [dropped, 'truncated'],
      [stalled, 'timeout'],
    ] as const) {
      expect(new Set(Object.values(outcomes(one)))).toEqual(
        new Set(Object.values(outcomes(one)).includes('unsupported') ? [outcome, 'unsupported'] : [outcome]),
      );
    }
  });

  test('the right failure before login', async () => {
    const device = leafOf(platform);
    const limits = { device_ms: 20_000, command_ms: 5_000, connect_ms: 600, output_bytes: 1_000_000 };
    for (const [fault, outcome] of [
      ['refuse', 'unreachable'],
      ['no_banner', 'timeout'],
      ['flaky', 'unreachable'],
    ] as const) {
      const collected = await withFault(device, fault, () => collect(library, target(device), { limits }));
      expect([fault, collected]).toMatchObject([fault, { logged_in: false, kinds: {}, failure: { outcome, retryable: true } }]);
    }
    const refused = await withFault(device, 'auth', () => collect(library, target(device)));
    expect(refused).toMatchObject({ logged_in: false, kinds: {}, failure: { outcome: 'auth_failed', retryable: false } });
  });

  test('a table of 60,000 lines', async () => {
    const device = leafOf(platform);
    const collected = await withFault(device, { kind: 'huge', lines: 60_000 }, () =>
      collect(library, target(device), { kinds: ['arp'] }),
    );
    // The simulator repeats the whole text; what follows a second heading is an error to some, and to JSON.
    const once = ['cisco_nxos', 'hp_procurve', 'juniper_junos', 'paloalto_panos'].includes(platform);
    expect(collected.outputs.at(-1)?.text.split('\n').length).toBeGreaterThan(59_990);
    expect(collected.kinds.arp?.outcome).toBe(once ? 'parse_failed' : 'ok');
    if (!once) expect(collected.kinds.arp?.rows).toBeGreaterThan(20_000);
  });
});
