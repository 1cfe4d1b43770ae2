import { splitCidr } from '../address.ts';
import { accessList } from '../configs.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import { BRIDGE, VERSION } from './mikrotik-routeros.ts';

/** Long commands go on after a backslash, indented by four, as `/export` breaks them. */
function wrapped(line: string): string {
  const out: string[] = [];
  let rest = line;
  while (rest.length > 78) {
    const cut = rest.lastIndexOf(' ', 76);
    if (cut <= 4) break;
    out.push(`${rest.slice(0, cut)} \\`);
    rest = `    ${rest.slice(cut + 1)}`;
  }
  return [...out, rest].join('\n');
}

const quoted = (text: string): string => (/^[\w.:/-]+$/.test(text) ? text : `"${text}"`);

/** `/export`; RouterOS 6 shows what is sensitive unless told to hide it. */
export function exportText({ device, facts, seed }: RenderContext, sensitive: boolean): string {
  const of = (role: string) => facts.interfaces.filter((port) => port.role === role);
  const block = (menu: string, lines: string[]): string[] => (lines.length > 0 ? [menu, ...lines.map(wrapped)] : []);
  const comment = (text: string | null): string => (text ? ` comment=${quoted(text)}` : '');
  const ethers = facts.interfaces.filter((port) => ['mgmt', 'access', 'fabric'].includes(port.role));
  const rules = accessList(device, '', (rule) => rule).slice(1);
  return [
    `# mar/04/2024 10:${String(device.revision % 60).padStart(2, '0')}:13 by RouterOS ${VERSION.split(' ')[0] ?? ''}`,
    `# software id = ${hexDigits(4, seed, device.index)}-${hexDigits(4, seed, device.index, 'b')}`,
    '#',
    `# model = ${device.model}`,
    `# serial number = ${device.serial}`,
    ...block('/interface bridge', [
      ...of('bridge').map((port) => `add name=${port.name} vlan-filtering=yes`),
      ...of('loopback').map((port) => `add name=${port.name}`),
    ]),
    ...block(
      '/interface ethernet',
      ethers.map(
        (port) =>
          `set [ find default-name=${port.name} ]${comment(port.description)}${port.admin ? '' : ' disabled=yes'} mtu=${port.mtu}`,
      ),
    ),
    ...block(
      '/interface vlan',
      of('svi').map((port) => `add interface=${BRIDGE} name=${port.name} vlan-id=${port.vlan}`),
    ),
    ...block(
      '/interface bonding',
      of('lag').map(
        (port) =>
          `add mode=802.3ad name=${port.name} slaves=${ethers
            .filter((member) => member.lag === port)
            .map((member) => member.name)
            .join(',')}`,
      ),
    ),
    ...block('/snmp community', sensitive ? [`set [ find default=yes ] name=${hexDigits(12, seed, device.index, 'snmp')}`] : []),
    ...block(
      '/interface bridge port',
      of('access').map((port) => `add bridge=${BRIDGE} interface=${port.name} pvid=${port.vlan}`),
    ),
    ...block(
      '/ip address',
      facts.interfaces.flatMap((port) => port.addresses.map((cidr) => `add address=${cidr} interface=${port.unit}`)),
    ),
    ...block(
      '/ip firewall filter',
      rules.map((rule, k) => `add action=accept chain=forward comment=${quoted(rule)} dst-port=${1024 + k} protocol=tcp`),
    ),
    ...block(
      '/ip route',
      facts.static.flatMap((route) => {
        const to = route.blackhole ? 'type=blackhole' : `gateway=${route.nextHops.map((hop) => hop.address).join(',')}`;
        return [`add distance=1 dst-address=${splitCidr(`${route.network}/${route.length}`).address}/${route.length} ${to}`];
      }),
    ),
    ...(device.revision > 0 ? ['/system note', `set note=rev${device.revision}`] : []),
    ...(sensitive ? ['/ppp secret', `add name=backup password=${hexDigits(16, seed, device.index, 'ppp')}`] : []),
    '/system identity',
    `set name=${device.name}`,
    '',
  ].join('\n');
}
