import { broadcastOf, hostOf } from '../address.ts';
import type { Capability, MacFact, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { listed } from '../records.ts';
import type { RibEntry } from '../rib.ts';
import { arpLearned, arpPort, hasUnit, physicalMtu, shortNetwork, speedText, VIEW, type JunosProtocol } from './juniper-junos.ts';

/** `| display json`: every value is a list of one object with `data`; flags are `[null]`; repeated elements are one list. */
type Cell = [{ data: unknown; attributes?: Record<string, string> }];

const cell = (data: string | number): Cell => [{ data: String(data) }];
const flag: Cell = [{ data: [null] }];
const NAMES: Record<JunosProtocol, string> = { static: 'Static', ospf: 'OSPF', bgp: 'BGP' };

const print = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`;

function routeEntry(entry: RibEntry, protocol: JunosProtocol): Record<string, unknown> {
  const bgp = entry.bgp && {
    'local-preference': cell(entry.bgp.localPref),
    ...(entry.source === 'ibgp' ? { 'learned-from': cell(entry.bgp.nextHop) } : {}),
    'as-path': cell(`${entry.bgp.asPath.join(' ')} ${entry.bgp.origin === 'igp' ? 'I' : '?'}`),
    'validation-state': cell('unverified'),
  };
  return {
    'active-tag': cell('*'),
    'current-active': flag,
    'last-active': flag,
    'protocol-name': cell(NAMES[protocol]),
    preference: cell(VIEW.distance[entry.source]),
    age: [{ data: `${Math.floor(entry.age / 3600)}:00:00`, attributes: { 'junos:seconds': String(entry.age) } }],
    ...(protocol === 'ospf' ? { metric: cell(entry.metric) } : {}),
    ...(entry.source === 'ospf-external' ? { 'rt-tag': cell(0) } : {}),
    ...bgp,
    ...(entry.blackhole
      ? { 'nh-type': cell('Discard') }
      : {
          nh: entry.nextHops.map((hop, index) => ({
            ...(index === 0 ? { 'selected-next-hop': flag } : {}),
            to: cell(hop.address ?? ''),
            via: cell(hop.interface ?? ''),
          })),
        }),
  };
}

export function routesJson(context: RenderContext, protocol: JunosProtocol): string {
  const entries = listed(context, VIEW, protocol);
  const { static: fixed, ospf, bgp } = context.facts;
  const counts = (count: number) => ({
    'destination-count': cell(count),
    'total-route-count': cell(count),
    'active-route-count': cell(count),
    'holddown-route-count': cell(0),
    'hidden-route-count': cell(0),
  });
  const rt = entries.map((entry) => ({
    attributes: { 'junos:style': 'brief' },
    'rt-destination': cell(`${entry.network}/${entry.length}`),
    'rt-entry': [routeEntry(entry, protocol)],
  }));
  return print({
    'route-information': [
      {
        attributes: { xmlns: 'http://xml.juniper.net/junos/20.4R0/junos-routing' },
        'route-table': [
          {
            comment: 'keepalive',
            'table-name': cell('inet.0'),
            ...counts(fixed.length + ospf.length + bgp.length),
            ...(rt.length > 0 ? { rt } : {}),
          },
          { comment: 'keepalive', 'table-name': cell('inet6.0'), ...counts(1) },
        ],
      },
    ],
  });
}

const WORDS: Record<Capability, string> = { bridge: 'Bridge', router: 'Router', wlan: 'WLAN Access Point' };

/** `show lldp neighbors`; with `detail` also the description and the management address, as newer releases give them. */
export function lldpJson({ facts }: RenderContext, detail: boolean): string {
  const information = facts.lldp.map((fact, index) => ({
    ...(detail ? { 'lldp-index': cell(index + 1) } : {}),
    'lldp-local-port-id': cell(fact.port.name),
    'lldp-local-parent-interface-name': cell(fact.port.lag?.name ?? '-'),
    'lldp-remote-chassis-id-subtype': cell('Mac address'),
    'lldp-remote-chassis-id': cell(fact.mac),
    ...(detail ? { 'lldp-remote-port-description': cell(fact.remotePortDescription) } : {}),
    'lldp-remote-port-id-subtype': cell('Interface name'),
    'lldp-remote-port-id': cell(fact.remotePort),
    'lldp-remote-system-name': cell(fact.name),
    ...(detail ? { 'lldp-system-description': [{ 'lldp-remote-system-description': cell(fact.description) }] } : {}),
    ...(detail
      ? {
          'lldp-remote-system-capabilities-supported': cell(fact.capabilities.map((word) => WORDS[word]).join(' ')),
          'lldp-remote-system-capabilities-enabled': cell(fact.capabilities.map((word) => WORDS[word]).join(' ')),
        }
      : {}),
    ...(detail && fact.address ? { 'lldp-remote-management-address': cell(fact.address) } : {}),
  }));
  const style = { 'junos:style': detail ? 'detail' : 'brief' };
  return print({
    'lldp-neighbors-information': [
      { attributes: style, ...(information.length > 0 ? { 'lldp-neighbor-information': information } : {}) },
    ],
  });
}

export function switchingJson({ facts }: RenderContext): string {
  const vlans = new Map<number, MacFact[]>();
  for (const fact of facts.macs) vlans.set(fact.vlan, [...(vlans.get(fact.vlan) ?? []), fact]);
  const entries = [...vlans].map(([vlan, macs]) => ({
    attributes: { 'junos:style': 'brief-rtb' },
    'mac-count-global': cell(macs.length),
    'learnt-mac-count': cell(macs.length),
    'l2ng-l2-mac-routing-instance': cell('default-switch'),
    'l2ng-l2-vlan-id': cell(vlan),
    'l2ng-mac-entry': macs.map(({ mac, port }) => ({
      'l2ng-l2-mac-vlan-name': cell(`Vlan${vlan}`),
      'l2ng-l2-mac-address': cell(mac),
      'l2ng-l2-mac-flags': cell('D'),
      'l2ng-l2-mac-age': cell('-'),
      'l2ng-l2-mac-logical-interface': cell(port.unit),
      'l2ng-l2-mac-fwd-next-hop': cell(0),
      'l2ng-l2-mac-rtr-id': cell(0),
    })),
  }));
  return print({ 'l2ng-l2ald-rtb-macdb': [entries.length > 0 ? { 'l2ng-l2ald-mac-entry-vlan': entries } : {}] });
}

export function arpJson(context: RenderContext): string {
  const entries = arpLearned(context).map((fact) => ({
    'mac-address': cell(fact.mac ?? ''),
    'ip-address': cell(fact.address),
    'interface-name': cell(arpPort(fact)),
    'arp-table-entry-flags': [{ none: flag }],
  }));
  return print({
    'arp-table-information': [
      {
        attributes: { xmlns: 'http://xml.juniper.net/junos/20.4R0/junos-arp', 'junos:style': 'no-resolve' },
        ...(entries.length > 0 ? { 'arp-table-entry': entries } : {}),
        'arp-entry-count': cell(entries.length),
      },
    ],
  });
}

function logical(port: SimInterface): Record<string, unknown> {
  const families = [
    ...port.addresses.map((cidr) => ({
      'address-family-name': cell('inet'),
      mtu: cell(port.role === 'loopback' ? 'Unlimited' : port.mtu),
      'interface-address': [
        {
          'ifa-flags': [{ 'ifaf-current-preferred': flag, 'ifaf-current-primary': flag }],
          ...(cidr.endsWith('/32')
            ? { 'ifa-local': cell(hostOf(cidr)) }
            : {
                'ifa-destination': cell(shortNetwork(cidr)),
                'ifa-local': cell(hostOf(cidr)),
                'ifa-broadcast': cell(broadcastOf(cidr)),
              }),
        },
      ],
    })),
    ...(port.lag ? [{ 'address-family-name': cell('aenet'), 'ae-bundle-name': cell(port.lag.unit) }] : []),
    ...(port.role === 'access' ? [{ 'address-family-name': cell('eth-switch'), mtu: cell(physicalMtu(port) ?? 0) }] : []),
  ];
  const up = port.role === 'loopback' ? {} : port.up ? { 'iff-up': flag } : { 'iff-device-down': flag };
  return {
    name: cell(port.unit),
    'local-index': cell(74),
    'snmp-index': cell(535),
    ...(port.role === 'svi' && port.description ? { description: cell(port.description) } : {}),
    'if-config-flags': [{ ...up, 'iff-snmp-traps': flag, 'internal-flags': cell('0x4004000') }],
    encapsulation: cell(port.role === 'loopback' ? 'Unspecified' : 'ENET2'),
    'traffic-statistics': [
      { attributes: { 'junos:style': 'brief' }, 'input-packets': cell(12439041), 'output-packets': cell(2552075) },
    ],
    'filter-information': [{}],
    'address-family': families,
  };
}

export function interfacesJson({ facts }: RenderContext): string {
  const physical = facts.interfaces.map((port) => {
    const speed = speedText(port);
    return {
      name: cell(port.name),
      'admin-status': [
        { data: port.admin ? 'up' : 'down', attributes: { 'junos:format': port.admin ? 'Enabled' : 'Administratively down' } },
      ],
      'oper-status': cell(port.up ? 'up' : 'down'),
      'local-index': cell(134),
      'snmp-index': cell(502),
      ...(port.description && port.role !== 'svi' ? { description: cell(port.description) } : {}),
      ...(port.role === 'loopback' ? { 'if-type': cell('Loopback') } : { 'link-level-type': cell('Ethernet') }),
      mtu: cell(physicalMtu(port) ?? 'Unlimited'),
      ...(speed ? { speed: cell(speed) } : {}),
      'if-device-flags': [{ 'ifdf-present': flag, 'ifdf-running': flag }],
      'if-config-flags': [{ 'iff-snmp-traps': flag, 'internal-flags': cell('0x4000') }],
      ...(port.mac ? { 'current-physical-address': cell(port.mac), 'hardware-physical-address': cell(port.mac) } : {}),
      'traffic-statistics': [{ attributes: { 'junos:style': 'brief' }, 'input-bps': cell(0), 'output-bps': cell(0) }],
      ...(hasUnit(port) ? { 'logical-interface': [logical(port)] } : {}),
    };
  });
  return print({
    'interface-information': [
      {
        attributes: { xmlns: 'http://xml.juniper.net/junos/20.4R0/junos-interface', 'junos:style': 'normal' },
        ...(physical.length > 0 ? { 'physical-interface': physical } : {}),
      },
    ],
  });
}
