/** What happened on one device since the last reset. */
export interface DeviceCounters {
  /** TCP connections accepted. */
  connections: number;
  logins: number;
  auth_failures: number;
  /** Times each command was run, by canonical name; what is unknown by its text. */
  commands: Record<string, number>;
  /** Logged-in connections now. */
  open_sessions: number;
  peak_sessions: number;
  /** Times a login succeeded while another session of the device was open. */
  overlapping_sessions: number;
  /** Requests to the HTTP device API. */
  http_requests: number;
}

export interface TotalCounters extends Omit<DeviceCounters, 'commands'> {
  commands: number;
}

export interface Counters {
  totals: TotalCounters;
  /** By device name. */
  devices: Record<string, DeviceCounters>;
}

/** Distinct names kept for each device, so that a client that types noise cannot fill the memory. */
const MAX_NAMES = 500;

const zero = () => ({
  connections: 0,
  logins: 0,
  auth_failures: 0,
  open_sessions: 0,
  peak_sessions: 0,
  overlapping_sessions: 0,
  http_requests: 0,
});

export type Countable = 'connections' | 'logins' | 'auth_failures' | 'http_requests';

export interface CounterBook {
  count: (device: string, what: Countable) => void;
  command: (device: string, name: string) => void;
  opened: (device: string) => void;
  closed: (device: string) => void;
  snapshot: () => Counters;
  /** Resolves when no session is open; rejects after `ms`, naming the devices that still have one. */
  idle: (ms: number) => Promise<void>;
  /** Sets everything to zero but the sessions that are open. */
  reset: () => void;
}

export function createCounters(devices: string[]): CounterBook {
  const book = new Map<string, DeviceCounters>(devices.map((name) => [name, { ...zero(), commands: {} }]));
  const totals: TotalCounters = { ...zero(), commands: 0 };
  const of = (name: string): DeviceCounters => {
    const found = book.get(name);
    if (!found) throw new Error(`no counters for ${name}`);
    return found;
  };
  const waiting = new Set<() => void>();
  const opened = (counters: DeviceCounters | TotalCounters): void => {
    counters.open_sessions++;
    counters.peak_sessions = Math.max(counters.peak_sessions, counters.open_sessions);
  };
  return {
    count: (name, what) => {
      of(name)[what]++;
      totals[what]++;
    },
    command: (name, command) => {
      const { commands } = of(name);
      totals.commands++;
      if (command in commands || Object.keys(commands).length < MAX_NAMES) commands[command] = (commands[command] ?? 0) + 1;
    },
    opened: (name) => {
      const device = of(name);
      opened(device);
      opened(totals);
      if (device.open_sessions > 1) {
        device.overlapping_sessions++;
        totals.overlapping_sessions++;
      }
    },
    closed: (name) => {
      of(name).open_sessions--;
      totals.open_sessions--;
      if (totals.open_sessions === 0) for (const done of waiting) done();
    },
    idle: (ms) =>
      new Promise((resolve, reject) => {
        if (totals.open_sessions === 0) return resolve();
        const done = (): void => {
          waiting.delete(done);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(done);
          const open = [...book].filter(([, device]) => device.open_sessions > 0).map(([name]) => name);
          reject(new Error(`sessions are still open after ${ms} ms: ${open.slice(0, 10).join(', ')}`));
        }, ms);
        waiting.add(done);
      }),
    snapshot: () => structuredClone({ totals, devices: Object.fromEntries(book) }),
    reset: () => {
      for (const device of book.values()) {
        const open = device.open_sessions;
        Object.assign(device, zero(), { commands: {}, open_sessions: open, peak_sessions: open });
      }
      const open = totals.open_sessions;
      Object.assign(totals, zero(), { commands: 0, open_sessions: open, peak_sessions: open });
    },
  };
}
