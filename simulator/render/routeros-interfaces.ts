import { networkOf } from '../address.ts';
import type { SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { VERSION } from './mikrotik-routeros.ts';

const TYPES: Record<SimInterface['role'], string> = {
  mgmt: 'ether',
  loopback: 'bridge',
  fabric: 'ether',
  lag: 'bond',
  access: 'ether',
  svi: 'vlan',
  bridge: 'bridge',
};

function interfaceFields(port: SimInterface, quote: string): string {
  const type = TYPES[port.role];
  const ether = type === 'ether';
  return [
    `name=${quote}${port.name}${quote}`,
    ...(ether ? [`default-name=${quote}${port.name}${quote}`] : []),
    `type=${quote}${type}${quote}`,
    `mtu=${type === 'bridge' ? 'auto' : port.mtu}`,
    `actual-mtu=${port.mtu}`,
    `l2mtu=${port.mtu + 98}`,
    ...(ether ? ['max-l2mtu=9586'] : []),
    ...(port.mac ? [`mac-address=${port.mac.toUpperCase()}`] : []),
    ...(port.up ? ['last-link-up-time=mar/04/2024 10:00:13'] : []),
    'link-downs=0',
  ].join(' ');
}

const flagsOf = (port: SimInterface): string =>
  ` ${port.admin ? (port.up ? 'R' : ' ') : 'X'}${port.lag || port.role === 'access' ? 'S' : ' '}`;

export function interfaceDetail({ facts }: RenderContext): string {
  const lines = facts.interfaces.map((port, index) => {
    const head = `${String(index).padStart(2)} ${flagsOf(port)} `;
    const comment = port.description ? `${head};;; ${port.description}\n       ` : head;
    return `${comment}${interfaceFields(port, '"')} \n\n`;
  });
  return `Flags: D - dynamic, X - disabled, R - running, S - slave \n${lines.join('')}`;
}

export function interfaceTerse({ facts }: RenderContext): string {
  return facts.interfaces
    .map((port, index) => {
      const comment = port.description ? `comment=${port.description} ` : '';
      return `${String(index).padStart(2)} ${flagsOf(port)} ${comment}${interfaceFields(port, '')} \n`;
    })
    .join('');
}

export function addressText({ facts }: RenderContext, form: 'terse' | 'detail' | 'table'): string {
  const addresses = facts.interfaces.flatMap((port) => port.addresses.map((cidr) => ({ cidr, port })));
  const flags = 'Flags: X - disabled, I - invalid, D - dynamic \n';
  const lines = addresses.map(({ cidr, port }, index) => {
    const number = String(index).padStart(2);
    const { network } = networkOf(cidr);
    if (form === 'table') return `${number}   ${cidr.padEnd(18)} ${network.padEnd(15)} ${port.unit}\n`;
    return `${number}   address=${cidr} network=${network} interface=${port.unit} actual-interface=${port.unit} \n`;
  });
  if (form === 'terse') return lines.join('');
  return form === 'table'
    ? `${flags} #   ADDRESS            NETWORK         INTERFACE\n${lines.join('')}`
    : `${flags}${lines.join('\n')}\n`;
}

export function resourceText({ device }: RenderContext): string {
  const field = (name: string, value: string): string => `${name.padStart(24)}: ${value}\n`;
  return [
    field('uptime', `${1 + (device.index % 40)}w2d3h4m5s`),
    field('version', VERSION),
    field('build-time', 'Aug/14/2023 10:03:42'),
    field('free-memory', '914.5MiB'),
    field('total-memory', '1024.0MiB'),
    field('cpu', 'ARMv7'),
    field('cpu-count', '4'),
    field('cpu-load', '2%'),
    field('architecture-name', 'arm'),
    field('board-name', device.model),
    field('platform', 'MikroTik'),
  ].join('');
}

/** The rows the ntc template gives for `/interface print detail`. */
export function interfaceRows({ facts }: RenderContext) {
  return facts.interfaces.map((port, index) => {
    const ether = TYPES[port.role] === 'ether';
    return {
      id: String(index),
      dynamic: '',
      status: port.admin ? (port.up ? 'R' : '') : 'X',
      slave: port.lag || port.role === 'access' ? 'S' : '',
      name: port.name,
      description: port.description ? [port.description] : [],
      default_name: ether ? port.name : '',
      type: TYPES[port.role],
      mtu: TYPES[port.role] === 'bridge' ? 'auto' : String(port.mtu),
      actual_mtu: String(port.mtu),
      l2mtu: String(port.mtu + 98),
      max_l2mtu: ether ? '9586' : '',
      mac_address: port.mac?.toUpperCase() ?? '',
      last_link_down_time: '',
      last_link_up_time: port.up ? 'mar/04/2024 10:00:13' : '',
      link_downs: '0',
      vrf: '',
    };
  });
}
