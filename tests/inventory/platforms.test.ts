import { describe, expect, it } from 'vitest';
import { platformRegistry } from '../../devices/platform-registry.ts';
import { createPlatformMap } from '../../inventory/platforms.ts';

const registry = platformRegistry();
const platform = createPlatformMap((text) => registry.find(text)?.name ?? null);

describe('what inventories call platforms', () => {
  it.each([
    ['cisco-ios', 'cisco_ios'],
    ['Cisco IOS-XE', 'cisco_ios'],
    ['cisco_xe', 'cisco_ios'],
    ['cisco-nx-os', 'cisco_nxos'],
    ['nxos_ssh', 'cisco_nxos'],
    ['iosxr', 'cisco_xr'],
    ['Cisco IOS XR', 'cisco_xr'],
    ['arista-eos', 'arista_eos'],
    ['EOS', 'arista_eos'],
    ['juniper-junos', 'juniper_junos'],
    ['FortiOS', 'fortinet'],
    ['palo-alto-networks-pan-os', 'paloalto_panos'],
    ['mikrotik-routeros', 'mikrotik_routeros'],
    ['huawei-vrp', 'huawei_vrp'],
    ['aruba_aoscx', 'aruba_aoscx'],
    ['ArubaOS-CX', 'aruba_aoscx'],
    ['aruba_osswitch', 'hp_procurve'],
    ['debian-linux', 'linux'],
    ['FRRouting', 'frr'],
  ])('%s is %s', (text, name) => {
    expect(platform(text)).toBe(name);
  });

  it.each(['vax', '', 'cisco', 'ios-15.2', '__proto__', 'constructor'])('%j is none', (text) => {
    expect(platform(text)).toBeNull();
  });

  it('a platform of the user is found by its name', () => {
    const own = createPlatformMap((text) => (text === 'our_box' ? text : null));
    expect(own('Our Box')).toBe('our_box');
    expect(own('cisco-ios-xe')).toBeNull();
  });
});
