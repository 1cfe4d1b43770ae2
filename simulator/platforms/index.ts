import type { SimPlatform } from '../platform.ts';
import { ciscoIos } from './cisco_ios.ts';

const ALL: SimPlatform[] = [ciscoIos];

/** By name. */
export const simPlatforms: ReadonlyMap<string, SimPlatform> = new Map(ALL.map((platform) => [platform.name, platform]));

/** Throws, naming those there are, where one is unknown. */
export function findSimPlatforms(names: string[]): SimPlatform[] {
  return names.map((name) => {
    const found = simPlatforms.get(name);
    if (!found) throw new Error(`no simulated platform ${name}; there are ${[...simPlatforms.keys()].join(', ')}`);
    return found;
  });
}
