import { hostOf, netmask, splitCidr } from '../address.ts';
import { accessList } from '../configs.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';

/** `show running-config`. */
export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  const body = [
    `! Last configuration change at 10:${String(device.revision % 60).padStart(2, '0')}:13 UTC Mon Mar 4 2024 by admin`,
    '!',
    'version 15.2',
    'no service pad',
    'service timestamps log datetime msec',
    'service password-encryption',
    '!',
    `hostname ${device.name}`,
    '!',
    `enable secret 5 $1$${secret(4, 'salt')}$${secret(22, 'enable')}`,
    `username admin privilege 15 secret 5 $1$${secret(4, 'salt')}$${secret(22, 'admin')}`,
    'aaa new-model',
    'ip domain-name lab.example',
    '!',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.description ? [` description ${port.description}`] : []),
      ...(port.lag ? [` channel-group ${port.lag.number} mode active`] : []),
      ...(port.role === 'access' ? [` switchport access vlan ${port.vlan}`, ' switchport mode access'] : []),
      ...port.addresses.map((cidr) => ` ip address ${hostOf(cidr)} ${netmask(splitCidr(cidr).length)}`),
      ...(port.admin ? [] : [' shutdown']),
      '!',
    ]),
    'router ospf 1',
    ` router-id ${device.loopback}`,
    '!',
    ...facts.static.map((route) => {
      const to = route.blackhole ? ['Null0'] : route.nextHops.map((hop) => hop.address ?? '');
      return to.map((target) => `ip route ${route.network} ${netmask(route.length)} ${target}`).join('\n');
    }),
    '!',
    ...accessList(device, 'ip access-list extended EDGE-IN', (rule) => ` ${rule}`),
    '!',
    `snmp-server community ${secret(12, 'snmp')} RO`,
    `tacacs-server host 192.0.2.49 key 7 ${secret(24, 'tacacs')}`,
    ...(device.revision > 0 ? [`alias exec rev show clock ${device.revision}`] : []),
    '!',
    'line vty 0 15',
    ' transport input ssh',
    '!',
    'end',
    '',
  ].join('\n');
  return `Building configuration...\n\nCurrent configuration : ${body.length} bytes\n!\n${body}`;
}
