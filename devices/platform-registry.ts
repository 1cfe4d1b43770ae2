import type { Platform } from './platform.ts';
import { platforms } from './platforms/index.ts';

/** Every platform that a process knows: the built-in ones and those of a user's folder. */
export interface PlatformRegistry {
  /** By name or alias, in any case; null where there is none. */
  find(name: string): Platform | null;
  all: Platform[];
}

/** A platform of the user replaces the built-in one of the same name. */
export function platformRegistry(users: Platform[] = []): PlatformRegistry {
  const all = new Map([...Object.values(platforms), ...users].map((platform) => [platform.name, platform]));
  const byName = new Map<string, Platform>();
  for (const platform of all.values()) for (const alias of platform.aliases ?? []) byName.set(alias.toLowerCase(), platform);
  for (const platform of all.values()) byName.set(platform.name.toLowerCase(), platform);
  return { find: (name) => byName.get(name.trim().toLowerCase()) ?? null, all: [...all.values()] };
}
