/** How a platform spells its interface names. Platforms not named abbreviate (the Cisco way). */
type Spelling = 'abbreviated' | 'junos' | 'plain' | 'literal' | 'routeros';

const SPELLINGS: Record<string, Spelling> = {
  juniper_junos: 'junos',
  hp_procurve: 'plain',
  aruba_aoscx: 'plain',
  fortinet: 'plain',
  paloalto_panos: 'plain',
  mikrotik_routeros: 'routeros',
  frr: 'literal',
  linux: 'literal',
};

/** Full type, then what it is shortened to. Within one device no short form has two meanings. */
const TYPES = [
  'ethernet e et eth',
  'fastethernet fa fas fe',
  'gigabitethernet gi gig gige ge',
  'twogigabitethernet tw two twogige',
  'fivegigabitethernet fiv fivegige',
  'tengigabitethernet te ten tengig tengige xge xgige xgigabitethernet ten-gigabitethernet 10ge',
  'twentyfivegige twe twentyfivegig twentyfivegigabitethernet twenty-fivegige 25ge',
  'fortygigabitethernet fo for fortygige 40ge',
  'fiftygige fi fif fiftygigabitethernet 50ge',
  'hundredgigabitethernet hu hun hundredgige 100ge',
  'twohundredgige twohundredgigabitethernet 200ge',
  'fourhundredgige fou fourhundredgigabitethernet 400ge',
  'appgigabitethernet ap',
  'port-channel po portchannel',
  'bundle-ether be bundleether',
  'bridge-aggregation bagg',
  'route-aggregation ragg',
  'vlan vl vlan-interface',
  'loopback lo loop',
  'tunnel tu tun tunnel-ip ti',
  'serial se ser',
  'management ma mgmt',
  'mgmteth mg',
  'multilink mu',
];

const FULL = new Map(
  TYPES.flatMap((line) => {
    const [full = '', ...short] = line.split(' ');
    return [full, ...short].map((name) => [name, full] as const);
  }),
);

/** A type (perhaps `25ge`), then the numbering, which begins with a digit. */
const TYPED = /^((?:\d{2,3}ge|[a-z][a-z-]*))(\d.*)$/;

/**
 * One key for every spelling of the same interface on one platform: `Gi0/1`, `gi 0/1` and `GigabitEthernet0/1` have the same.
 * Keys compare interfaces of one device; they are not for people to read.
 */
export function interfaceKey(platform: string | null, name: string): string {
  const spelling = spellingOf(platform);
  if (spelling === 'literal') return name.split('@', 1)[0] || name;
  // `ether2,bridge1`: the port and the bridges it belongs to.
  if (spelling === 'routeros') return name.split(',', 1)[0]?.trim() || name;
  const compact = name.toLowerCase().replace(/\s+/g, '');
  if (spelling !== 'abbreviated') return compact;
  const [, type = '', number = ''] = TYPED.exec(compact) ?? [];
  const full = FULL.get(type.replace(/-$/, ''));
  return full === undefined ? compact : `${full}${number}`;
}

/** The port that a key's logical unit or subinterface rides on: `ge-0/0/0.0` → `ge-0/0/0`, `gigabitethernet0/1.100` → `gigabitethernet0/1`. */
export function physicalKey(platform: string | null, key: string): string {
  const spelling = spellingOf(platform);
  if (spelling === 'plain' || spelling === 'routeros') return key;
  return key.replace(/(?<=\d)\.\d+$/, '');
}

/**
 * What a RouterOS neighbour may mean by a port: LLDP sends `bridge1/ether2` or `bridge/bonding1/sfp1`, and a name may hold
 * slashes itself, so the longest tail that is an interface counts.
 */
export function routerosTails(name: string): string[] {
  const segments = name.split('/', 16);
  return segments.map((_, index) => segments.slice(index).join('/')).filter((tail) => tail !== '');
}

export function isRouteros(platform: string | null): boolean {
  return spellingOf(platform) === 'routeros';
}

/** A bundle of ports. Its members, not itself, speak LLDP. */
export function isAggregate(key: string): boolean {
  return /^(?:port-channel|bundle-ether|eth-trunk|bridge-aggregation|route-aggregation|lag|trk|ae|bond(?:ing)?|team)-?\d/i.test(
    key,
  );
}

/** A logical point-to-point interface: no wire of its own, but a link of its own. */
export function isTunnel(key: string): boolean {
  return /^(?:tunnel|gre|wg|ipip|st|vti|vpn|ppp|pppoe|l2tp|ovpn)[\d-]/i.test(key);
}

/** Neither a port nor a bundle: it rides on ports that the name does not tell, or on none. */
export function isVirtual(key: string): boolean {
  return (
    isTunnel(key) ||
    /^(?:vlan|vlanif|vl|irb|bvi|bdi|br|bridge|loopback|lo|nve|vxlan|vx|vtep|dummy|docker|virbr|veth|null|sup-eth|cpu|switch|router|self|drop)(?:[-\d.(]|$)/i.test(
      key,
    )
  );
}

function spellingOf(platform: string | null): Spelling {
  return SPELLINGS[platform ?? ''] ?? 'abbreviated';
}
