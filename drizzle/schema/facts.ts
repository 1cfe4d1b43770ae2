import { boolean, bigint, index, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { devices } from './devices.ts';

const deviceId = () =>
  uuid('device_id')
    .notNull()
    .references(() => devices.id, { onDelete: 'cascade' });

/**
 * What every row of a cache begins with. There are hundreds for each device, so a row has no key of its own and no foreign key,
 * which would be checked row by row (a third of the cost of a checkpoint): the writer locks the device, and a trigger on
 * `devices` (migration 0001) removes the rows with it.
 */
const factRow = () => ({
  device_id: uuid('device_id').notNull(),
  /** Place among the rows of the same kind that the device gave, from 0. */
  position: integer('position').notNull(),
});

/** Records of one device and kind, content addressed: what a job collected stays readable after later runs. */
export const factSets = pgTable(
  'fact_sets',
  {
    device_id: uuid('device_id').notNull(),
    kind: text('kind').notNull(),
    sha256: text('sha256').notNull(),
    records: json('records').notNull(),
    created_at: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.device_id, table.kind, table.sha256] }),
    index('fact_sets_created').on(table.created_at),
  ],
);

/** The state of the cache per device and kind: the last good answer and what the last attempt came to. */
export const deviceKinds = pgTable(
  'device_kinds',
  {
    device_id: deviceId(),
    kind: text('kind').notNull(),
    outcome: text('outcome').notNull(),
    error: text('error'),
    attempted_at: at('attempted_at').notNull(),
    job_id: uuid('job_id').notNull(),
    /** Of the last `ok` or `empty`; null where there was none yet. */
    collected_at: at('collected_at'),
    facts_sha256: text('facts_sha256'),
    commands: text('commands').array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.device_id, table.kind] })],
);

/** The last raw output of each command, so that it can be parsed again without the device. */
export const commandOutputs = pgTable(
  'command_outputs',
  {
    device_id: deviceId(),
    command: text('command').notNull(),
    output: text('output').notNull(),
    template: text('template'),
    template_version: text('template_version'),
    job_id: uuid('job_id').notNull(),
    collected_at: at('collected_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.device_id, table.command] })],
);

const route = () => ({
  ...factRow(),
  network: text('network').notNull(),
  next_hop: text('next_hop'),
  interface: text('interface'),
  distance: integer('distance'),
  metric: bigint('metric', { mode: 'number' }),
  vrf: text('vrf'),
  selected: boolean('selected').notNull(),
});

export const staticRoutes = pgTable('static_routes', { ...route(), blackhole: boolean('blackhole').notNull() }, (table) => [
  index('static_routes_device').on(table.device_id),
]);

export const ospfRoutes = pgTable('ospf_routes', { ...route(), route_type: text('route_type'), area: text('area') }, (table) => [
  index('ospf_routes_device').on(table.device_id),
]);

export const bgpRoutes = pgTable(
  'bgp_routes',
  { ...route(), as_path: text('as_path'), local_pref: bigint('local_pref', { mode: 'number' }), origin: text('origin') },
  (table) => [index('bgp_routes_device').on(table.device_id)],
);

export const macEntries = pgTable(
  'mac_entries',
  {
    ...factRow(),
    mac: text('mac').notNull(),
    vlan: integer('vlan'),
    interface: text('interface'),
    type: text('type'),
  },
  (table) => [index('mac_entries_device').on(table.device_id), index('mac_entries_mac').on(table.mac)],
);

export const arpEntries = pgTable(
  'arp_entries',
  {
    ...factRow(),
    address: text('address').notNull(),
    mac: text('mac'),
    interface: text('interface'),
    vrf: text('vrf'),
  },
  (table) => [index('arp_entries_device').on(table.device_id), index('arp_entries_address').on(table.address)],
);

export const interfaces = pgTable(
  'interfaces',
  {
    ...factRow(),
    name: text('name').notNull(),
    description: text('description'),
    admin_status: text('admin_status'),
    oper_status: text('oper_status'),
    mac: text('mac'),
    addresses: text('addresses').array().notNull(),
    mtu: integer('mtu'),
    speed: bigint('speed', { mode: 'number' }),
    vrf: text('vrf'),
  },
  (table) => [index('interfaces_device').on(table.device_id)],
);

const neighbor = () => ({
  ...factRow(),
  local_interface: text('local_interface').notNull(),
  neighbor_name: text('neighbor_name'),
  neighbor_interface: text('neighbor_interface'),
  neighbor_address: text('neighbor_address'),
  platform: text('platform'),
  capabilities: text('capabilities').array().notNull(),
});

export const cdpNeighbors = pgTable('cdp_neighbors', neighbor(), (table) => [index('cdp_neighbors_device').on(table.device_id)]);

export const lldpNeighbors = pgTable('lldp_neighbors', { ...neighbor(), chassis_id: text('chassis_id') }, (table) => [
  index('lldp_neighbors_device').on(table.device_id),
]);
