import type { NtcRow } from './ntc.ts';

/** Readings of template columns that have other names or forms on a platform. */
export const text = (row: NtcRow, name: string): string => String(row[name] ?? '');
export const list = (row: NtcRow, name: string): string[] => {
  const value = row[name];
  return Array.isArray(value) ? value : value ? [value] : [];
};
export const protocol =
  (...codes: string[]) =>
  (row: NtcRow): boolean =>
    codes.includes(text(row, 'protocol').split(' ')[0] ?? '');

/** Several next hops of one RouterOS route, and the port each is reached by. */
export const routerosHops = (row: NtcRow): Record<string, unknown> => ({
  gateway: text(row, 'gateway').split(','),
  interface: text(row, 'gateway_status')
    .split(',')
    .map((status) => / via +(?:[\d.]+ )?(\S+)$/.exec(status)?.[1] ?? ''),
  selected: text(row, 'active') === 'A' ? 'yes' : 'no',
  prefix_length: text(row, 'mask'),
  blackhole: text(row, 'discard_packet') === 'B',
});

/** NX-OS and Huawei write OSPF's route types as words. */
export const ospfWord = (row: NtcRow): NtcRow => ({
  type: { intra: '', inter: 'IA', 'type-2': 'E2' }[text(row, 'type')] ?? null,
});

/** XR's template calls the line protocol admin_state; a bandwidth of nothing is no speed. */
export const xrInterface = (row: NtcRow): NtcRow => ({
  admin_state: '',
  protocol_status: row['admin_state'] ?? null,
  bandwidth: text(row, 'bandwidth').startsWith('0 ') ? '' : text(row, 'bandwidth'),
});

/** ASA names its columns differently. */
export const asaRoute = (row: NtcRow): NtcRow => ({ nexthop_ip: row['nexthopip'] ?? null, nexthop_if: row['nexthopif'] ?? null });

/** ArubaOS-Switch names the prefix a destination and writes OSPF's types out. */
export const procurveRoute = (row: NtcRow): Record<string, unknown> => ({
  type: { IntraArea: '', InterArea: 'IA', External2: 'E2' }[text(row, 'subtype')] ?? null,
  interface: row['vlan_name'] ? `vlan${text(row, 'vlan_name')}` : '',
  ...(row['gateway'] === 'blackhole' ? { gateway: '', blackhole: true } : {}),
});

/** AOS-CX puts an address or an interface after `via`, and distance and metric in brackets. */
export const aoscxRoute = (row: NtcRow): Record<string, unknown> => {
  const hops = list(row, 'interface');
  const [, distance, metric] = /\[(\d+)\/(\d+)\]/.exec(list(row, 'metric')[0] ?? '') ?? [];
  const blackhole = hops.includes('blackhole');
  return {
    ip_address: '',
    network: `${text(row, 'ip_address')}/${text(row, 'prefix_length')}`,
    next_hop: blackhole ? [] : hops,
    interface: [],
    blackhole,
    distance,
    metric,
    vrf: row['vrf'],
  };
};

/** FortiOS prints the code in columns, and a summary for a discarded prefix. */
export const fortinetRoute = (row: NtcRow): Record<string, unknown> => ({
  network: text(row, 'destination'),
  type: text(row, 'type').replace('*', '').trim().slice(1).trim(),
});

/** PAN-OS tells protocol and type by flags. */
export const panosRoute = (row: NtcRow): Record<string, unknown> => {
  const type = /O([io2])/.exec(text(row, 'flags'))?.[1] ?? '';
  const blackhole = row['nexthop_ip'] === 'discard';
  return { type: { i: '', o: 'IA', 2: 'E2' }[type] ?? null, blackhole, nexthop_ip: blackhole ? '' : row['nexthop_ip'] };
};

export const panosInterface = (row: NtcRow): Record<string, unknown> => ({
  state: '',
  link: /^(up|down)/.exec(text(row, 'state'))?.[1] ?? '',
  speed: /^\d+$/.test(text(row, 'speed')) ? `${text(row, 'speed')} Mbps` : '',
});

export const vrpWlan = (row: NtcRow): NtcRow => ({ capabilities: text(row, 'capabilities').replace('wlanAccessPoint', 'wlan') });

export const wlanWord = (row: NtcRow): NtcRow => ({
  capabilities: text(row, 'capabilities').replace('wlan-access-point', 'wlan'),
});
