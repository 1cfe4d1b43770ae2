import { hostOf, netmask, splitCidr } from '../address.ts';
import { accessList } from '../configs.ts';
import type { Capability, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import type { RouteView } from '../records.ts';
import { rib, type Protocol } from '../rib.ts';

export const VERSION = 'YA.16.11.0012';

/** How ArubaOS-Switch prints routes: by VLAN, never by port. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: true, metric: 1 },
  blackhole: { interface: null, distance: 1, metric: 1 },
  ospf: { types: true, area: false },
  bgp: { recursive: true, metric: 0, attributes: false },
  inactive: false,
};

/** The VLAN id of a port's layer 3 name, e.g. 101 of `vlan101`; empty for loopbacks. */
const vlanOf = (unit: string): string => /^vlan(\d+)$/.exec(unit)?.[1] ?? '';

/** Six and six digits, as in `525400-123456`. */
const mac = (text: string): string => text.replaceAll(':', '').replace(/^(.{6})/, '$1-');

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const lines = rib(context).flatMap((entry) => {
    if (!entry.active || entry.protocol === 'local' || entry.protocol === 'bgp') return [];
    if (protocol !== null && entry.protocol !== protocol) return [];
    const sub = entry.ospf ? { intra: 'IntraArea', inter: 'InterArea', 'external-2': 'External2' }[entry.ospf.type] : '';
    const metric = entry.protocol === 'static' ? 1 : entry.metric;
    return entry.nextHops.map((hop) => {
      const vlan = vlanOf(hop.interface ?? '');
      const gateway = entry.blackhole
        ? 'blackhole'
        : entry.protocol === 'connected'
          ? (hop.interface ?? '').toUpperCase()
          : (hop.address ?? '');
      const columns = [
        `${entry.network}/${entry.length}`.padEnd(18),
        gateway.padEnd(15),
        vlan.padEnd(4),
        entry.protocol.padEnd(9),
        sub.padEnd(10),
        String(metric).padEnd(10),
        String(VIEW.distance[entry.source]),
      ];
      return `  ${columns.join(' ')}\n`;
    });
  });
  return `
                                IP Route Entries

  Destination        Gateway         VLAN Type      Sub-Type   Metric     Dist.
  ------------------ --------------- ---- --------- ---------- ---------- -----
${lines.join('')}
`;
}

export function macText({ facts }: RenderContext): string {
  const lines = facts.macs.map(({ mac: address, vlan, port }) => `  ${mac(address)} ${port.name.padEnd(30)} ${vlan}\n`);
  return `
 Status and Counters - Port Address Table

  MAC Address   Port                           VLAN
  ------------- ------------------------------ ----
${lines.join('')}
`;
}

/** The port behind an address: of the VLAN, or the routed port itself. */
export const arpPort = ({ port, behind }: { port: SimInterface; behind: SimInterface | null }): string =>
  behind?.name ?? port.name;

export function arpText({ facts }: RenderContext): string {
  const lines = facts.arp
    .filter((entry) => !entry.own && entry.mac !== null)
    .map((entry) => `  ${entry.address.padEnd(15)}  ${mac(entry.mac ?? '').padEnd(17)} dynamic ${arpPort(entry)}\n`);
  return `
 IP ARP table

  IP Address       MAC Address       Type    Port
  ---------------  ----------------- ------- ----
${lines.join('')}
`;
}

/** Switch ports; VLAN interfaces and loopbacks are not among them. */
export const portsOf = ({ facts }: RenderContext): SimInterface[] =>
  facts.interfaces.filter(({ role }) => role === 'fabric' || role === 'access' || role === 'mgmt');

