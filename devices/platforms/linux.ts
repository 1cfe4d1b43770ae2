import { frrBgp, frrOspf, frrRoutes } from '../json/frr.ts';
import { bridgeMacs, kernelInterfaces, kernelNeighbors, kernelRoutes, lldpdCdp, lldpdLldp } from '../json/linux.ts';
import { definePlatform, only } from '../platform.ts';
import type { Ask, Parser, Row } from '../platform.ts';
import { frr, network, networkAndHop } from './frr.ts';

/** FRR's own table where its daemons run and we may ask them, for it has more than the kernel: distances and unused routes. */
const routes = (protocol: string): Ask[] => [
  { command: "vtysh -c 'show ip route vrf all json'", parse: { read: frrRoutes }, where: only('protocol', protocol) },
  { command: 'ip -j route', parse: { read: kernelRoutes }, where: only('protocol', protocol) },
];

/** Those of other users than root often have no `sbin` in their path. */
const tool = (command: string, parse: Parser): Ask[] => [
  { command, parse },
  { command: `/usr/sbin/${command}`, parse },
];

const vtysh = (command: string, read: (text: string) => Row[], by: (row: Row) => string) => ({
  command: `vtysh -c '${command}'`,
  parse: { read },
  by,
});

const NEIGHBORS = 'lldpcli -f json0 show neighbors details';

export const linux = definePlatform({
  name: 'linux',
  label: 'Linux (iproute2, lldpd, FRR)',
  aliases: ['linux_ssh', 'cumulus', 'generic_linux'],
  mode: 'exec',
  prompt: { any: /[#$>]$/ },
  detect: {
    ident: /^(?:OpenSSH|dropbear)/,
    prompt: /^(?:\S.*)?[^\s>]?[#$]$/,
    version: [{ command: 'uname -a', match: /^Linux /m }],
  },
  setup: [],
  logout: 'exit',
  answers: {
    unknown: [
      /: (?:command )?not found$/m,
      /No such file or directory$/m,
      /failed to connect to any daemons/,
      /^% ?(?:Unknown command|Command incomplete)/m,
      /^Object ".*" is unknown/m,
      /^Option ".*" is unknown/m,
    ],
    denied: [],
    nothing: [],
  },
  kinds: {
    static_routes: { ask: routes('static') },
    ospf_routes: { ask: routes('ospf'), join: vtysh('show ip ospf route json', frrOspf, network) },
    bgp_routes: { ask: routes('bgp'), join: vtysh('show ip bgp json', frrBgp, networkAndHop) },
    mac_table: { ask: tool('bridge -j fdb show', { read: bridgeMacs }) },
    arp: { ask: tool('ip -4 -j neigh', { read: kernelNeighbors }) },
    interfaces: { ask: tool('ip -j -d address', { read: kernelInterfaces }) },
    cdp_neighbors: { ask: tool(NEIGHBORS, { read: lldpdCdp }) },
    lldp_neighbors: { ask: tool(NEIGHBORS, { read: lldpdLldp }) },
  },
  config: { ...frr.config, commands: ["vtysh -c 'show running-config'"] },
});
