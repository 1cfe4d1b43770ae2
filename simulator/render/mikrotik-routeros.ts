import type { NeighborFact, OspfType, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { pick } from '../random.ts';
import type { RouteView } from '../records.ts';
import { rib, type Protocol, type RibEntry } from '../rib.ts';

export const VERSION = '6.49.10 (long-term)';

/** How RouterOS prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: true, metric: null },
  blackhole: { interface: null, distance: 1, metric: null },
  ospf: { types: true, area: false },
  bgp: { recursive: 'with interface', metric: null, attributes: true },
  inactive: true,
};

const TYPE: Record<OspfType, string> = { intra: 'intra-area', inter: 'inter-area', 'external-2': 'external-type-2' };
const LETTER: Record<Protocol, string> = { connected: 'C', local: '', static: 'S', ospf: 'o', bgp: 'b' };

const shown = (context: RenderContext): RibEntry[] => rib(context).filter((entry) => entry.protocol !== 'local');

interface RouteParts {
  flags: string;
  gateway: string | null;
  status: string | null;
  preferredSource: string | null;
  tail: string;
}

function parts(entry: RibEntry, context: RenderContext): RouteParts {
  const dynamic = entry.protocol === 'static' ? ' ' : 'D';
  const flags = `${entry.active ? 'A' : ' '}${dynamic}${LETTER[entry.protocol]}${entry.blackhole ? 'B' : ' '}`;
  const scope = {
    connected: '10',
    local: '10',
    static: '30 target-scope=10',
    ospf: '20 target-scope=10',
    bgp: '40 target-scope=30',
  };
  const tail = `scope=${scope[entry.protocol]}`;
  if (entry.blackhole) return { flags, gateway: null, status: null, preferredSource: null, tail: '' };
  if (entry.protocol === 'connected') {
    const port = entry.nextHops[0]?.interface ?? '';
    const own = context.facts.connected.find((fact) => fact.network === entry.network && fact.length === entry.length);
    return { flags, gateway: port, status: `${port} reachable`, preferredSource: own?.address ?? null, tail };
  }
  if (entry.bgp) {
    const { nextHop, asPath, origin, localPref } = entry.bgp;
    const [hop] = entry.nextHops;
    const via = entry.source === 'ebgp' ? `reachable via  ${hop?.interface}` : `recursive via ${hop?.address} ${hop?.interface}`;
    const attributes = `bgp-as-path="${asPath.join(',')}" bgp-local-pref=${localPref} bgp-origin=${origin} received-from=peer-${nextHop}`;
    return { flags, gateway: nextHop, status: `${nextHop} ${via}`, preferredSource: null, tail: `${tail} ${attributes}` };
  }
  const gateway = entry.nextHops.map((hop) => hop.address).join(',');
  const status = entry.nextHops
    .map((hop) => (entry.active ? `${hop.address} reachable via  ${hop.interface}` : `${hop.address} unreachable`))
    .join(',');
  const ospf = entry.ospf ? ` ospf-metric=${entry.metric} ospf-type=${TYPE[entry.ospf.type]}` : '';
  return { flags, gateway, status, preferredSource: null, tail: tail + ospf };
}

function routeLine(entry: RibEntry, context: RenderContext, index: number): string {
  const { flags, gateway, status, preferredSource, tail } = parts(entry, context);
  const fields = [
    `dst-address=${entry.network}/${entry.length}`,
    preferredSource && `pref-src=${preferredSource}`,
    gateway ? `gateway=${gateway}` : 'type=blackhole',
    status && `gateway-status=${status}`,
    `distance=${VIEW.distance[entry.source]}`,
    tail,
  ];
  return `${String(index).padStart(2)} ${flags} ${fields.filter(Boolean).join(' ')} `;
}

const ROUTE_FLAGS =
  'Flags: X - disabled, A - active, D - dynamic, C - connect, S - static, r - rip, b - bgp, o - ospf, m - mme, B - blackhole, U - unreachable, P - prohibit ';

export function routeDetail(context: RenderContext): string {
  return `${ROUTE_FLAGS}\n${shown(context)
    .map((entry, index) => `${routeLine(entry, context, index)}\n\n`)
    .join('')}`;
}

export function routeTerse(context: RenderContext): string {
  return shown(context)
    .map((entry, index) => `${routeLine(entry, context, index).replaceAll('"', '')}\n`)
    .join('');
}

/** Rows of the template for `print detail`, which leaves out what stands after the distance. */
export function routeRows(context: RenderContext, protocol: Protocol) {
  return shown(context).flatMap((entry, index) => {
    if (entry.protocol !== protocol) return [];
    const { flags, gateway, status, preferredSource } = parts(entry, context);
    return [
      {
        number: String(index),
        comment: '',
        active: flags[0] ?? '',
        dynamic: flags[1] ?? '',
        protocol: flags[2] ?? '',
        discard_packet: flags[3] ?? '',
        network: entry.network,
        mask: String(entry.length),
        pref_src: preferredSource ?? '',
        gateway: gateway ?? '',
        gateway_status: status ?? '',
        check_gateway: '',
        distance: String(VIEW.distance[entry.source]),
        type: '',
      },
    ];
  });
}

export interface BridgeHost {
  mac: string;
  vlan: number | null;
  port: SimInterface;
  local: boolean;
}

/** What was learned, and the bridge ports' own addresses. */
export function bridgeHosts({ facts, device }: RenderContext): BridgeHost[] {
  if (facts.macs.length === 0) return [];
  const own = device.interfaces.filter((port) => port.role === 'access' && port.up);
  return [
    ...facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, port, local: false })),
    ...own.map((port) => ({ mac: port.mac ?? '', vlan: null, port, local: true })),
  ];
}

