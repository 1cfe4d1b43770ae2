import type { Platform } from '../platform.ts';
import { aristaEos } from './arista_eos.ts';
import { ciscoIos } from './cisco_ios.ts';
import { frr } from './frr.ts';
import { juniperJunos } from './juniper_junos.ts';
import { linux } from './linux.ts';
import { mikrotikRouteros } from './mikrotik_routeros.ts';

const ALL: Platform[] = [ciscoIos, aristaEos, juniperJunos, mikrotikRouteros, frr, linux];

/** By name. */
export const platforms: Record<string, Platform> = Object.fromEntries(ALL.map((platform) => [platform.name, platform]));

const byAlias = new Map(ALL.flatMap((platform) => [platform.name, ...(platform.aliases ?? [])].map((name) => [name, platform])));

/** By name or alias, in any case; null where there is none. */
export function findPlatform(name: string): Platform | null {
  return byAlias.get(name.trim().toLowerCase()) ?? null;
}
