import type { MacEntry } from '../../core/facts.ts';
import type { Row } from '../platform.ts';
import { canonicalMac, integer, list, RowError, text } from './fields.ts';

const MAC = ['mac', 'mac_address', 'destination_address', 'address', 'macaddress'] as const;
const VLAN = ['vlan', 'vlan_id', 'vid'] as const;
const PORT = [
  'interface',
  'destination_port',
  'ports',
  'port',
  'destination_interface',
  'logical_interface',
  'on_interface',
] as const;
const TYPE = ['type', 'status', 'mac_type'] as const;

/** The first letter of Junos' flags: dynamic, static, persistent static. */
const FLAGS: Record<string, string> = { D: 'dynamic', S: 'static', P: 'static' };

/** One for each port: a static multicast entry has several. */
export function macEntries(row: Row): MacEntry[] {
  const mac = canonicalMac(text(row, MAC));
  if (mac === null) throw new RowError('MAC address', row);
  const vlan = integer(row, VLAN);
  const type = text(row, TYPE)?.toLowerCase() ?? FLAGS[text(row, ['mac_flag'])?.charAt(0) ?? ''] ?? null;
  const ports = list(row, PORT);
  return (ports.length === 0 ? [null] : ports).map((port) => ({ mac, vlan, interface: port, type }));
}
