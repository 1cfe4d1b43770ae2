import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { KindResult } from '../../core/collection.ts';
import type { Kind } from '../../core/facts.ts';
import { commitDevices, type DeviceCommit } from '../../stores/commit-devices.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { FACT_TABLES } from '../../stores/fact-tables.ts';
import { readCachedKind } from '../../stores/facts-views.ts';
import { createTestDatabase } from '../support/database.ts';

let drop: () => Promise<void>;
let database: Database;
const job = uuidv7();

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  database = openDatabase(test.url, { max: 4 });
  await database.sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
    values (${job}, 'topology.discover', 'in_progress', '{}', 'test', 5, 1)`;
});
afterAll(async () => {
  await database.close();
  await drop();
});

async function addDevice(name: string): Promise<string> {
  const id = uuidv7();
  await database.sql`insert into devices (id, name, host, port, platform, transport) values (${id}, ${name}, 'h', 22, 'cisco_ios', 'ssh')`;
  return id;
}

function commitOf(device_id: string, kinds: { [K in Kind]?: object[] }): DeviceCommit {
  const results = Object.entries(kinds).map(([kind, records]): [string, KindResult] => [
    kind,
    {
      outcome: records.length > 0 ? 'ok' : 'empty',
      rows: records.length,
      duration_ms: 1,
      error: null,
      records,
      commands: ['show "it"'],
    } as KindResult,
  ]);
  return {
    job_id: job,
    device_id,
    name: 'sw',
    token: null,
    kinds: Object.fromEntries(results),
    outputs: [{ command: 'show "it"', text: 'a\\b "c"\n{d}\0', template: null, template_version: null }],
    cache: true,
    verdict: { status: 'completed', outcome: 'ok', error: null },
    host_keys: [],
    collected_at: new Date(),
  };
}

const neighbor = (local_interface: string, capabilities: string[], neighbor_name: string | null = null) => ({
  local_interface,
  neighbor_name,
  neighbor_interface: null,
  neighbor_address: null,
  platform: 'NULL',
  capabilities,
  chassis_id: null,
});

const rowsOf = async (device: string): Promise<number> => {
  let sum = 0;
  for (const { table } of Object.values(FACT_TABLES)) {
    const [row] = await database.sql<
      { n: number }[]
    >`select count(*)::int as n from ${database.sql(table)} where device_id = ${device}`;
    sum += row!.n;
  }
  return sum;
};

it('gives back every record as it was, in order, whatever is in its text', async () => {
  const id = await addDevice('odd');
  const lldp = [
    neighbor('Gi "1"', ['bridge', 'a,b', 'c "d"', 'e\\f', '{g}']),
    neighbor('\\', [], 'x\ny\t'),
    neighbor('', ['NULL'], 'größe 🙂'),
  ];
  const interfaces = [
    {
      name: 'Vlan1',
      description: 'a "b" \\ {c}',
      admin_status: 'up',
      oper_status: null,
      mac: null,
      addresses: ['10.0.0.1/24', 'fe80::1/64'],
      mtu: 1500,
      speed: 100_000_000_000,
      vrf: null,
    },
  ];
  await commitDevices(database, [commitOf(id, { lldp_neighbors: lldp, interfaces })]);
  expect(JSON.parse((await readCachedKind(database, id, 'lldp_neighbors'))!.records!)).toEqual(lldp);
  expect(JSON.parse((await readCachedKind(database, id, 'interfaces'))!.records!)).toEqual(interfaces);
  const [output] = await database.sql`select output, command from command_outputs where device_id = ${id}`;
  expect(output).toEqual({ command: 'show "it"', output: 'a\\b "c"\n{d}' });
});

it('stores text that PostgreSQL cannot hold without what it cannot hold', async () => {
  const id = await addDevice('nul');
  await commitDevices(database, [commitOf(id, { lldp_neighbors: [neighbor('a\0b', ['c\0'], '\ud800!')] })]);
  const [record] = JSON.parse((await readCachedKind(database, id, 'lldp_neighbors'))!.records!) as object[];
  expect(record).toMatchObject({ local_interface: 'ab', capabilities: ['c'], neighbor_name: '\ufffd!' });
});

it('leaves rows alone that are the same, replaces those that differ, and clears on an empty answer', async () => {
  const id = await addDevice('again');
  const places = () => database.sql`select ctid::text as place, mac from mac_entries where device_id = ${id} order by position`;
  const entry = (mac: string) => ({ mac, vlan: 1, interface: null, type: null });
  await commitDevices(database, [commitOf(id, { mac_table: [entry('aa'), entry('bb')] })]);
  const first = await places();
  await commitDevices(database, [commitOf(id, { mac_table: [entry('aa'), entry('bb')] })]);
  expect(await places()).toEqual(first);
  await commitDevices(database, [commitOf(id, { mac_table: [entry('cc')] })]);
  expect((await places()).map((row) => row['mac'])).toEqual(['cc']);
  await commitDevices(database, [commitOf(id, { mac_table: [entry('aa'), entry('bb')] })]);
  expect((await places()).map((row) => row['mac'])).toEqual(['aa', 'bb']);
  await commitDevices(database, [commitOf(id, { mac_table: [] })]);
  expect(await places()).toEqual([]);
  expect((await readCachedKind(database, id, 'mac_table'))!.records).toBe('[]');
});

it('keeps records again that retention has removed meanwhile', async () => {
  const id = await addDevice('kept');
  const commit = commitOf(id, { arp: [{ address: '10.0.0.1', mac: null, interface: null, vrf: null }] });
  await commitDevices(database, [commit]);
  await database.sql`delete from fact_sets where device_id = ${id}`;
  await commitDevices(database, [commit]);
  const [kept] = await database.sql`select records from fact_sets where device_id = ${id}`;
  expect(kept!['records']).toEqual(commit.kinds.arp!.records);
});

it('removes the rows of a device with the device, and writes none for one that is gone', async () => {
  const [gone, stays] = [await addDevice('gone'), await addDevice('stays')];
  const records = [{ mac: 'aa', vlan: null, interface: null, type: null }];
  const both = [commitOf(gone, { mac_table: records }), commitOf(stays, { mac_table: records })];
  await commitDevices(database, both);
  await database.sql`delete from devices where id = ${gone}`;
  expect([await rowsOf(gone), await rowsOf(stays)]).toEqual([0, 1]);
  await commitDevices(database, [
    commitOf(gone, { mac_table: records }),
    commitOf(stays, { mac_table: [...records, ...records] }),
  ]);
  expect([await rowsOf(gone), await rowsOf(stays)]).toEqual([0, 2]);
});

it('leaves no rows behind where the device is deleted in the middle of a commit', async () => {
  const id = await addDevice('race');
  const records = Array.from({ length: 2000 }, (_, n) => ({ mac: `m${n}`, vlan: null, interface: null, type: null }));
  const ends = await Promise.allSettled([
    commitDevices(database, [commitOf(id, { mac_table: records })]),
    database.sql`delete from devices where id = ${id}`,
    commitDevices(database, [commitOf(id, { mac_table: records.slice(1) })]),
  ]);
  expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(await rowsOf(id)).toBe(0);
});
