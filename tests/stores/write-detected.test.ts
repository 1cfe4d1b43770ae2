import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { commitDevices } from '../../stores/commit-devices.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
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

async function afterCommit(before: string, detected_platform: string | null): Promise<{ platform: string; message: string }> {
  const { sql } = database;
  const id = uuidv7();
  await sql`insert into devices (id, name, host, port, platform, transport) values (${id}, ${id}, 'h', 22, ${before}, 'ssh')`;
  const verdict = { status: 'completed', outcome: 'ok', error: null } as const;
  const rest = { kinds: {}, outputs: [], cache: true, verdict, host_keys: [], collected_at: new Date() };
  await commitDevices(database, [{ job_id: job, device_id: id, name: 'sw1', token: null, detected_platform, ...rest }]);
  const [device] = await sql<{ platform: string }[]>`select platform from devices where id = ${id}`;
  const [line] = await sql<{ message: string }[]>`select message from job_log where job_id = ${job} and device_id = ${id}`;
  return { platform: device!.platform, message: line!.message };
}

it('stores the platform that was found, with the checkpoint, and says so in the log', async () => {
  expect(await afterCommit('auto', 'arista_eos')).toEqual({
    platform: 'arista_eos',
    message: 'sw1: ok (platform found: arista_eos)',
  });
});

it('leaves what a person has set meanwhile, and what was not found', async () => {
  expect((await afterCommit('cisco_nxos', 'arista_eos')).platform).toBe('cisco_nxos');
  expect(await afterCommit('auto', null)).toEqual({ platform: 'auto', message: 'sw1: ok' });
});
