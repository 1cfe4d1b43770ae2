import { z } from 'zod';
import type { Kind, Records } from '../core/facts.ts';

const text = z.string().nullable();
const int = z.number().nullable();

const route = {
  network: z.string(),
  next_hop: text,
  interface: text,
  distance: int,
  metric: int,
  vrf: text,
  selected: z.boolean(),
};

const neighbor = {
  local_interface: z.string(),
  neighbor_name: text,
  neighbor_interface: text,
  neighbor_address: text,
  platform: text,
  capabilities: z.array(z.string()),
};

/** The record of each data kind, as the API answers it. */
export const RECORDS = {
  static_routes: z.object({ ...route, blackhole: z.boolean() }).meta({ id: 'StaticRoute' }),
  ospf_routes: z.object({ ...route, route_type: text, area: text }).meta({ id: 'OspfRoute' }),
  bgp_routes: z.object({ ...route, as_path: text, local_pref: int, origin: text }).meta({ id: 'BgpRoute' }),
  mac_table: z.object({ mac: z.string(), vlan: int, interface: text, type: text }).meta({ id: 'MacEntry' }),
  arp: z.object({ address: z.string(), mac: text, interface: text, vrf: text }).meta({ id: 'ArpEntry' }),
  interfaces: z
    .object({
      name: z.string(),
      description: text,
      admin_status: text,
      oper_status: text,
      mac: text,
      addresses: z.array(z.string()),
      mtu: int,
      speed: int,
      vrf: text,
    })
    .meta({ id: 'Interface' }),
  cdp_neighbors: z.object(neighbor).meta({ id: 'CdpNeighbor' }),
  lldp_neighbors: z.object({ ...neighbor, chassis_id: text }).meta({ id: 'LldpNeighbor' }),
} as const satisfies { [K in Kind]: z.ZodType<Records[K]> };

/** Records of one device by kind: only kinds that were asked for and answered. */
export const DeviceData = z
  .object({
    static_routes: z.array(RECORDS.static_routes),
    ospf_routes: z.array(RECORDS.ospf_routes),
    bgp_routes: z.array(RECORDS.bgp_routes),
    mac_table: z.array(RECORDS.mac_table),
    arp: z.array(RECORDS.arp),
    interfaces: z.array(RECORDS.interfaces),
    cdp_neighbors: z.array(RECORDS.cdp_neighbors),
    lldp_neighbors: z.array(RECORDS.lldp_neighbors),
  } satisfies { [K in Kind]: z.ZodType<Records[K][]> })
  .partial()
  .meta({ id: 'DeviceData' });
