import { v7 as uuidv7 } from 'uuid';
import type { JobType } from '../../core/jobs.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { createTestDatabase } from '../support/database.ts';

export interface Told {
  name: string;
  event: string;
  payload: Record<string, unknown>;
}

/** A database with the rows that events are made of. */
export interface EventRows {
  database: Database;
  addDevice(): Promise<string>;
  /** A running job of these devices; they are named `name-<position>` in it. */
  addJob(devices: string[], type?: JobType): Promise<string>;
  /** Gives the job the lock of a device; returns the token. */
  lock(device: string, job: string): Promise<number>;
  addWebhook(name: string, events: string[], more?: { threshold?: number; enabled?: boolean }): Promise<string>;
  /** The outbox, in order. */
  told(): Promise<Told[]>;
  /** The outbox as `<webhook> <event>`. */
  events(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function createEventRows(): Promise<EventRows> {
  const test = await createTestDatabase();
  const database = openDatabase(test.url, { max: 8 });
  const { sql } = database;
  let tokens = 0;
  const told = (): Promise<Told[]> =>
    sql<
      Told[]
    >`select w.name, d.event, d.payload from webhook_deliveries d join webhooks w on w.id = d.webhook_id order by d.seq`;
  return {
    database,
    told,
    async addDevice() {
      const id = uuidv7();
      await sql`insert into devices (id, name, host, port, platform, transport) values (${id}, ${`d${id}`}, 'h', 22, 'cisco_ios', 'ssh')`;
      return id;
    },
    async addJob(devices, type = 'topology.discover') {
      const id = uuidv7();
      await sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
        values (${id}, ${type}, 'in_progress', '{}', 'test', 5, ${devices.length})`;
      for (const [position, device] of devices.entries()) {
        await sql`insert into job_devices (job_id, device_id, position, name, batch, queue)
          values (${id}, ${device}, ${position}, ${`name-${position}`}, 0, 'collector')`;
      }
      return id;
    },
    async lock(device, job) {
      tokens += 1;
      await sql`insert into device_locks (device_id, job_id, holder, token, acquired_at, expires_at)
        values (${device}, ${job}, 'test', ${tokens}, now(), now() + interval '1 minute')`;
      return tokens;
    },
    async addWebhook(name, events, { threshold = 3, enabled = true } = {}) {
      const id = uuidv7();
      await sql`insert into webhooks (id, name, url, events, enabled, failure_threshold, sealed, key_id, created_by)
        values (${id}, ${name}, 'http://x.invalid/', ${events}, ${enabled}, ${threshold}, ${Buffer.of(1)}, 'k', 'test')`;
      return id;
    },
    events: async () => (await told()).map(({ name, event }) => `${name} ${event}`),
    async stop() {
      await database.close();
      await test.drop();
    },
  };
}
