import type { Command, RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, interfaceRecord, lldpRecord, staticRecords } from '../records.ts';
import { bgpJson, bgpTruth, config, ospfJson, ospfTruth, routesJson, VIEW } from '../render/frr-json.ts';
import {
  addresses,
  BRIDGE,
  bridgeEntries,
  bridgeFdb,
  kernelNeighbors,
  kernelRoutes,
  lldpJson,
  routeText,
} from '../render/linux-json.ts';

const vtysh = (command: string, render: (context: RenderContext) => string): Command => ({
  name: `vtysh -c '${command}'`,
  render,
});

/** Users other than root need the whole path for tools in `sbin`. */
const tool = (name: string, render: (context: RenderContext) => string): Command[] => [
  { name, render },
  { name: `/usr/sbin/${name}`, render },
];

/**
 * Debian with iproute2, lldpd and FRR 8.4. Assumptions on what it shows: routes as FRR gives them; the bridge's forwarding table has
 * the ports' own addresses (type `self`) and receive filters of network cards, which are no MAC table; neighbours that failed have no
 * MAC; no own addresses in the ARP table; loopbacks have no MAC; speeds are not in `ip`; lldpd hears LLDP only.
 */
export const linux: SimPlatform = {
  name: 'linux',
  ident: 'OpenSSH_9.2p1 Debian-2+deb12u2',
  oui: '02:42:0a',
  models: { spine: 'x86_64', leaf: 'x86_64' },
  speaksCdp: false,
  announcesDomain: false,
  describe: () => ({ description: 'Debian GNU/Linux 12 (bookworm) Linux 6.1.0-18-amd64 #1 SMP x86_64', platform: 'Linux' }),
  portName: (role, number) =>
    ({
      mgmt: 'eth0',
      loopback: 'lo',
      fabric: `ens${100 + number}`,
      lag: `bond${number}`,
      access: `eth${number}`,
      svi: `${BRIDGE}.${number}`,
    })[role],
  bridgeName: BRIDGE,
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device) => `${device.user}@${device.name}:~$ `,
  matching: 'exact',
  pipes: 'none',
  pager: null,
  commands: [
    ...['show ip route vrf all json', 'show ip route json'].map((command) => vtysh(command, routesJson)),
    vtysh('show ip ospf route json', ospfJson),
    vtysh('show ip bgp json', bgpJson),
    vtysh('show running-config', config),
    ...tool('ip route', routeText),
    ...tool('ip -j route', kernelRoutes),
    ...tool('bridge -j fdb show', bridgeFdb),
    ...tool('ip -4 -j neigh', kernelNeighbors),
    ...tool('ip -j -d address', addresses),
    ...tool('lldpcli -f json0 show neighbors details', lldpJson),
    {
      name: 'uname -a',
      render: ({ device }) => `Linux ${device.name} 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 x86_64 GNU/Linux\n`,
    },
  ],
  rules: [{ match: /^(exit|logout)$/, effect: { kind: 'exit' }, says: 'logout\n' }],
  errors: { unknown: (line) => `bash: line 1: ${line.trim().split(/\s+/)[0] ?? ''}: command not found\n`, status: 127 },
  greeting: (device) =>
    `Linux ${device.name} 6.1.0-18-amd64 #1 SMP x86_64\n\nLast login: Mon Mar  4 09:12:44 2024 from ${device.host}\n`,
  execNewline: '\n',
  logLine: (device, count) => `\nMessage from syslogd@${device.name} at Mar  4 10:12:${10 + (count % 50)} ...\n kernel: link up`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: ospfTruth,
    bgp_routes: bgpTruth,
    mac_table: (context) =>
      bridgeEntries(context).map(({ mac, vlan, port, own }) => ({
        mac,
        vlan,
        interface: port.name,
        type: own ? 'self' : 'dynamic',
      })),
    arp: (context) => arpRecords(context, { own: false, incomplete: true }),
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({
        ...interfaceRecord(port),
        mtu: port.role === 'loopback' ? 65536 : port.mtu,
        speed: null,
      })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'ip route',
    ospf_routes: 'ip route',
    bgp_routes: 'ip route',
    mac_table: 'bridge -j fdb show',
    arp: 'ip -4 -j neigh',
    interfaces: 'ip -j -d address',
    cdp_neighbors: null,
    lldp_neighbors: 'lldpcli -f json0 show neighbors details',
  },
  configCommand: "vtysh -c 'show running-config'",
};
