import type { Row } from '../platform.ts';
import { object, objects, parseObject, string } from './value.ts';

/**
 * Junos `| display json`: the XML of the command, each element a list of `{data, attributes}`. Empty tables are left out, so a
 * missing list is an empty one; a missing top element is an error.
 */
function root(text: string, ...names: string[]): Row[] {
  const document = parseObject(text.slice(Math.max(0, text.indexOf('{'))));
  // Virtual chassis and redundant engines wrap it once more.
  const engines = objects(document['multi-routing-engine-results']).flatMap((result) =>
    objects(result['multi-routing-engine-item']),
  );
  const found = [document, ...engines].flatMap((part) => names.filter((name) => name in part).map((name) => part[name]));
  if (found.length === 0) throw new SyntaxError(`there is no ${names.join(' or ')}`);
  return found.flatMap((one) => objects(one));
}

/** The text of an element. */
function cell(element: unknown): string | null {
  return string(objects(element)[0]?.['data']);
}

/** `VRF-A.inet.0` → `VRF-A`; the tables of other address families give undefined. */
function vrfOf(table: string | null): string | null | undefined {
  const match = /^(?:(.+)\.)?inet6?\.0$/.exec(table ?? '');
  return match === null ? undefined : (match[1] ?? null);
}

/**
 * `show route protocol … | display json`. BGP next hops are shown as what they resolve to. The brief form tells neither OSPF
 * type nor area.
 */
export function junosRoutes(text: string): Row[] {
  return root(text, 'route-information').flatMap((information) =>
    objects(information['route-table']).flatMap((table) => {
      const vrf = vrfOf(cell(table['table-name']));
      if (vrf === undefined) return [];
      return objects(table['rt']).flatMap((rt) => objects(rt['rt-entry']).map((entry) => routeRow(rt, entry, vrf)));
    }),
  );
}

function routeRow(rt: Row, entry: Row, vrf: string | null): Row {
  const hops = objects(entry['nh']);
  const path = /^(?:AS path: )?(.*?) ?([IE?])?$/.exec(cell(entry['as-path'])?.split('\n')[0] ?? '');
  return {
    network: cell(rt['rt-destination']),
    prefix_length: cell(rt['rt-prefix-length']),
    next_hop: hops.map((hop) => cell(hop['to'])),
    interface: hops.map((hop) => cell(hop['via']) ?? cell(hop['nh-local-interface'])),
    blackhole: /^(?:discard|reject)/i.test(cell(entry['nh-type']) ?? ''),
    distance: cell(entry['preference']),
    metric: cell(entry['metric']),
    vrf,
    selected: cell(entry['active-tag']) === '*' || 'current-active' in entry,
    as_path: path?.[1],
    origin: path?.[2],
    local_pref: cell(entry['local-preference']),
  };
}

/** `show lldp neighbors [detail] | display json`; older releases name the local port `lldp-local-interface`. */
export function junosLldp(text: string): Row[] {
  return root(text, 'lldp-neighbors-information').flatMap((information) =>
    objects(information['lldp-neighbor-information']).map((neighbor) => ({
      local_interface: cell(neighbor['lldp-local-port-id']) ?? cell(neighbor['lldp-local-interface']),
      chassis_id: cell(neighbor['lldp-remote-chassis-id']),
      neighbor_name: cell(neighbor['lldp-remote-system-name']),
      neighbor_port_id: cell(neighbor['lldp-remote-port-id']),
      port_description: cell(neighbor['lldp-remote-port-description']),
      neighbor_address: cell(neighbor['lldp-remote-management-address']),
      capabilities: cell(neighbor['lldp-remote-system-capabilities-enabled']),
    })),
  );
}

/** `show arp no-resolve | display json`; `irb.10 [ge-0/0/1.0]` is a VLAN interface and the port behind it. */
export function junosArp(text: string): Row[] {
  return root(text, 'arp-table-information').flatMap((information) =>
    objects(information['arp-table-entry']).map((entry) => ({
      address: cell(entry['ip-address']),
      mac: cell(entry['mac-address']),
      interface: cell(entry['interface-name'])?.replace(/ *\[.*$/, ''),
    })),
  );
}

/**
 * `show ethernet-switching table | display json`, of switches with ELS and of those without. A VLAN may have a name only, where
 * the number is not told.
 */
export function junosMacs(text: string): Row[] {
  return root(text, 'l2ng-l2ald-rtb-macdb', 'ethernet-switching-table-information').flatMap((information) => [
    ...objects(information['l2ng-l2ald-mac-entry-vlan']).flatMap((vlan) =>
      objects(vlan['l2ng-mac-entry']).map((entry) => ({
        mac: cell(entry['l2ng-l2-mac-address']),
        vlan: cell(vlan['l2ng-l2-vlan-id']) ?? vlanNumber(cell(entry['l2ng-l2-mac-vlan-name'])),
        interface: cell(entry['l2ng-l2-mac-logical-interface']),
        mac_flag: cell(entry['l2ng-l2-mac-flags']),
      })),
    ),
    ...objects(information['ethernet-switching-table']).flatMap((table) =>
      objects(table['mac-table-entry']).flatMap((entry) => (cell(entry['mac-address']) === '*' ? [] : [oldMac(entry)])),
    ),
  ]);
}

function oldMac(entry: Row): Row {
  const type = cell(entry['mac-type']);
  const interfaces = objects(entry['mac-interfaces-list']).map((one) => cell(one['mac-interfaces']));
  return {
    mac: cell(entry['mac-address']),
    vlan: cell(entry['mac-vlan-tag']) ?? vlanNumber(cell(entry['mac-vlan'])),
    interface: interfaces,
    type: type === 'Learn' ? 'dynamic' : type,
  };
}

function vlanNumber(name: string | null): string | null {
  return /^(?:vlan)?(\d+)$/i.exec(name ?? '')?.[1] ?? null;
}

/** `show interfaces | display json`: each port, and each of its units as an interface of its own, for addresses are the unit's. */
export function junosInterfaces(text: string): Row[] {
  return root(text, 'interface-information').flatMap((information) =>
    objects(information['physical-interface']).flatMap((port) => [
      portRow(port),
      ...objects(port['logical-interface']).map((unit) => unitRow(unit)),
    ]),
  );
}

function portRow(port: Row): Row {
  return {
    name: cell(port['name']),
    description: cell(port['description']),
    admin_status: cell(port['admin-status']),
    oper_status: cell(port['oper-status']),
    mac: cell(port['current-physical-address']) ?? cell(port['hardware-physical-address']),
    mtu: cell(port['mtu']),
    speed: cell(port['speed']),
  };
}

/** A unit has no state of its own but its flags. */
function unitRow(unit: Row): Row {
  const flags = objects(unit['if-config-flags'])[0] ?? {};
  const families = objects(unit['address-family']);
  return {
    name: cell(unit['name']),
    description: cell(unit['description']),
    oper_status: 'iff-up' in flags ? 'up' : 'iff-device-down' in flags || 'iff-down' in flags ? 'down' : null,
    addresses: families.flatMap((family) => objects(family['interface-address']).map((address) => unitAddress(address))),
    mtu: families.map((family) => cell(family['mtu'])).find((mtu) => mtu !== null),
  };
}

/** The destination is the network in short form (`10.1/16`); without one it is a host address. */
function unitAddress(address: Row): string | null {
  const local = cell(address['ifa-local']);
  const length = object(address) === null ? null : cell(address['ifa-destination'])?.split('/')[1];
  return local === null || length === undefined || length === null ? local : `${local.split('/')[0]}/${length}`;
}
