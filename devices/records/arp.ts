import type { ArpEntry } from '../../core/facts.ts';
import type { Row } from '../platform.ts';
import { canonicalMac, RowError, text, vrf } from './fields.ts';
import { canonicalAddress } from './prefix.ts';

const ADDRESS = ['address', 'ip_address', 'ip', 'ipv4_address', 'dst'] as const;
const MAC = ['mac', 'mac_address', 'hardware_address', 'lladdr', 'hw_address'] as const;
const INTERFACE = ['interface', 'port', 'port_id', 'dev', 'ifname'] as const;

/** `Vlan10, Port-Channel2` is a VLAN interface and the port behind it: the first is the interface. */
export function arpEntries(row: Row): ArpEntry[] {
  const address = canonicalAddress(text(row, ADDRESS));
  if (address === null) throw new RowError('address', row);
  return [
    {
      address,
      mac: canonicalMac(text(row, MAC)),
      interface: text(row, INTERFACE)?.replace(/,.*$/, '') ?? null,
      vrf: vrf(row, ['vrf', 'vrf_name', 'vpn_instance']),
    },
  ];
}
