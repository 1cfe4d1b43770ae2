import type { Socket } from 'node:net';
import ssh2, { type ParsedKey } from 'ssh2';
import { KINDS, type Kind, type Records } from '../core/facts.ts';
import { applyChange, type Change } from './change.ts';
import { createCounters, type Counters } from './counters.ts';
import { contextOf, type DeviceState } from './device-state.ts';
import { faultSpecs, findFault, type Fault } from './faults.ts';
import { privateKey } from './host-key.ts';
import { createListener, freePort, type Listener } from './listeners.ts';
import { linksOf, type SimLink } from './links.ts';
import { buildNetwork } from './network.ts';
import { findSimPlatforms } from './platforms/index.ts';
import { createSshEndpoint } from './ssh-server.ts';
import { createTextCache } from './text-cache.ts';

export interface SimulatorOptions {
  /** Default 4. */
  devices?: number;
  /** The same seed and size give the same network. Default 1. */
  seed?: number;
  /** Names, taken in seeded turns; default cisco_ios, arista_eos, juniper_junos, mikrotik_routeros. */
  platforms?: string[];
  /** Milliseconds a command takes on average (half to one and a half of it). Default 0. */
  latencyMs?: number;
  /** By device name. */
  faults?: Record<string, Fault | Fault[]>;
  /** Address of the first device; the others count up from it, 250 to a /24. Default 127.20.0.1. */
  host?: string;
  /** One for all devices; default a free one. */
  port?: number;
  /** Login of all devices; defaults `admin`, `cairn-lab`, `cairn-enable`. */
  username?: string;
  password?: string;
  enablePassword?: string;
  /** Rules of each access list, which make the length of the configurations: 400 are some 30 KB. Default 40 to 59. */
  accessRules?: number;
  /** OpenSSH public keys that may log in besides the simulator's own. */
  authorizedKeys?: string[];
}

/** A device as a client needs it. */
export interface SimulatedDevice {
  name: string;
  host: string;
  port: number;
  platform: string;
  username: string;
  password: string;
  /** Null where the platform has no enable mode. Some devices of the others begin below it. */
  enable_password: string | null;
}

export interface Simulator {
  devices: SimulatedDevice[];
  device: (name: string) => SimulatedDevice;
  /** Cables between devices that are up, members of aggregates one by one. */
  readonly links: SimLink[];
  /** The records that a perfect reading of the device's outputs gives. */
  truth: { (name: string): { [K in Kind]: Records[K][] }; <K extends Kind>(name: string, kind: K): Records[K][] };
  /** What the device prints for a command, without pager, faults or line ends of a terminal; throws where it does not know it. */
  output: (name: string, command: string) => string;
  /** The command that shows the configuration. */
  configuration: (name: string) => { command: string; text: string };
  counters: () => Counters;
  reset: () => void;
  /** Resolves when no session is open on any device; rejects after `ms` (default 5,000). A client sees its end a little earlier. */
  idle: (ms?: number) => Promise<void>;
  /** Sets the faults of a device in place of those it has; null removes them. */
  setFault: (name: string, fault: Fault | Fault[] | null) => Promise<void>;
  change: (name: string, change: Change) => void;
  setLatency: (ms: number) => void;
  /** An OpenSSH private key that logs in everywhere. */
  privateKey: string;
  /** Closes every connection and listener. */
  stop: () => Promise<void>;
  /** What the HTTP servers build on. */
  internals: { states: Map<string, DeviceState> };
}

const CACHE_BYTES = 48_000_000;
const DEFAULT_PLATFORMS = ['cisco_ios', 'arista_eos', 'juniper_junos', 'mikrotik_routeros'];
/** Devices whose listeners are opened at once. */
const OPEN_TOGETHER = 200;

