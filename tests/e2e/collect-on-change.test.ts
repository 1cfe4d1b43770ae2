import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhooks } from '../../contracts/http/webhooks.ts';
import { deviceHealth } from '../../contracts/http/device-health.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { isSigned, startReceiver, type Receiver } from '../support/receiver.ts';

const SECRET = 'S3cret-of-the-webhook';
const WINDOW = 3;
let cluster: Cluster;
let simulator: Simulator;
let receiver: Receiver;
let ids: Map<string, string>;
let port: number;

beforeAll(async () => {
  [cluster, simulator, receiver, port] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 2, platforms: ['cisco_ios'], host: '127.57.0.1' }),
    startReceiver(),
    freePort(),
  ]);
  ids = await cluster.addDevices(simulator.devices);
});
afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await receiver?.close();
});

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

const startApi = (): Promise<ApiProcess> =>
  cluster.startApi({
    CAIRN_WEBHOOK_ALLOW_PRIVATE: 'true',
    CAIRN_SYSLOG_PORT: String(port),
    CAIRN_SYSLOG_WINDOW: String(WINDOW),
  });

async function saysChanged(name: string, user: string): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, simulator.device(name).host);
  await once(socket, 'listening');
  await new Promise((resolve) => {
    socket.send(`<189>7: %SYS-5-CONFIG_I: Configured from console by ${user} on vty0`, port, '127.0.0.1', resolve);
  });
  socket.close();
}

async function noted(name: string, user: string): Promise<void> {
  await until('the change is noted', async () => {
    const rows = await cluster.database
      .sql`select 1 from device_health where device_id = ${ids.get(name)!} and change_by = ${user}`;
    return rows.length === 1;
  });
}

interface Backup {
  changed: boolean;
  changed_by: string | null;
  actor: string;
  job_id: string;
}
const backups = (name: string): Promise<Backup[]> =>
  cluster.database.sql<
    Backup[]
  >`select changed, changed_by, actor, job_id from backups where device_id = ${ids.get(name)!} order by id`;
const got = (event: string) => receiver.received.filter(({ body }) => body.event === event).map(({ body }) => body.data);

describe('a device that tells of a change', () => {
  it('is collected once, with who changed it, and the webhooks hear of it, whatever dies meanwhile', async () => {
    const [one, two] = [...ids.keys()];
    const [api] = await Promise.all([startApi(), cluster.startWorker()]);
    const collect = async (api: ApiProcess, name: string): Promise<string> => {
      const body = { type: 'device.collect' as const, params: { device_id: name } };
      const { job_id } = (await api.client.call(jobs.createJob, { body })).body;
      expect(await cluster.wait(job_id)).toMatch(/completed|failed/);
      return job_id;
    };
    const events = ['job.completed', 'job.failed', 'configuration.changed', 'device.failing', 'device.recovered'] as const;
    const body = { name: 'ops', url: receiver.url, events: [...events], secret: SECRET, failure_threshold: 2 };
    await api.client.call(webhooks.createWebhook, { body });
    for (const name of [one!, two!]) await collect(api, name);
    await until('both jobs are told', () => got('job.completed').length === 2);
    expect(got('configuration.changed')).toEqual([]);

    simulator.change(one!, { kind: 'edit_config' });
    await saysChanged(one!, 'alice');
    await noted(one!, 'alice');
    await saysChanged(one!, 'bob');
    await noted(one!, 'bob');
    await api.kill();
    const next = await startApi();
    await until('the change is told', () => got('configuration.changed').length === 1);
    const rows = await backups(one!);
    expect(rows).toMatchObject([{ changed: true }, { changed: true, changed_by: 'bob', actor: 'syslog' }]);
    const job = rows[1]!.job_id;
    const [change] = got('configuration.changed');
    expect(change).toMatchObject({ device_id: ids.get(one!), device_name: one, job_id: job, changed_by: 'bob' });
    expect(Number(change!['lines_added']) + Number(change!['lines_removed'])).toBeGreaterThan(0);
    const links = change!['links'] as Record<string, string>;
    for (const path of Object.values(links)) {
      const answer = await fetch(`${next.url}${path}`, { headers: { Authorization: `Bearer ${next.token}` } });
      expect([path, answer.status]).toEqual([path, 200]);
    }
    await until('its job is told', () => got('job.completed').some((data) => data['job_id'] === job));
    expect(await backups(two!)).toHaveLength(1);

    await simulator.setFault(two!, 'auth');
    await collect(next, two!);
    await collect(next, two!);
    await until('it is told as failing', () => got('device.failing').length === 1);
    const health = await next.client.call(deviceHealth.getDeviceHealth, { params: { id: two! } });
    expect(health.body).toMatchObject({ failures: 2, last_outcome: 'auth_failed' });
    await simulator.setFault(two!, null);
    await collect(next, two!);
    await until('it is told as recovered', () => got('device.recovered').length === 1);
    expect(got('device.failing')[0]).toMatchObject({ device_id: ids.get(two!), failures: 2, outcome: 'auth_failed' });
    expect(got('device.recovered')[0]).toMatchObject({ device_id: ids.get(two!), failures: 2, outcome: 'ok' });
    expect(got('job.failed')).toHaveLength(2);
    expect(receiver.received.every((one) => isSigned(one, SECRET))).toBe(true);
    expect(got('configuration.changed')).toHaveLength(1);
  }, 120_000);
});
