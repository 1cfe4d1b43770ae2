import type { Capability, PortRole, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits, pick } from '../random.ts';
import type { RouteView } from '../records.ts';
import { rib, type Protocol } from '../rib.ts';
import { LETTERS } from './cisco-ios.ts';

export const VERSION = '10.1.9';

/** How PAN-OS prints routes; it has no distances, the numbers here are never shown. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 10, ospf: 30, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: true, metric: 10 },
  blackhole: { interface: null, distance: null, metric: 10 },
  ospf: { types: true, area: false },
  bgp: { recursive: true, metric: null, attributes: false },
  inactive: false,
};

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const lines = rib(context).flatMap((entry) => {
    if (!entry.active || (protocol !== null && entry.protocol !== protocol)) return [];
    const flags = entry.ospf
      ? `A ${{ intra: 'Oi', inter: 'Oo', 'external-2': 'O2' }[entry.ospf.type]}`
      : { connected: 'A C', local: 'A H', static: 'A S', bgp: 'A?B', ospf: '' }[entry.protocol];
    const hops = entry.bgp ? [{ address: entry.bgp.nextHop, interface: null }] : entry.nextHops;
    const metric = entry.protocol === 'bgp' ? '' : String(entry.protocol === 'static' ? 10 : entry.metric);
    const aged = entry.protocol === 'bgp' || entry.protocol === 'ospf' ? String(entry.age) : '';
    return hops.map((hop) => {
      const own =
        entry.protocol === 'local'
          ? '0.0.0.0'
          : (context.facts.connected.find((fact) => fact.interface === hop.interface)?.address ?? '');
      const next = entry.blackhole ? 'discard' : (hop.address ?? own);
      const port = entry.protocol === 'local' ? '' : (hop.interface ?? '');
      const equal = entry.nextHops.length > 1 && !entry.bgp ? ' E' : '';
      const columns = [
        `${entry.network}/${entry.length}`.padEnd(43),
        next.padEnd(39),
        metric.padEnd(6),
        `${flags}${equal}`.padEnd(8),
        aged.padEnd(8),
        port.padEnd(18),
        String(entry.bgp?.asPath[0] ?? ''),
      ];
      return `${columns.join(' ').trimEnd()}\n`;
    });
  });
  return `
flags: A:active, ?:loose, C:connect, H:host, S:static, ~:internal, R:rip, O:ospf, B:bgp, 
       Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext-type-1, O2:ospf ext-type-2, E:ecmp, M:multicast


VIRTUAL ROUTER: default (id 1)
  ==========
destination                                 nexthop                                 metric flags      age   interface          next-AS
${lines.join('')}total routes shown: ${lines.length}

`;
}

const RULE = '-'.repeat(80);

export function macText({ facts }: RenderContext): string {
  const lines = facts.macs.map(
    ({ mac, vlan, port }) => `${`vlan${vlan}`.padEnd(19)} ${mac} ${port.name.padEnd(19)} c      ${1000 + port.number}\n`,
  );
  return `
maximum of entries supported :      1500
default timeout :                   1800 seconds
total MAC entries in table :        ${lines.length}
total MAC entries shown :           ${lines.length}
status: s - static, c - complete, i - incomplete

vlan                hw address        interface         status   ttl
${RULE}
${lines.join('')}
`;
}

export function arpText({ facts }: RenderContext): string {
  const entries = facts.arp.filter((entry) => !entry.own);
  const lines = entries.map(({ address, mac, port, behind }) => {
    const hardware = (mac ?? '(incomplete)').padEnd(17);
    return `${port.unit.padEnd(17)} ${address.padEnd(15)} ${hardware} ${(behind ?? port).name.padEnd(19)} ${mac ? 'c' : 'i'}      ${600 + port.number}\n`;
  });
  return `
maximum of entries supported :      1500
default timeout:                    1800 seconds
total ARP entries in table :        ${entries.length}
total ARP entries shown :           ${entries.length}
status: s - static, c - complete, e - expiring, i - incomplete

interface         ip address      hw address        port              status   ttl
${RULE}
${lines.join('')}
`;
}

/** Hardware interfaces; the management port is not among them. */
export const hardware = ({ facts }: RenderContext): SimInterface[] =>
  facts.interfaces.filter(({ role }) => role === 'fabric' || role === 'access' || role === 'lag');
/** Logical interfaces: those of the hardware, and what exists only in software. */
export const logical = (context: RenderContext): SimInterface[] => [
  ...hardware(context),
  ...context.facts.interfaces.filter(({ role }) => role === 'svi' || role === 'loopback'),
];

const ZONES: Record<PortRole, string> = {
  mgmt: '',
  loopback: 'local',
  fabric: 'core',
  lag: 'core',
  access: 'users',
  svi: 'users',
  bridge: '',
};

