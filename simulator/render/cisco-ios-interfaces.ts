import { dottedMac, hostOf, splitCidr } from '../address.ts';
import type { SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';

const HARDWARE: Record<SimInterface['role'], string> = {
  mgmt: 'Gigabit Ethernet',
  loopback: 'Loopback',
  fabric: 'Ten Gigabit Ethernet',
  lag: 'EtherChannel',
  access: 'Gigabit Ethernet',
  svi: 'EtherSVI',
  bridge: 'Bridge',
};

const isWired = (port: SimInterface): boolean => port.role !== 'loopback' && port.role !== 'svi';
const stateOf = (port: SimInterface): string => (port.admin ? (port.up ? 'up' : 'down') : 'administratively down');
const reasonOf = (port: SimInterface): string =>
  isWired(port) ? (port.admin ? (port.up ? ' (connected)' : ' (notconnect)') : ' (disabled)') : '';
const modeOf = (port: SimInterface): { duplex: string; speed: string } =>
  port.up ? { duplex: 'Full-duplex', speed: `${port.speed / 1e6}Mb/s` } : { duplex: 'Auto-duplex', speed: 'Auto-speed' };

export function interfaceText(port: SimInterface): string {
  const wired = isWired(port);
  const mac = port.mac ? `, address is ${dottedMac(port.mac)} (bia ${dottedMac(port.mac)})` : '';
  const { duplex, speed } = modeOf(port);
  return [
    `${port.name} is ${stateOf(port)}, line protocol is ${port.up ? 'up' : 'down'}${reasonOf(port)} `,
    `  Hardware is ${HARDWARE[port.role]}${mac}`,
    ...(port.description ? [`  Description: ${port.description}`] : []),
    ...port.addresses.map((cidr) => `  Internet address is ${cidr}`),
    `  MTU ${port.mtu} bytes, BW ${port.speed / 1000} Kbit/sec, DLY 10 usec, `,
    '     reliability 255/255, txload 1/255, rxload 1/255',
    `  Encapsulation ${port.role === 'loopback' ? 'LOOPBACK' : 'ARPA'}, loopback not set`,
    ...(wired
      ? ['  Keepalive set (10 sec)', `  ${duplex}, ${speed}, media type is 10/100/1000BaseTX`]
      : ['  Keepalive not supported']),
    ...(wired ? ['  input flow-control is off, output flow-control is unsupported '] : []),
    '  ARP type: ARPA, ARP Timeout 04:00:00',
    `  Last input ${port.up ? '00:00:02' : 'never'}, output ${port.up ? '00:00:00' : 'never'}, output hang never`,
    '  Last clearing of "show interface" counters never',
    '  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0',
    '  Queueing strategy: fifo',
    '  Output queue: 0/40 (size/max)',
    '  5 minute input rate 2000 bits/sec, 3 packets/sec',
    '  5 minute output rate 1000 bits/sec, 2 packets/sec',
    '     140712 packets input, 12063517 bytes, 0 no buffer',
    '     Received 8122 broadcasts (4311 multicasts)',
    '     0 runts, 0 giants, 0 throttles ',
    '     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored',
    '     98541 packets output, 9072311 bytes, 0 underruns',
    '     0 output errors, 0 collisions, 1 interface resets',
    '     0 output buffer failures, 0 output buffers swapped out',
  ].join('\n');
}

/** The rows the ntc template gives for the text; the counters are the same for all. */
export function interfaceRows({ facts }: RenderContext): Record<string, string>[] {
  return facts.interfaces.map((port) => {
    const [first] = port.addresses;
    const mode = isWired(port) ? modeOf(port) : { duplex: '', speed: '' };
    return {
      ...mode,
      ...COUNTERS,
      interface: port.name,
      link_status: stateOf(port),
      protocol_status: `${port.up ? 'up' : 'down'}${reasonOf(port)}`,
      hardware_type: HARDWARE[port.role],
      mac_address: port.mac ? dottedMac(port.mac) : '',
      bia: port.mac ? dottedMac(port.mac) : '',
      description: port.description ?? '',
      ip_address: first ? hostOf(first) : '',
      prefix_length: first ? String(splitCidr(first).length) : '',
      mtu: String(port.mtu),
      media_type: isWired(port) ? '10/100/1000BaseTX' : '',
      bandwidth: `${port.speed / 1000} Kbit`,
      encapsulation: port.role === 'loopback' ? 'LOOPBACK' : 'ARPA',
      last_input: port.up ? '00:00:02' : 'never',
      last_output: port.up ? '00:00:00' : 'never',
    };
  });
}

const COUNTERS = {
  delay: '10 usec',
  last_output_hang: 'never',
  queue_strategy: 'fifo',
  input_rate: '2000',
  output_rate: '1000',
  input_pps: '3',
  output_pps: '2',
  input_packets: '140712',
  output_packets: '98541',
  runts: '0',
  giants: '0',
  input_errors: '0',
  crc: '0',
  frame: '0',
  overrun: '0',
  abort: '',
  output_errors: '0',
  vlan_id: '',
  vlan_id_inner: '',
  vlan_id_outer: '',
  queue_size: '0',
  queue_max: '75',
  queue_drops: '0',
  queue_flushes: '0',
  queue_output_drops: '0',
};
