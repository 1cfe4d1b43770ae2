import { findPlatform } from '../../devices/platforms/index.ts';
import type { Platform } from '../../devices/platform.ts';
import { spoil, type FaultName, type FaultSpec } from '../../simulator/faults.ts';
import type { SimulatedDevice, Simulator } from '../../simulator/simulator.ts';
import type { Database } from '../../stores/database.ts';

/** What each fault of the simulator is to be told as; of some it depends on the platform. */
const TOLD: { [F in FaultName]: string | RegExp | ((platform: Platform) => string) } = {
  refuse: 'unreachable',
  no_banner: 'timeout',
  flaky: 'ok',
  auth: 'auth_failed',
  host_key_change: 'host_key_mismatch',
  // Old algorithms are spoken only where the platform says so.
  legacy_ssh: (platform) => (platform.ssh?.legacy === true ? 'ok' : 'error'),
  // Where each command has a channel of its own there is no prompt to wait for: it is the command that is cut off.
  drop_after_login: (platform) => (platform.mode === 'exec' ? 'truncated' : 'unreachable'),
  no_prompt: (platform) => (platform.mode === 'exec' ? 'ok' : 'timeout'),
  motd: 'ok',
  pager_always: 'ok',
  slow: 'ok',
  stall: 'timeout',
  drop: 'truncated',
  // Noise does not begin like a configuration, or does not end like one.
  garbage: /^(?:error|truncated)$/,
  // Repeated up to the middle of a line or two: whole only where nothing tells its end.
  huge: /^(?:ok|truncated)$/,
  syslog: 'ok',
};
const FAULTS = Object.keys(TOLD) as FaultName[];
const OF_OUTPUTS: FaultName[] = ['stall', 'drop', 'garbage', 'huge'];

/** Breaks each tenth device, in turn in every way that the simulator offers; returns how, by name. */
export async function breakSome(simulator: Simulator): Promise<Map<string, FaultSpec>> {
  const broken = new Map<string, FaultSpec>();
  const unlucky = simulator.devices.filter((_device, at) => at % 10 === 9);
  for (const [at, { name }] of unlucky.entries()) {
    const kind = FAULTS[at % FAULTS.length]!;
    const command = OF_OUTPUTS.includes(kind) ? { command: simulator.configuration(name).command } : {};
    const fault = { kind, ...command, ms: 600, lines: 3000 };
    broken.set(name, fault);
    await simulator.setFault(name, fault);
  }
  return broken;
}

/** Another host key is only seen as one where there was one before. */
export async function pinOtherKeys({ sql }: Pick<Database, 'sql'>, broken: Map<string, FaultSpec>): Promise<void> {
  const names = [...broken].filter(([, { kind }]) => kind === 'host_key_change').map(([name]) => name);
  await sql`update devices set host_key = ${`SHA256:${'A'.repeat(43)}`} where name = any(${names}::text[])`;
}

/** The outcome that a device with this fault is to have; `seen` itself where that is one of several that are right. */
export function toldAs({ platform }: SimulatedDevice, fault: FaultSpec | undefined, seen: string): string {
  const told = fault === undefined ? 'ok' : TOLD[fault.kind];
  const wanted = typeof told === 'function' ? told(findPlatform(platform)!) : told;
  if (typeof wanted === 'string') return wanted;
  return wanted.test(seen) ? seen : wanted.source;
}

/** What the device prints for its configuration, with its fault. */
export function printedBy(simulator: Simulator, name: string, fault: FaultSpec | undefined): string {
  const { command, text } = simulator.configuration(name);
  if (fault?.kind !== 'huge') return text;
  const nothing = (): string => '';
  return spoil(text, command, [fault], nothing, nothing).text;
}