/** Starts a network of devices; resolves when all of them listen. Rejects where an address or the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { devices: count = 4, seed = 1, latencyMs = 0, host = '127.20.0.1' } = options;
  const { username = 'admin', password = 'cairn-lab', enablePassword = 'cairn-enable' } = options;
  const platforms = findSimPlatforms(options.platforms ?? DEFAULT_PLATFORMS);
  const network = buildNetwork({ devices: count, seed, host, user: username, platforms, rules: options.accessRules });
  const counters = createCounters(network.devices.map((device) => device.name));
  const texts = createTextCache(CACHE_BYTES);
  const clientKey = privateKey(`client ${seed}`);
  const login = { username, password, keys: [clientKey, ...(options.authorizedKeys ?? [])].map(parsedKey) };
  const ssh = createSshEndpoint(seed, login);
  const sockets = new Set<Socket>();
  const states = new Map<string, DeviceState>();
  const listeners = new Map<DeviceState, Listener>();
  const port = options.port ?? (await freePort(host));

  const accept = (state: DeviceState, socket: Socket): void => {
    counters.count(state.device.name, 'connections');
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client's reset is not ours to report; `close` follows.
    socket.on('error', () => socket.destroy());
    state.connectionsSeen++;
    const flaky = findFault(state.faults, 'flaky');
    if (flaky && state.connectionsSeen <= (flaky.times ?? 1)) socket.destroy();
    else if (!findFault(state.faults, 'no_banner')) ssh.accept(socket, state);
  };
  for (const device of network.devices) {
    const faults = faultSpecs(options.faults?.[device.name]);
    const state = { device, network, counters, texts, faults, latencyMs, enablePassword, commandsRun: 0, connectionsSeen: 0 };
    states.set(device.name, state);
    listeners.set(
      state,
      createListener(
        device.host,
        () => port,
        (socket) => accept(state, socket),
      ),
    );
  }
  const stateOf = (name: string): DeviceState => {
    const state = states.get(name);
    if (!state) throw new Error(`no simulated device ${name}`);
    return state;
  };
  for (const name of Object.keys(options.faults ?? {})) stateOf(name);
  const stop = (): void => {
    for (const listener of listeners.values()) listener.close();
    for (const socket of sockets) socket.destroy();
  };
  const opening = [...listeners].filter(([state]) => !findFault(state.faults, 'refuse'));
  try {
    for (let at = 0; at < opening.length; at += OPEN_TOGETHER) {
      await Promise.all(opening.slice(at, at + OPEN_TOGETHER).map(([, listener]) => listener.open()));
    }
  } catch (error) {
    stop();
    throw error;
  }

  const devices = network.devices.map((device): SimulatedDevice => ({
    name: device.name,
    host: device.host,
    port,
    platform: device.platform.name,
    username,
    password,
    enable_password: device.platform.hasEnable ? enablePassword : null,
  }));
  const byName = new Map(devices.map((device) => [device.name, device]));
  const output = (name: string, command: string): string => {
    const state = stateOf(name);
    const found = state.device.platform.commands.find((known) => known.name === command);
    if (!found) throw new Error(`${state.device.platform.name} has no command ${command}`);
    const context = contextOf(state);
    return texts.get(context.facts, command, () => found.render(context));
  };
  function truth(name: string): { [K in Kind]: Records[K][] };
  function truth<K extends Kind>(name: string, kind: K): Records[K][];
  function truth(name: string, kind?: Kind): unknown {
    const state = stateOf(name);
    const context = contextOf(state);
    const of = (wanted: Kind): unknown => state.device.platform.truth[wanted](context);
    return kind ? of(kind) : Object.fromEntries(KINDS.map((wanted) => [wanted, of(wanted)]));
  }

  return {
    devices,
    device: (name) => byName.get(name) ?? fail(`no simulated device ${name}`),
    get links() {
      return linksOf(network);
    },
    truth,
    output,
    configuration: (name) => {
      const command = stateOf(name).device.platform.configCommand;
      return { command, text: output(name, command) };
    },
    counters: counters.snapshot,
    reset: counters.reset,
    idle: (ms = 5000) => counters.idle(ms),
    setFault: async (name, fault) => {
      const state = stateOf(name);
      state.faults = faultSpecs(fault);
      state.connectionsSeen = 0;
      const listener = listeners.get(state);
      if (findFault(state.faults, 'refuse')) listener?.close();
      else await listener?.open();
    },
    change: (name, change) => applyChange(network, stateOf(name).device, change),
    setLatency: (ms) => {
      for (const state of states.values()) state.latencyMs = ms;
    },
    privateKey: clientKey,
    stop: async () => stop(),
    internals: { states },
  };
}

function fail(message: string): never {
  throw new Error(message);
}

function parsedKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw new Error('a key that may log in cannot be read', { cause: key });
  return key;
}
