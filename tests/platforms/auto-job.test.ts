import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { expectTruth } from '../support/facts.ts';
import { startDevice, PASSWORD, USER, type TinyDevice } from '../unit/devices/support/tiny-device.ts';

let cluster: Cluster;
let simulator: Simulator;
let stranger: TinyDevice;

beforeAll(async () => {
  [cluster, simulator, stranger] = await Promise.all([
    startCluster(),
    startSimulator({
      devices: 4,
      platforms: ['cisco_ios', 'arista_eos', 'juniper_junos', 'mikrotik_routeros'],
      host: '127.44.0.1',
    }),
    startDevice({
      shell: async ({ send, line }) => {
        for (;;) {
          send('widget> ');
          send(`${await line()}\r\nwhat?\r\n`);
        }
      },
    }),
  ]);
  await cluster.startWorker();
});
afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await stranger?.stop();
});

it('finds platforms out in the one login of the job, stores them, and does not guess', async () => {
  const unknown = { name: 'stranger', host: stranger.host, port: stranger.port, username: USER, password: PASSWORD };
  const ids = await cluster.addDevices([...simulator.devices, unknown].map((device) => ({ ...device, platform: 'auto' })));
  const job = await cluster.discover(ids);
  expect(await cluster.wait(job)).toBe('completed');
  const rows = await cluster.database.sql<{ name: string; platform: string }[]>`select name, platform from devices`;
  const found = new Map(rows.map(({ name, platform }) => [name, platform]));
  for (const { name, platform } of simulator.devices) {
    expect([name, found.get(name)]).toEqual([name, platform]);
    expect(simulator.counters().devices[name]).toMatchObject({ logins: 1, connections: 1 });
    const kinds = (await cluster.kinds(job)).filter((row) => row.name === name && row.outcome === 'ok').map(({ kind }) => kind);
    await expectTruth(cluster, simulator, { jobId: job, name, id: ids.get(name)!, kinds });
  }
  expect(found.get('stranger')).toBe('auto');
  expect((await cluster.devices(job)).find(({ name }) => name === 'stranger')).toMatchObject({
    status: 'failed',
    outcome: 'unsupported',
    error: expect.stringContaining('prompt "widget>"'),
  });
  const [line] = await cluster.database.sql<{ message: string }[]>`
    select message from job_log where job_id = ${job} and message like ${`${simulator.devices[0]!.name}: %`}`;
  expect(line!.message).toContain(`(platform found: ${simulator.devices[0]!.platform})`);
});
