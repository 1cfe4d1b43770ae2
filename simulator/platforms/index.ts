import { arubaAoscx } from './aruba_aoscx.ts';
import { ciscoAsa } from './cisco_asa.ts';
import { ciscoNxos } from './cisco_nxos.ts';
import { ciscoXr } from './cisco_xr.ts';
import { fortinet } from './fortinet.ts';
import { frr } from './frr.ts';
import { hpProcurve } from './hp_procurve.ts';
import { huaweiVrp } from './huawei_vrp.ts';
import { juniperJunos } from './juniper_junos.ts';
import { linux } from './linux.ts';
import { mikrotikRouteros } from './mikrotik_routeros.ts';
import { paloaltoPanos } from './paloalto_panos.ts';
import type { SimPlatform } from '../platform.ts';
import { aristaEos } from './arista_eos.ts';
import { ciscoIos } from './cisco_ios.ts';

const ALL: SimPlatform[] = [
  ciscoIos,
  ciscoNxos,
  ciscoXr,
  ciscoAsa,
  aristaEos,
  juniperJunos,
  hpProcurve,
  arubaAoscx,
  huaweiVrp,
  fortinet,
  paloaltoPanos,
  mikrotikRouteros,
  frr,
  linux,
];

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
