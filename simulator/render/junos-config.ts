import type { RenderContext } from '../platform.ts';
import { hexDigits, pick } from '../random.ts';
import { VERSION } from './juniper-junos.ts';

/** A configuration as a tree: a text is a statement, a pair a block. */
type Node = string | [string, Node[]];

function tree({ device, facts, seed }: RenderContext): Node[] {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  const ports = facts.interfaces.map((port): Node => {
    const number = port.unit.split('.')[1] ?? '0';
    const unit: Node[] = port.addresses.map((cidr) => ['family inet', [`address ${cidr}`]]);
    if (port.role === 'access') unit.push(['family ethernet-switching', [['vlan', [`members Vlan${port.vlan}`]]]]);
    return [
      port.name,
      [
        ...(port.admin ? [] : ['disable']),
        ...(port.description ? [`description "${port.description}"`] : []),
        ...(port.lag ? ([['ether-options', [['802.3ad', [port.lag.name]]]]] as Node[]) : []),
        ...(unit.length > 0 ? ([[`unit ${number}`, unit]] as Node[]) : []),
      ],
    ];
  });
  const routes = facts.static.map((route): Node => {
    if (route.blackhole) return `route ${route.network}/${route.length} discard`;
    const hops = route.nextHops.map((hop) => hop.address);
    return `route ${route.network}/${route.length} next-hop ${hops.length > 1 ? `[ ${hops.join(' ')} ]` : hops[0]}`;
  });
  const terms = Array.from({ length: device.rules }, (_, k): Node => [
    `term t${k}`,
    [
      [
        'from',
        [`source-address 10.${pick(250, device.index, k)}.0.0/16`, `destination-port ${1024 + pick(60000, device.index, k, 2)}`],
      ],
      'then accept',
    ],
  ]);
  return [
    `version ${VERSION}`,
    [
      'system',
      [
        `host-name ${device.name}`,
        ['root-authentication', [`encrypted-password "$6$${secret(16, 'root')}"`]],
        [
          'login',
          [
            [
              'user admin',
              ['uid 2000', 'class super-user', ['authentication', [`encrypted-password "$6$${secret(16, 'admin')}"`]]],
            ],
          ],
        ],
        ['services', ['ssh', ['netconf', ['ssh']]]],
        ...(device.revision > 0 ? [`domain-search rev${device.revision}.lab.example`] : []),
      ],
    ],
    ['interfaces', ports],
    ['snmp', [[`community ${secret(12, 'snmp')}`, ['authorization read-only']]]],
    ['routing-options', [`router-id ${device.loopback}`, ['static', routes]]],
    ['firewall', [['filter EDGE-IN', terms]]],
    [
      'vlans',
      [
        ['Vlan10', ['vlan-id 10']],
        ['Vlan20', ['vlan-id 20']],
      ],
    ],
  ];
}

function braces(nodes: Node[], depth = 0): string {
  const indent = ' '.repeat(depth * 4);
  return nodes
    .map((node) =>
      typeof node === 'string' ? `${indent}${node};\n` : `${indent}${node[0]} {\n${braces(node[1], depth + 1)}${indent}}\n`,
    )
    .join('');
}

function sets(nodes: Node[], path: string): string {
  return nodes.map((node) => (typeof node === 'string' ? `set ${path}${node}\n` : sets(node[1], `${path}${node[0]} `))).join('');
}

const stamp = ({ device }: RenderContext): string =>
  `## Last commit: 2024-03-04 10:${String(device.revision % 60).padStart(2, '0')}:13 UTC by admin\n`;

export function configBraces(context: RenderContext): string {
  return stamp(context) + braces(tree(context));
}

export function configSet(context: RenderContext): string {
  return sets(tree(context), '');
}
