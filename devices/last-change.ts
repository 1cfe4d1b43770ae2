import type { Platform } from './platform.ts';

/** Comments that name the last change stand at the beginning. */
const HEAD = 4_000;

export interface LastChange {
  user: string | null;
  /** As the device writes it, e.g. `10:00:13 UTC Mon Mar 4 2024`. */
  at: string | null;
}

/** Who changed the configuration last, and when, where the device writes it into its configuration. */
export function lastChangedBy(platform: Platform, text: string): LastChange {
  const groups = platform.config.changed?.exec(text.slice(0, HEAD))?.groups;
  return { user: groups?.['user'] ?? null, at: groups?.['at'] ?? null };
}
