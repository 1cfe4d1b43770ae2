/** What inventories call a platform besides its name and the aliases that it has itself: slugs of NetBox, drivers of Nautobot and NAPALM. */
const NAMES: Record<string, string[]> = {
  aruba_aoscx: ['aos_cx', 'aruba_aos_cx', 'arubaos_cx', 'aruba_cx'],
  cisco_ios: ['ios_xe', 'cisco_ios_xe'],
  cisco_nxos: ['nx_os', 'cisco_nx_os', 'nxos_ssh'],
  cisco_xr: ['ios_xr', 'cisco_ios_xr'],
  fortinet: ['fortinet_fortios', 'forti_os'],
  frr: ['free_range_routing'],
  hp_procurve: ['aruba_os_switch', 'hpe_procurve'],
  juniper_junos: ['junos_os'],
  linux: ['debian', 'debian_linux', 'ubuntu', 'ubuntu_linux'],
  mikrotik_routeros: ['router_os'],
  paloalto_panos: ['pan_os', 'palo_alto', 'palo_alto_panos', 'palo_alto_pan_os', 'palo_alto_networks_pan_os'],
};

const ALIASES = new Map(Object.entries(NAMES).flatMap(([name, aliases]) => aliases.map((alias) => [alias, name] as const)));

/**
 * Finds the platform that an inventory means, whatever its letter case and separators; null for none. `find` knows the names and
 * aliases of Cairn's platforms, those of the user, and `auto`, which lets the first login find out.
 */
export function createPlatformMap(find: (text: string) => string | null): (text: string) => string | null {
  return (text) => {
    const plain = text
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '');
    return find(text.trim()) ?? find(plain) ?? find(ALIASES.get(plain) ?? '');
  };
}
