import { dottedMac, ipNumber } from '../address.ts';
import { accessList } from '../configs.ts';
import type { SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import { cdpWords, type RouteView } from '../records.ts';
import { ciscoAge, rib, type Protocol } from '../rib.ts';
import { LETTERS } from './cisco-ios.ts';

export const VERSION = '9.3(8)';

/** How NX-OS prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: false, metric: 0 },
  blackhole: { interface: 'Null0', distance: 1, metric: 0 },
  ospf: { types: true, area: false },
  bgp: { recursive: true, metric: 0, attributes: false },
  inactive: false,
};

export const short = (name: string): string =>
  name
    .replace(/^Ethernet/, 'Eth')
    .replace(/^port-channel/, 'Po')
    .replace(/^loopback/, 'Lo');

const TYPE = { intra: 'intra', inter: 'inter', 'external-2': 'type-2' };

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const entries = rib(context).filter((entry) => entry.active && (protocol === null || entry.protocol === protocol));
  const blocks = entries.map((entry) => {
    const age = ciscoAge(entry.age);
    const cost = `[${VIEW.distance[entry.source]}/${entry.metric}], ${age}`;
    const direct = entry.protocol === 'connected' || entry.protocol === 'local';
    const hops = entry.bgp && !entry.blackhole ? [{ address: entry.bgp.nextHop, interface: null }] : entry.nextHops;
    const lines = hops.map((hop) => {
      if (entry.blackhole) return `    *via Null0, ${cost}, static`;
      if (direct) {
        const own = context.facts.connected.find((fact) => fact.interface === hop.interface);
        return `    *via ${own?.address}, ${short(hop.interface ?? '')}, ${cost}, ${entry.protocol === 'local' ? 'local' : 'direct'}`;
      }
      if (entry.ospf) return `    *via ${hop.address}, ${short(hop.interface ?? '')}, ${cost}, ospf-1, ${TYPE[entry.ospf.type]}`;
      if (entry.bgp) {
        const kind = entry.source === 'ebgp' ? 'external' : 'internal';
        return `    *via ${hop.address}, ${cost}, bgp-65001, ${kind}, tag ${entry.bgp.asPath[0] ?? 65001}`;
      }
      return `    *via ${hop.address}, ${cost}, static`;
    });
    return `${entry.network}/${entry.length}, ubest/mbest: ${hops.length}/0${direct ? ', attached' : ''}\n${lines.join('\n')}\n`;
  });
  return `IP Route Table for VRF "default"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

${blocks.join('')}
`;
}

export function macText({ facts, device }: RenderContext): string {
  const gateway =
    facts.macs.length > 0 ? `G    -     ${dottedMac(device.chassisMac)}   static   -         F      F    sup-eth1(R)\n` : '';
  const lines = facts.macs.map(
    ({ mac, vlan, port }) =>
      `*${String(vlan).padStart(5)}     ${dottedMac(mac)}   dynamic  0         F      F    ${short(port.name)}\n`,
  );
  return `Legend: 
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
        age - seconds since last seen,+ - primary entry using vPC Peer-Link,
        (T) - True, (F) - False, C - ControlPlane MAC, ~ - vsan
   VLAN     MAC Address      Type      age     Secure NTFY Ports
---------+-----------------+--------+---------+------+----+------------------
${lines.join('')}${gateway}`;
}

const ARP_LEGEND = `Flags: * - Adjacencies learnt on non-active FHRP router
       + - Adjacencies synced via CFSoE
       # - Adjacencies Throttled for Glean
       CP - Added via L2RIB, Control plane Adjacencies
       PS - Added via L2RIB, Peer Sync
       RO - Re-Originated Peer Sync Entry

IP ARP Table for all contexts
`;

/** `show ip arp`; in detail with the port behind a VLAN interface and the VRF. */
export function arpText({ facts }: RenderContext, detail: boolean): string {
  const entries = facts.arp.filter((entry) => !entry.own);
  const lines = entries.map(({ address, mac, port, behind }) => {
    const age = `00:${String(ipNumber(address) % 20).padStart(2, '0')}:31`;
    const head = `${address.padEnd(15)} ${age}  ${mac ? dottedMac(mac) : 'INCOMPLETE    '}  ${port.unit.padEnd(15)}`;
    return detail ? `${head}  ${(behind ?? port).name.padEnd(27)}  default\n` : `${head}\n`;
  });
  const columns = detail ? 'Interface        Physical Interface  Flags    VRF Name' : 'Interface       Flags';
  return `${detail ? '' : '\n'}${ARP_LEGEND}Total number of entries: ${entries.length}
Address         Age       MAC Address     ${columns}
${lines.join('')}`;
}

export function interfaceText(port: SimInterface): string {
  const mac = port.mac ? `address: ${dottedMac(port.mac)} (bia ${dottedMac(port.mac)})` : '';
  const address = port.addresses.map((cidr) => `  Internet Address is ${cidr}`);
  const description = port.description ? [`  Description: ${port.description}`] : [];
  const mtu = `  MTU ${port.mtu} bytes, BW ${port.speed / 1000} Kbit, DLY 10 usec`;
  const load = '  reliability 255/255, txload 1/255, rxload 1/255';
  if (port.role === 'svi') {
    return [
      `${port.name} is ${port.up ? 'up' : 'down'}, line protocol is ${port.up ? 'up' : 'down'}, autostate enabled`,
      `  Hardware is EtherSVI, address is  ${dottedMac(port.mac ?? '')}`,
      ...description,
      ...address,
      mtu,
      '',
    ].join('\n');
  }
  const reason = port.up ? 'up' : `down (${port.admin ? 'Link not connected' : 'Administratively down'})`;
  if (port.role === 'loopback') {
    return [`${port.name} is up`, 'admin state is up', '  Hardware: Loopback', ...description, ...address, mtu, load, ''].join(
      '\n',
    );
  }
  return [
    `${port.name} is ${reason}`,
    `admin state is ${port.admin ? 'up' : 'down'}, Dedicated Interface`,
    ...(port.lag ? [`  Belongs to ${short(port.lag.name)}`] : []),
    `  Hardware: ${port.role === 'lag' ? 'Port-Channel' : '100/1000/10000 Ethernet'}, ${mac}`,
    ...description,
    ...address,
    mtu,
    load,
    '  Encapsulation ARPA, medium is broadcast',
    ...(port.role === 'access' ? ['  Port mode is access'] : []),
    port.up ? `  full-duplex, ${port.speed / 1e9} Gb/s` : '  auto-duplex, auto-speed',
    '  Beacon is turned off',
    '  Input flow-control is off, output flow-control is off',
    '  Last clearing of "show interface" counters never',
    '  RX',
    '    140712 unicast packets  4311 multicast packets  811 broadcast packets',
    '    145834 input packets  12063517 bytes',
    '  TX',
    '    98541 output packets  9072311 bytes',
    '',
  ].join('\n');
}

export function cdpDetail({ facts }: RenderContext): string {
  return facts.cdp
    .map(
      (fact) => `----------------------------------------
Device ID:${fact.cdpId}
${fact.cdpSystemName ? `System Name: ${fact.cdpSystemName}\n` : ''}
Interface address(es):
${fact.address ? `    IPv4 Address: ${fact.address}\n` : ''}Platform: ${fact.platform}, Capabilities: ${cdpWords(fact).join(' ')}
Interface: ${fact.port.name}, Port ID (outgoing port): ${fact.remotePortFull}
Holdtime: 152 sec

Version:
${fact.description}

Advertisement Version: 2
Native VLAN: 1
Duplex: full
${fact.address ? `Mgmt address(es):\n    IPv4 Address: ${fact.address}\n` : ''}
`,
    )
    .join('');
}

export function lldpDetail({ facts }: RenderContext): string {
  const blocks = facts.lldp.map((fact) => {
    const letters = fact.capabilities.map((capability) => LETTERS[capability]).join(', ');
    return `Chassis id: ${dottedMac(fact.mac)}
Port id: ${fact.remotePort}
Local Port id: ${short(fact.port.name)}
Port Description: ${fact.remotePortDescription}
System Name: ${fact.name}
System Description: ${fact.description}
Time remaining: ${90 + (fact.port.number % 30)} seconds
System Capabilities: ${letters}
Enabled Capabilities: ${letters}
Management Address: ${fact.address ?? 'not advertised'}
Management Address IPV6: not advertised
Vlan ID: not advertised

`;
  });
  return `Capability codes:
  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other
Device ID            Local Intf      Hold-time  Capability  Port ID  

${blocks.join('')}Total entries displayed: ${facts.lldp.length}
`;
}

export function versionText({ device }: RenderContext): string {
  return `Cisco Nexus Operating System (NX-OS) Software
Software
  BIOS: version 05.45
  NXOS: version ${VERSION}
  NXOS image file is: bootflash:///nxos.9.3.8.bin

Hardware
  cisco Nexus9000 ${device.model} Chassis
  Processor Board ID ${device.serial}
  Device name: ${device.name}
Kernel uptime is ${100 + (device.index % 200)} day(s), 3 hour(s), 12 minute(s), 7 second(s)

Last reset at 120000 usecs after Sun Mar 3 02:14:07 2024
  Reason: Reset Requested by CLI command reload
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    '!Command: show running-config',
    '!Running configuration last done at: Mon Mar  4 09:12:44 2024',
    `!Time: Mon Mar  4 10:${String(device.revision % 60).padStart(2, '0')}:13 2024`,
    '',
    `version ${VERSION} Bios:version 05.45`,
    `hostname ${device.name}`,
    'feature ospf',
    'feature bgp',
    'feature lldp',
    '',
    `username admin password 5 $5$${secret(16, 'admin')}  role network-admin`,
    ...accessList(device, 'ip access-list EDGE-IN', (rule) => `  10 ${rule}`),
    `snmp-server user admin network-admin auth md5 0x${secret(32, 'snmp')} priv 0x${secret(32, 'priv')} localizedkey`,
    ...(device.revision > 0 ? [`cli alias name rev show clock ${device.revision}`] : []),
    '',
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`ip route ${route.network}/${route.length} Null0`]
        : route.nextHops.map((hop) => `ip route ${route.network}/${route.length} ${hop.address}`),
    ),
    ...facts.interfaces.flatMap((port) => [
      '',
      `interface ${port.name}`,
      ...(port.description ? [`  description ${port.description}`] : []),
      ...(port.lag ? [`  channel-group ${port.lag.number} mode active`] : []),
      ...(port.role === 'access' ? [`  switchport access vlan ${port.vlan}`] : []),
      ...port.addresses.map((cidr) => `  ip address ${cidr}`),
      ...(port.admin ? ['  no shutdown'] : []),
    ]),
    'boot nxos bootflash:/nxos.9.3.8.bin',
    'router ospf 1',
    `  router-id ${device.loopback}`,
    '',
    '',
  ].join('\n');
}