export const BRIDGE = 'bridge1';

export function hostText(context: RenderContext, detail: boolean): string {
  const lines = bridgeHosts(context).map(({ mac, vlan, port, local }, index) => {
    const fields = [
      `mac-address=${mac.toUpperCase()}`,
      vlan === null ? '' : `vid=${vlan}`,
      `interface=${port.name}`,
      `bridge=${BRIDGE}`,
      `on-interface=${port.name}`,
    ];
    return `${String(index).padStart(2)} ${local ? 'DL ' : 'D E'}  ${fields.filter(Boolean).join(' ')} \n`;
  });
  return detail
    ? `Flags: X - disabled, I - invalid, D - dynamic, L - local, E - external \n${lines.join('\n')}\n`
    : lines.join('');
}

export function hostRows(context: RenderContext) {
  return bridgeHosts(context).map(({ mac, vlan, port, local }, index) => ({
    id: String(index),
    disabled: '',
    invalid: '',
    dynamic: 'D',
    local: local ? 'L' : '',
    external: local ? '' : 'E',
    comment: '',
    mac_address: mac.toUpperCase(),
    vlan_id: vlan === null ? '' : String(vlan),
    interface: port.name,
    bridge: BRIDGE,
    on_interface: port.name,
  }));
}

/** RouterOS lists what it learned; the flag C says that it is complete. */
export const arpEntries = ({ facts }: RenderContext) => facts.arp.filter((entry) => !entry.own && entry.mac !== null);

export function arpText(context: RenderContext, form: 'terse' | 'detail' | 'table'): string {
  const entries = arpEntries(context);
  const flags = 'Flags: X - disabled, I - invalid, H - DHCP, D - dynamic, P - published, C - complete \n';
  if (form === 'table') {
    const lines = entries.map(
      ({ address, mac, port }, index) =>
        `${String(index).padStart(2)} DC ${address.padEnd(15)} ${mac?.toUpperCase()} ${port.unit}\n`,
    );
    return `${flags} #    ADDRESS         MAC-ADDRESS       INTERFACE\n${lines.join('')}`;
  }
  const lines = entries.map(
    ({ address, mac, port }, index) =>
      `${String(index).padStart(2)} DC address=${address} mac-address=${mac?.toUpperCase()} interface=${port.unit} published=no \n`,
  );
  return form === 'terse' ? lines.join('') : `${flags}${lines.join('\n')}\n`;
}

export function arpRows(context: RenderContext) {
  return arpEntries(context).map(({ address, mac, port }, index) => ({
    index: String(index),
    flags: 'DC',
    address,
    mac_address: mac?.toUpperCase() ?? '',
    interface: port.unit,
    published: 'no',
  }));
}

/** A neighbour behind a bridge port is heard on both. */
export const neighborPort = (port: SimInterface): string => (port.role === 'access' ? `${port.name},${BRIDGE}` : port.name);

const isMikrotik = (fact: NeighborFact): boolean => fact.description.startsWith('MikroTik');
const seconds = ({ device, seed }: RenderContext, index: number): string => `${1 + pick(59, seed, device.index, index)}s`;
const capsOf = (fact: NeighborFact): string => fact.capabilities.map((capability) => CAPABILITIES[capability]).join(',');

export function neighborText(context: RenderContext): string {
  return context.facts.lldp
    .map((fact, index) => {
      const mikrotik = isMikrotik(fact);
      const fields = [
        `interface=${neighborPort(fact.port)}`,
        ...(fact.address ? [`address=${fact.address}`, `address4=${fact.address}`] : []),
        `mac-address=${fact.mac.toUpperCase()}`,
        `identity="${fact.name}"`,
        `platform="${mikrotik ? 'MikroTik' : ''}"`,
        `version="${mikrotik ? VERSION : ''}"`,
        'unpack=none',
        `age=${seconds(context, index)}`,
        ...(mikrotik ? ['uptime=1w5d2h31m30s', 'software-id="1234-ABCD"', `board="${fact.model}"`] : []),
        `interface-name="${fact.remotePort}"`,
        `system-description="${fact.description}"`,
        `system-caps=${capsOf(fact)}`,
        `system-caps-enabled=${capsOf(fact)}`,
      ];
      return `${String(index).padStart(2)} ${fields.join(' ')} \n\n`;
    })
    .join('');
}

export function neighborRows(context: RenderContext) {
  return context.facts.lldp.map((fact, index) => {
    const mikrotik = isMikrotik(fact);
    return {
      number: String(index),
      interface: neighborPort(fact.port),
      ip_address: fact.address ?? '',
      ipv4_address: fact.address ?? '',
      ipv6_address: '',
      mac_address: fact.mac.toUpperCase(),
      identity: fact.name,
      platform: mikrotik ? 'MikroTik' : '',
      version: mikrotik ? VERSION : '',
      unpack: 'none',
      age: seconds(context, index),
      uptime: mikrotik ? '1w5d2h31m30s' : '',
      software_id: mikrotik ? '1234-ABCD' : '',
      board: mikrotik ? fact.model : '',
      ipv6: '',
      interface_name: fact.remotePort,
      system_description: fact.description,
      system_caps: capsOf(fact),
      system_caps_enabled: capsOf(fact),
    };
  });
}

export const CAPABILITIES = { bridge: 'bridge', router: 'router', wlan: 'wlan-ap' };
