import { dottedMac } from '../address.ts';
import type { RenderContext } from '../platform.ts';
import { cdpWords } from '../records.ts';
import { LETTERS, short, TECH } from './cisco-ios.ts';

/** CDP in detail, as IOS and IOS-XE print it. */
export function cdpDetail({ facts }: RenderContext): string {
  const blocks = facts.cdp.map(
    (fact) => `-------------------------
Device ID: ${fact.cdpId}
Entry address(es): 
${fact.address ? `  IP address: ${fact.address}\n` : ''}Platform: ${fact.platform},  Capabilities: ${cdpWords(fact).join(' ')} 
Interface: ${fact.port.name},  Port ID (outgoing port): ${fact.remotePortFull}
Holdtime : 152 sec

Version :
${fact.description}
${TECH}

advertisement version: 2
Native VLAN: 1
Duplex: full
Management address(es): 
${fact.address ? `  IP address: ${fact.address}\n` : ''}
`,
  );
  return `${blocks.join('')}\nTotal cdp entries displayed : ${facts.cdp.length}\n`;
}

export function lldpDetail({ facts }: RenderContext): string {
  const blocks = facts.lldp.map((fact) => {
    const letters = fact.capabilities.map((capability) => LETTERS[capability]).join(',');
    return `------------------------------------------------
Local Intf: ${short(fact.port.name)}
Chassis id: ${dottedMac(fact.mac)}
Port id: ${fact.remotePort}
Port Description: ${fact.remotePortDescription}
System Name: ${fact.name}

System Description: 
${fact.description}

Time remaining: ${90 + (fact.port.number % 30)} seconds
System Capabilities: ${letters}
Enabled Capabilities: ${letters}
Management Addresses${fact.address ? `:\n    IP: ${fact.address}` : ' - not advertised'}
Auto Negotiation - not supported
Physical media capabilities - not advertised
Media Attachment Unit type - not advertised
Vlan ID: - not advertised

`;
  });
  return `${blocks.join('')}\nTotal entries displayed: ${facts.lldp.length}\n`;
}

export function lldpBrief({ facts }: RenderContext): string {
  const lines = facts.lldp.map((fact) => {
    const letters = fact.capabilities.map((capability) => LETTERS[capability]).join(',');
    return `${fact.name.slice(0, 20).padEnd(20)}${short(fact.port.name).padEnd(15)}120        ${letters.padEnd(16)}${fact.remotePort}`;
  });
  return `Capability codes:
    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other

Device ID           Local Intf     Hold-time  Capability      Port ID
${lines.join('\n')}

Total entries displayed: ${facts.lldp.length}

`;
}

const UNUSED = ['vlan_id', 'mac_address', 'serial', 'manufacturer', 'hw_revision', 'fw_revision', 'sw_revision', 'platform'];
const POWER = ['pair', 'class', 'device_type', 'priority', 'source', 'requested'].map((name) => `power_${name}`);

/** The rows the ntc template gives for `show lldp neighbors detail`: most of its columns are for telephones. */
export function lldpRows({ facts }: RenderContext): Record<string, string>[] {
  const empty = Object.fromEntries([...UNUSED, ...POWER].map((name) => [name, '']));
  return facts.lldp.map((fact) => ({
    ...empty,
    local_interface: short(fact.port.name),
    chassis_id: dottedMac(fact.mac),
    neighbor_port_id: fact.remotePort,
    neighbor_interface: fact.remotePortDescription,
    neighbor_name: fact.name,
    neighbor_description: fact.description,
    capabilities: fact.capabilities.map((capability) => LETTERS[capability]).join(','),
    mgmt_address: fact.address ?? '',
  }));
}

export function cdpRows({ facts }: RenderContext): Record<string, string>[] {
  return facts.cdp.map((fact) => ({
    neighbor_name: fact.cdpId,
    mgmt_address: fact.address ?? '',
    platform: fact.platform,
    neighbor_interface: fact.remotePortFull,
    local_interface: fact.port.name,
    neighbor_description: fact.description,
    capabilities: cdpWords(fact).join(' '),
  }));
}