export function interfacesBrief(context: RenderContext): string {
  const lines = portsOf(context).map((port) => {
    const mode = port.speed >= 1e10 ? '10GigFD' : '1000FDx';
    const type = port.speed >= 1e10 ? 'SFP+SR' : '100/1000T';
    const columns = [
      port.name.padEnd(8),
      type.padEnd(10),
      '|',
      'No'.padEnd(9),
      (port.admin ? 'Yes' : 'No').padEnd(7),
      port.up ? 'Up    ' : 'Down  ',
      mode.padEnd(10),
      'MDIX'.padEnd(5),
      'off   ',
      '0',
    ];
    return `  ${columns.join(' ')}\n`;
  });
  return `
 Status and Counters - Port Status

                       | Intrusion                           MDI   Flow Bcast
  Port     Type       | Alert     Enabled Status Mode       Mode  Ctrl Limit
  -------- ---------- + --------- ------- ------ ---------- ----- ---- -----
${lines.join('')}
`;
}

const WORDS: Record<Capability, string> = { bridge: 'bridge', router: 'router', wlan: 'wlan-access-point' };

export function lldpDetail({ facts }: RenderContext): string {
  const blocks = facts.lldp.map((fact) => {
    const words = fact.capabilities.map((capability) => WORDS[capability]).join(', ');
    const address = fact.address ? `  Remote Management Address\n     Type    : ipv4\n     Address : ${fact.address}\n\n` : '';
    return `  Local Port   : ${fact.port.name}
  ChassisType  : mac-address
  ChassisId    : ${mac(fact.mac)}
  PortType     : interface-name
  PortId       : ${fact.remotePort}
  SysName      : ${fact.name}
  System Descr : ${fact.description}
  PortDescr    : ${fact.remotePortDescription}
  Pvid         : 

  System Capabilities Supported  : ${words}
  System Capabilities Enabled    : ${words}

${address}------------------------------------------------------------------------------
`;
  });
  return `
 LLDP Remote Device Information Detail

${blocks.join('')}`;
}

export const cdpDetail = (): string => '\n CDP neighbors information\n\n';

export function systemText({ device }: RenderContext): string {
  return `
 Status and Counters - General System Information

  System Name        : ${device.name}
  System Contact     : noc
  System Location    : lab

  MAC Age Time (sec) : 300

  Time Zone          : 0
  Daylight Time Rule : None

  Software revision  : ${VERSION}        Base MAC Addr      : ${mac(device.chassisMac)}
  ROM Version        : YA.15.20          Serial Number      : ${device.serial}

  Up Time            : ${10 + (device.index % 90)} days           Memory   - Total   : 98,336,768
  CPU Util (%)       : 4                            Free    : 63,218,560

  IP Mgmt  - Pkts Rx : 17,222,115        Packet   - Total   : 6600
             Pkts Tx : 9,711,540         Buffers    Free    : 4929
                                                    Lowest  : 4683
                                                    Missed  : 0

`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    'Running configuration:',
    '',
    `; ${device.model} Configuration Editor; Created on release #${VERSION}`,
    `; Ver #14:67.6f.f8.1d.9b.3f.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:${device.revision}`,
    `hostname "${device.name}"`,
    ...accessList(device, 'ip access-list extended "EDGE-IN"', (rule) => `     10 ${rule}`),
    '   exit',
    ...facts.interfaces
      .filter((port) => port.role === 'access' || port.role === 'fabric')
      .flatMap((port) => [
        `interface ${port.name}`,
        ...(port.admin ? [] : ['   disable']),
        ...(port.description ? [`   name "${port.description}"`] : []),
        '   exit',
      ]),
    `snmp-server community "${secret(12, 'snmp')}" unrestricted`,
    ...facts.static.flatMap((route) => {
      const to = route.blackhole ? ['blackhole'] : route.nextHops.map((hop) => hop.address ?? '');
      return to.map((target) => `ip route ${route.network} ${netmask(route.length)} ${target}`);
    }),
    ...facts.interfaces
      .filter((port) => port.addresses.length > 0 && port.role !== 'loopback')
      .flatMap((port) => [
        `vlan ${vlanOf(port.unit)}`,
        `   name "${port.description ?? `VLAN${vlanOf(port.unit)}`}"`,
        ...port.addresses.map((cidr) => `   ip address ${hostOf(cidr)} ${netmask(splitCidr(cidr).length)}`),
        '   exit',
      ]),
    `password manager user-name "admin" sha1 "${secret(40, 'admin').toLowerCase()}"`,
    '',
    '',
  ].join('\n');
}
