import type { Platform } from '../platform.ts';
import { aristaEos } from './arista_eos.ts';
import { arubaAoscx } from './aruba_aoscx.ts';
import { ciscoAsa } from './cisco_asa.ts';
import { ciscoIos } from './cisco_ios.ts';
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

const ALL: Platform[] = [
  aristaEos,
  arubaAoscx,
  ciscoAsa,
  ciscoIos,
  ciscoNxos,
  ciscoXr,
  fortinet,
  frr,
  hpProcurve,
  huaweiVrp,
  juniperJunos,
  linux,
  mikrotikRouteros,
  paloaltoPanos,
];

/** By name. */
export const platforms: Record<string, Platform> = Object.fromEntries(ALL.map((platform) => [platform.name, platform]));

const byAlias = new Map(ALL.flatMap((platform) => [platform.name, ...(platform.aliases ?? [])].map((name) => [name, platform])));

/** By name or alias, in any case; null where there is none. */
export function findPlatform(name: string): Platform | null {
  return byAlias.get(name.trim().toLowerCase()) ?? null;
}
