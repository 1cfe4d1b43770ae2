import { accessList } from '../configs.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import { VERSION } from './arista-eos.ts';

/** `show running-config`. */
export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    '! Command: show running-config',
    `! Time: Mon Mar  4 10:${String(device.revision % 60).padStart(2, '0')}:13 2024`,
    `! device: ${device.name} (${device.model}, EOS-${VERSION})`,
    '!',
    '! boot system flash:/EOS-4.27.6M.swi',
    '!',
    `username admin privilege 15 role network-admin secret sha512 $6$${secret(16, 'admin')}`,
    '!',
    'service routing protocols model ribd',
    `hostname ${device.name}`,
    'dns domain lab.example',
    '!',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.description ? [`   description ${port.description}`] : []),
      ...(port.lag ? [`   channel-group ${port.lag.number} mode active`] : []),
      ...(port.role === 'access' ? [`   switchport access vlan ${port.vlan}`] : []),
      ...port.addresses.map((cidr) => `   ip address ${cidr}`),
      ...(port.admin ? [] : ['   shutdown']),
      '!',
    ]),
    ...accessList(device, 'ip access-list EDGE-IN', (rule) => `   ${rule}`),
    '!',
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`ip route ${route.network}/${route.length} Null0`]
        : route.nextHops.map((hop) => `ip route ${route.network}/${route.length} ${hop.address}`),
    ),
    '!',
    `snmp-server community ${secret(12, 'snmp')} ro`,
    ...(device.revision > 0 ? [`alias rev show clock ${device.revision}`] : []),
    '!',
    'router ospf 1',
    `   router-id ${device.loopback}`,
    '!',
    'end',
    '',
  ].join('\n');
}
