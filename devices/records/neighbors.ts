import type { CdpNeighbor, LldpNeighbor } from '../../core/facts.ts';
import type { Row } from '../platform.ts';
import { canonicalMac, capabilities, list, RowError, text } from './fields.ts';
import { canonicalAddress } from './prefix.ts';

const LOCAL = ['local_interface', 'local_port', 'local_intf', 'local_port_id', 'parent_interface', 'interface'] as const;
const NAME = ['neighbor_name', 'neighbor', 'system_name', 'identity', 'neighbor_id', 'device_id'] as const;
const ADDRESS = [
  'neighbor_address',
  'mgmt_address',
  'management_ip',
  'mgmt_ip',
  'interface_ip',
  'ip_address',
  'ipv4_address',
  'management_ipv6',
  'ipv6_address',
  'address',
] as const;
const PORT_ID = ['neighbor_port_id', 'port_id'] as const;
const PORT = [
  'neighbor_interface',
  'neighbor_port',
  'interface_name',
  'neighbor_port_description',
  'neighbor_interface_description',
  'port_description',
] as const;
const PLATFORM = ['platform', 'board', 'model_name', 'hardware'] as const;
const CAPABILITIES = [
  'capabilities',
  'capabilities_enabled',
  'system_caps_enabled',
  'capabilities_supported',
  'system_caps',
] as const;
const CHASSIS = ['chassis_id', 'chassis', 'neighbor_chassis_id', 'mac_address'] as const;

/**
 * The neighbour's port: its port id, unless that is a MAC address or a bare number (an SNMP index) and there is a one-word
 * port description, which is then the interface name.
 */
function neighborPort(row: Row): string | null {
  const id = text(row, PORT_ID);
  const described = text(row, PORT);
  if (id === null) return described;
  const opaque = canonicalMac(id) !== null || /^\d+$/.test(id);
  return opaque && described !== null && !/\s/.test(described) ? described : id;
}

function address(row: Row): string | null {
  for (const name of ADDRESS) {
    for (const item of list(row, [name])) {
      const found = canonicalAddress(item);
      if (found !== null) return found;
    }
  }
  return null;
}

function neighbor(row: Row): CdpNeighbor {
  const local_interface = text(row, LOCAL);
  if (local_interface === null) throw new RowError('local interface', row);
  return {
    local_interface,
    neighbor_name: text(row, NAME),
    neighbor_interface: neighborPort(row),
    neighbor_address: address(row),
    platform: text(row, PLATFORM),
    capabilities: capabilities(row, CAPABILITIES),
  };
}

export function cdpNeighbors(row: Row): CdpNeighbor[] {
  return [neighbor(row)];
}

export function lldpNeighbors(row: Row): LldpNeighbor[] {
  const chassis = text(row, CHASSIS);
  return [{ ...neighbor(row), chassis_id: canonicalMac(chassis) ?? chassis }];
}