/** Speed, duplex and state; `all` has the error correction behind them. */
function stateOf(port: SimInterface, correction: boolean): string {
  const [state, last] =
    port.role === 'lag'
      ? [`[n/a]/[n/a]/${port.up ? 'up' : 'down'}`, '/[n/a]']
      : port.up
        ? [`${port.speed / 1e6}/full/up`, '/auto']
        : [`ukn/ukn/down(${port.admin ? 'autoneg' : 'power-down'})`, '/ukn'];
  return `${state}${correction ? last : ''}`;
}

export function hardwareText(context: RenderContext, correction = false): string {
  const ports = hardware(context);
  const lines = ports.map(
    (port, index) =>
      `${port.name.padEnd(23)} ${String(16 + index).padEnd(5)} ${stateOf(port, correction).padEnd(27)} ${port.mac}\n`,
  );
  const groups = ports.filter((port) => port.role === 'lag');
  const members = groups.map((group) => {
    const names = ports.filter((port) => port.lag === group).map((port) => port.name);
    return `${group.name} members:\n  ${names.join(' ')}\n`;
  });
  return `
total configured hardware interfaces: ${lines.length}

name                    id    speed/duplex/state${correction ? '/fec' : '    '}        mac address
${RULE}
${lines.join('')}
aggregation groups: ${groups.length}
${members.join('')}
`;
}

export function logicalText(context: RenderContext): string {
  const lines = logical(context).map((port, index) => {
    const columns = [
      port.unit.padEnd(19),
      String(16 + index).padEnd(5),
      '1   ',
      ZONES[port.role].padEnd(16),
      'vr:default'.padEnd(24),
      '0     ',
    ];
    return `${columns.join(' ')} ${port.addresses[0] ?? 'N/A'}\n`;
  });
  return `
total configured logical interfaces: ${lines.length}

name                id    vsys zone             forwarding               tag    address
------------------- ----- ---- ---------------- ------------------------ ------ ------------------
${lines.join('')}
`;
}

const letters = (capabilities: Capability[]): string => capabilities.map((capability) => `${LETTERS[capability]},`).join(' ');

export function lldpText({ facts }: RenderContext): string {
  return facts.lldp
    .map(
      (fact) => `
Local information:
Index ${15 + fact.port.number}
Local interface: ${fact.port.name}
Local Port ID: ${fact.port.number}
Neighbor information:

Chassis type: MAC address
Chassis ID: ${fact.mac}
Port type: Interface name
Port ID: ${fact.remotePort}
Port description: ${fact.remotePortDescription}
TTL: 105
System name: ${fact.name}
System description: ${fact.description}
System capabilities:
Supported: ${letters(fact.capabilities)}
Enabled: ${letters(fact.capabilities)}
${fact.address ? `Management address type: ipv4\nManagement address: ${fact.address}\nInterface number: 18690\nInterface type: Ifindex\noid: \n` : ''}
`,
    )
    .join('');
}

export function systemText({ device }: RenderContext): string {
  return `
hostname: ${device.name}
ip-address: ${device.host}
netmask: 255.255.0.0
default-gateway: ${device.host.replace(/\d+$/, '254')}
mac-address: ${device.chassisMac}
time: Mon Mar  4 10:12:13 2024
uptime: ${10 + (device.index % 90)} days, 3:12:44
family: 3400
model: ${device.model}
serial: ${device.serial}
sw-version: ${VERSION}
multi-vsys: off
operational-mode: normal
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  const block = (name: string, lines: string[], depth: number): string[] => {
    const pad = '  '.repeat(depth);
    return [`${pad}${name} {`, ...lines, `${pad}}`];
  };
  const statement = (depth: number, text: string): string => `${'  '.repeat(depth)}${text};`;
  const ports = facts.interfaces.flatMap((port) =>
    block(
      port.name,
      [
        ...port.addresses.flatMap((cidr) => block('layer3', block('ip', [statement(5, cidr)], 4), 3)),
        ...(port.description ? [statement(3, `comment "${port.description}"`)] : []),
      ],
      2,
    ),
  );
  const rules = Array.from({ length: device.rules }, (_, k) =>
    block(`rule${k}`, [statement(3, `source 10.${pick(250, device.index, k)}.0.0/16`), statement(3, 'action allow')], 2),
  ).flat();
  return [
    '',
    ...block('mgt-config', block('users', block('admin', [statement(3, `phash $5$${secret(24, 'admin')}`)], 2), 1), 0),
    ...block(
      'deviceconfig',
      block(
        'system',
        [
          statement(2, `hostname ${device.name}`),
          ...(device.revision > 0 ? [statement(2, `login-banner "revision ${device.revision}"`)] : []),
        ],
        1,
      ),
      0,
    ),
    ...block('network', block('interface', ports, 1), 0),
    ...block('rulebase', block('security', rules, 1), 0),
    '',
    '',
  ].join('\n');
}
