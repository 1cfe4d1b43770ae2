import type { SimDevice } from './model.ts';
import type { ShellRule } from './platform.ts';

/** What a Cisco-like shell accepts besides `show`: paging, enable and configuration mode, leaving. */
export const CISCO_RULES: ShellRule[] = [
  { match: /^ter\w*\s+le\w*\s+0$/, effect: { kind: 'paging', on: false } },
  { match: /^ter\w*\s+le\w*\s+\d+$/, effect: { kind: 'paging', on: true } },
  { match: /^ter\w*\s+(wi\w*\s+\d+|(no\s+)?mo\w*)$/, effect: { kind: 'accept' } },
  { match: /^ena?b?l?e?$/, in: ['user'], effect: { kind: 'mode', to: 'privileged', secret: true } },
  { match: /^ena?b?l?e?$/, in: ['privileged'], effect: { kind: 'accept' } },
  { match: /^disa\w*$/, in: ['privileged'], effect: { kind: 'mode', to: 'user' } },
  {
    match: /^conf\w*(\s+t\w*)?$/,
    in: ['privileged'],
    effect: { kind: 'mode', to: 'config' },
    says: 'Enter configuration commands, one per line.  End with CNTL/Z.\n',
  },
  { match: /^(end|exi?t?)$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' } },
  { match: /^(exi?t?|logou?t?|quit?)$/, in: ['user', 'privileged'], effect: { kind: 'exit' } },
  { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
];

const two = (value: number): string => String(value % 60).padStart(2, '0');

/** A line of the log as IOS writes it into a session; it ends like a prompt now and then. */
export function ciscoLog(device: SimDevice, count: number): string {
  const port = device.interfaces[count % device.interfaces.length]?.name ?? 'Vlan1';
  return count % 3 === 0
    ? `*Mar  4 10:${two(count)}:01.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (${device.host}) ${device.name}#`
    : `*Mar  4 10:${two(count)}:07.456: %LINEPROTO-5-UPDOWN: Line protocol on Interface ${port}, changed state to up`;
}
