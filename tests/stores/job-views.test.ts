import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultJson } from '../../api/discover-result.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { createJob } from '../../stores/create-job.ts';
import { listJobDevices, readJob } from '../../stores/job-views.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let own: TestDatabase;
let database: Database;
beforeAll(async () => {
  own = await createTestDatabase();
  database = openDatabase(own.url);
});
afterAll(async () => {
  await database?.close();
  await own?.drop();
});

const limits = { device_time_limit: 300, command_time_limit: 30, job_time_limit: 1800, lock_wait: 60 };

async function jobOf(names: string[], kinds: ('arp' | 'interfaces')[]): Promise<{ id: string; devices: string[] }> {
  const id = randomUUID();
  const devices = names.map((name) => ({ id: randomUUID(), name, queue_id: null }));
  const params = { ...limits, kinds, cache_results: true, snapshot: true };
  await createJob(database, {
    id,
    type: 'topology.discover',
    owner: 'o',
    priority: 5,
    params,
    devices,
    retry_of: null,
    schedule_id: null,
  });
  return { id, devices: devices.map((device) => device.id) };
}
const text = async (jobId: string): Promise<string> => {
  let all = '';
  for await (const chunk of resultJson(database, (await readJob(database, UNSCOPED, jobId))!)) all += chunk;
  return all;
};
const kind = (job: string, device: string, name: string, outcome: string, sha: string | null) =>
  own.sql`insert into job_device_kinds (job_id, device_id, kind, outcome, rows, duration_ms, facts_sha256, collected_at)
    values (${job}, ${device}, ${name}, ${outcome}, 1, 5, ${sha}, now())`;

test('records pass through as they were stored; what is lost is named, never an empty list', async () => {
  const { id, devices } = await jobOf(['a', 'b', 'c'], ['arp', 'interfaces']);
  const [a = '', b = '', c = ''] = devices;
  // Not how JSON.stringify would write it: it must not be parsed on its way.
  const records = '[ {"address":"192.0.2.1", "mac":null,  "interface":"é", "vrf":null} ]';
  await own.sql`insert into fact_sets (device_id, kind, sha256, records) values (${a}, 'arp', 'x', ${records}::text::json)`;
  await kind(id, a, 'arp', 'ok', 'x');
  await kind(id, a, 'interfaces', 'empty', null);
  await kind(id, b, 'arp', 'ok', 'gone');
  await kind(id, b, 'interfaces', 'parse_failed', null);
  await own.sql`update job_devices set status = 'completed', outcome = 'ok' where device_id = ${a}`;
  await own.sql`update job_devices set status = 'completed', outcome = 'partial', error = 'interfaces: parse_failed' where device_id = ${b}`;
  await own.sql`update job_devices set status = 'cancelled', outcome = 'cancelled', error = 'cancelled by x' where device_id = ${c}`;
  const json = await text(id);
  expect(json).toContain(records);
  expect(JSON.parse(json)).toMatchObject({
    job_id: id,
    total_devices: 3,
    successful_devices: 2,
    failed_devices: 0,
    devices_data: { [a]: { arp: JSON.parse(records), interfaces: [] } },
    errors: { [b]: 'interfaces: parse_failed; the records of arp are no longer kept', [c]: 'cancelled by x' },
    outcomes: {
      [a]: { arp: 'ok', interfaces: 'empty' },
      [b]: { arp: 'ok', interfaces: 'parse_failed' },
      [c]: { arp: 'cancelled', interfaces: 'cancelled' },
    },
  });
  expect(Object.keys(JSON.parse(json).devices_data)).toEqual([a]);
  const [, , last] = await listJobDevices(database, id, {}, -1, 10);
  expect(last).toMatchObject({
    progress_percentage: 100,
    kinds: { arp: { outcome: 'cancelled', rows: 0, error: 'cancelled by x' } },
  });
});

test('a device between two kinds shows how far it is, and no error before its last word', async () => {
  const { id, devices } = await jobOf(['a'], ['arp', 'interfaces']);
  await kind(id, devices[0]!, 'arp', 'empty', null);
  await own.sql`update job_devices set status = 'pending', error = 'attempt 1: refused' where job_id = ${id}`;
  const [device] = await listJobDevices(database, id, {}, -1, 10);
  expect(device).toMatchObject({ progress_percentage: 50, error: 'attempt 1: refused', kinds: { arp: { outcome: 'empty' } } });
  expect(JSON.parse(await text(id))).toMatchObject({ errors: {}, outcomes: { [devices[0]!]: { arp: 'empty' } } });
});

test('more devices than a page of results holds', async () => {
  const { id, devices } = await jobOf(
    Array.from({ length: 130 }, (_, index) => `d${index}`),
    ['arp'],
  );
  for (const device of devices) await kind(id, device, 'arp', 'empty', null);
  await own.sql`update job_devices set status = 'completed', outcome = 'ok' where job_id = ${id}`;
  expect(Object.keys(JSON.parse(await text(id)).devices_data)).toEqual(devices);
});
