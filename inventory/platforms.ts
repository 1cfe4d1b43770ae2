/** Cairn's name of each platform, and what inventories call it: slugs of NetBox, network drivers of Nautobot (those of netutils), NAPALM. */
const NAMES: Record<string, string[]> = {
  arista_eos: ['eos', 'arista'],
  aruba_aoscx: ['aoscx', 'aos_cx', 'aruba_aos_cx', 'arubaos_cx', 'aruba_cx'],
  cisco_asa: ['asa'],
  cisco_ios: ['ios', 'iosxe', 'ios_xe', 'cisco_xe', 'cisco_iosxe', 'cisco_ios_xe'],
  cisco_nxos: ['nxos', 'nx_os', 'cisco_nx_os', 'nxos_ssh'],
  cisco_xr: ['iosxr', 'ios_xr', 'cisco_iosxr', 'cisco_ios_xr'],
  fortinet: ['fortios', 'fortigate', 'fortinet_fortios', 'forti_os'],
  frr: ['frrouting', 'free_range_routing'],
  hp_procurve: ['procurve', 'aruba_procurve', 'aruba_osswitch', 'arubaos_switch', 'aruba_os_switch', 'hpe_procurve'],
  huawei_vrp: ['vrp', 'huawei', 'huawei_vrpv8'],
  juniper_junos: ['junos', 'juniper', 'junos_os'],
  linux: ['linux_ssh', 'debian', 'debian_linux', 'ubuntu', 'ubuntu_linux'],
  mikrotik_routeros: ['routeros', 'mikrotik', 'router_os'],
  paloalto_panos: [
    'panos',
    'pan_os',
    'palo_alto',
    'paloalto',
    'palo_alto_panos',
    'palo_alto_pan_os',
    'palo_alto_networks_pan_os',
  ],
};

const ALIASES = new Map(Object.entries(NAMES).flatMap(([name, aliases]) => aliases.map((alias) => [alias, name] as const)));

/**
 * Finds the platform that an inventory means, whatever its letter case and separators; null for none. `names` are those that
 * Cairn knows, with those of the user; `auto` lets the first login find out.
 */
export function createPlatformMap(names: readonly string[]): (text: string) => string | null {
  const known = new Set(names);
  return (text) => {
    const plain = text
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '');
    const name = known.has(plain) ? plain : (ALIASES.get(plain) ?? null);
    return name !== null && known.has(name) ? name : null;
  };
}
