import type { Row } from '../platform.ts';

/**
 * RouterOS `print terse` and `print detail` (manual: "Scripting", "print parameters"): records of an index, flag letters and
 * `key=value`, on one line or wrapped with indentation. Values may be quoted; unquoted ones may hold blanks.
 */
export interface RouterosRecord {
  flags: string;
  comment: string | null;
  values: Record<string, string>;
}

const START =
  /^ {0,3}(?:(\d+) +)?((?:[A-Za-z*](?: {0,2}[A-Za-z*]){0,5})(?= {1,8}(?:;;;|[a-z][a-z0-9.-]*=)))? *(?=;;;|[a-z][a-z0-9.-]*=)/;
const PAIR = /(?:^| )([a-z][a-z0-9.-]*)=(?:"((?:[^"\\]|\\.)*)"|(.*?))(?= +[a-z][a-z0-9.-]*=| *$)/g;
/** Version 7 writes a discarded prefix with this word and no value. */
const BLACKHOLE = /(?:^| )blackhole(?= +[a-z][a-z0-9.-]*=| *$)/;

export function routerosRecords(text: string): RouterosRecord[] {
  const lines: { flags: string; comment: string | null; body: string }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^(?:Flags|Columns): /.test(line) || /^[a-zA-Z] - /.test(line)) continue;
    const start = START.exec(line);
    const isNew = start !== null && (start[1] !== undefined || start[2] !== undefined);
    const rest = start === null ? line.trim() : line.slice(start[0].length).trim();
    if (isNew) lines.push({ flags: (start[2] ?? '').replace(/ /g, ''), comment: null, body: '' });
    const last = lines.at(-1);
    if (last === undefined) throw new SyntaxError(`line ${JSON.stringify(line.slice(0, 80))} belongs to no record`);
    if (rest.startsWith(';;;')) last.comment = rest.slice(3).trim();
    else last.body = `${last.body} ${rest}`.trim();
  }
  return lines.map(({ flags, comment, body }) => {
    const values: Record<string, string> = {};
    const bare = body.replace(BLACKHOLE, '');
    if (bare !== body) values['blackhole'] = 'yes';
    for (const [, key, quoted, plain] of bare.matchAll(PAIR)) {
      if (key !== undefined) values[key] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim() ?? '';
    }
    return { flags, comment: comment ?? values['comment'] ?? null, values };
  });
}

/** The flag letters of both major versions: 6 writes `C S r b o`, 7 `c s r b o`. */
function protocolOf(flags: string): string | null {
  if (/[sS]/.test(flags)) return 'static';
  if (flags.includes('b')) return 'bgp';
  if (flags.includes('o')) return 'ospf';
  return null;
}

/** `/ip route print`. Disabled routes are not in the table and left out; inactive ones are not `selected`. */
export function routerosRoutes(text: string): Row[] {
  return routerosRecords(text).flatMap(({ flags, values }) => {
    if (flags.includes('X')) return [];
    const gateways = split(values['gateway']);
    const exits = exitsOf(values);
    return [
      {
        network: values['dst-address'],
        protocol: protocolOf(flags),
        next_hop: gateways.map((gateway) => gateway.replace(/%.*$/, '')),
        interface: gateways.map(
          (gateway, i) => exits[i] ?? (/^[\d.:a-f]+$/.test(gateway) ? null : (gateway.split('%')[1] ?? gateway)),
        ),
        blackhole: flags.includes('B') || values['type'] === 'blackhole' || values['blackhole'] !== undefined,
        distance: values['distance'],
        metric: values['ospf-metric'] ?? values['bgp-med'],
        vrf: values['routing-mark'] ?? values['routing-table'] ?? values['vrf'],
        selected: flags.includes('A'),
        route_type: OSPF_TYPES[values['ospf-type'] ?? ''] ?? null,
        as_path: values['bgp-as-path']?.replace(/,/g, ' '),
        local_pref: values['bgp-local-pref'],
        origin: values['bgp-origin'],
      },
    ];
  });
}

/** Version 6: `10.0.0.1 reachable via  ether1`, `… recursive via 10.9.9.9 ether5`; version 7: `10.0.0.1%ether1`. */
function exitsOf(values: Record<string, string>): (string | null)[] {
  const immediate = values['immediate-gw'];
  if (immediate !== undefined) return split(immediate).map((one) => one.split('%')[1] ?? null);
  return split(values['gateway-status']).map((one) => / via +(?:[\d.:a-f]+ +)?(\S+)$/.exec(one)?.[1] ?? null);
}

const OSPF_TYPES: Record<string, string> = {
  'intra-area': 'intra',
  'inter-area': 'inter',
  'external-type-1': 'external-1',
  'external-type-2': 'external-2',
  'nssa-external-type-1': 'nssa-1',
  'nssa-external-type-2': 'nssa-2',
};

function split(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : value.split(',');
}

/** `/interface bridge host print`; flag L is an address of the bridge itself. */
export function routerosHosts(text: string): Row[] {
  return routerosRecords(text).map(({ flags, values }) => ({
    mac: values['mac-address'],
    vlan: values['vid'],
    interface: values['on-interface'] ?? values['interface'],
    type: flags.includes('L') ? 'self' : flags.includes('D') ? 'dynamic' : 'static',
  }));
}

/** `/ip arp print`. */
export function routerosArp(text: string): Row[] {
  return routerosRecords(text).flatMap(({ flags, values }) =>
    flags.includes('X') ? [] : [{ address: values['address'], mac: values['mac-address'], interface: values['interface'] }],
  );
}

/** `/interface print`. */
export function routerosInterfaces(text: string): Row[] {
  return routerosRecords(text).map(({ flags, comment, values }) => ({
    name: values['name'],
    description: comment,
    admin_status: flags.includes('X') ? 'down' : 'up',
    oper_status: flags.includes('R') ? 'up' : 'down',
    mac: values['mac-address'],
    mtu: values['actual-mtu'] ?? values['mtu'],
    vrf: values['vrf'],
  }));
}

/** `/ip address print`: one row for each interface. */
export function routerosAddresses(text: string): Row[] {
  const byInterface = new Map<string, string[]>();
  for (const { flags, values } of routerosRecords(text)) {
    const { interface: name, address } = values;
    if (flags.includes('X') || name === undefined || address === undefined) continue;
    byInterface.set(name, [...(byInterface.get(name) ?? []), address]);
  }
  return [...byInterface].map(([name, addresses]) => ({ name, addresses }));
}

/**
 * `/ip neighbor print`: what LLDP, CDP and MikroTik's own protocol told, in one table. The interface is `port,bridge`; other
 * MikroTik devices announce their port as `bridge/port`.
 */
export function routerosNeighbors(text: string): Row[] {
  return routerosRecords(text).map(({ values }) => ({
    local_interface: values['interface']?.split(',')[0],
    neighbor_name: values['identity'],
    neighbor_port_id: values['platform'] === 'MikroTik' ? values['interface-name']?.split('/').at(-1) : values['interface-name'],
    neighbor_address: [values['address4'], values['address'], values['address6']].filter((one) => one !== undefined),
    platform: values['platform'],
    capabilities: values['system-caps-enabled'] ?? values['system-caps'],
    chassis_id: values['mac-address'],
  }));
}
