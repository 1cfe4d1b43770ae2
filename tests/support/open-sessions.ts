import type { Simulator } from '../../simulator/simulator.ts';

/** Which devices had a session open between two moments, looked at every `everyMs`. */
export interface SessionWatch {
  /** Begins a window; what it returns ends it and gives the devices that had a session open at some moment in it. */
  window(): () => Set<string>;
  stop(): void;
}

/** Watches the simulator in this process. A session shorter than `everyMs` may be missed: give devices a latency above it. */
export function watchSessions(simulator: Simulator, everyMs = 40): SessionWatch {
  const windows = new Set<Set<string>>();
  const look = (into: Iterable<Set<string>>): void => {
    const open = Object.entries(simulator.counters().devices).flatMap(([name, one]) => (one.open_sessions > 0 ? name : []));
    for (const set of into) for (const name of open) set.add(name);
  };
  const timer = setInterval(() => {
    if (windows.size > 0) look(windows);
  }, everyMs);
  return {
    window() {
      const seen = new Set<string>();
      look([seen]);
      windows.add(seen);
      return () => {
        look([seen]);
        windows.delete(seen);
        return seen;
      };
    },
    stop: () => clearInterval(timer),
  };
}
