import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { deviceHealth } from '../../contracts/http/device-health.ts';

let simulator: Simulator;
let cluster: Cluster;
let api: ApiProcess;

beforeAll(async () => {
  [simulator, cluster] = await Promise.all([startSimulator({ devices: 2, seed: 9, host: '127.42.0.1' }), startCluster()]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

it('opens at the fifth failure, spares the device, lets one probe through, doubles, and closes', async () => {
  const [bad, good] = simulator.devices;
  const ids = await cluster.addDevices(simulator.devices);
  const id = ids.get(bad!.name)!;
  const run = async () => {
    const job = await cluster.collect(ids);
    await cluster.wait(job);
    return new Map((await cluster.devices(job)).map((row) => [row.name, row]));
  };
  const health = async () => (await api.client.call(deviceHealth.getDeviceHealth, { params: { id } })).body;
  const connections = (): number => simulator.counters().devices[bad!.name]!.connections;
  const timeIsOver = () =>
    cluster.database.sql`update device_health set open_until = now() - interval '1 second' where device_id = ${id}`;
  const openFor = async (): Promise<number> =>
    Math.round((Date.parse((await health()).circuit.open_until ?? '') - Date.now()) / 1000);

  await simulator.setFault(bad!.name, 'auth');
  for (let failures = 1; failures <= 5; failures += 1) {
    expect((await health()).circuit.state).toBe('closed');
    expect((await run()).get(bad!.name)).toMatchObject({ outcome: 'auth_failed' });
    expect(await health()).toMatchObject({ failures });
  }
  expect((await health()).circuit.state).toBe('open');
  expect(await openFor()).toBeGreaterThan(50);
  expect(await openFor()).toBeLessThanOrEqual(60);

  const before = connections();
  const spared = await run();
  expect(spared.get(bad!.name)).toMatchObject({ status: 'failed', outcome: 'circuit_open', attempts: 0 });
  expect(spared.get(bad!.name)!.error).toMatch(/5 failures in a row, the last one auth_failed .* left alone until/);
  expect(spared.get(good!.name)).toMatchObject({ outcome: 'ok' });
  expect(connections()).toBe(before);

  await timeIsOver();
  expect((await health()).circuit.state).toBe('half_open');
  expect((await run()).get(bad!.name)).toMatchObject({ outcome: 'auth_failed' });
  expect(connections()).toBe(before + 1);
  expect(await openFor()).toBeGreaterThan(110);
  expect(await openFor()).toBeLessThanOrEqual(120);

  await simulator.setFault(bad!.name, null);
  await timeIsOver();
  expect((await run()).get(bad!.name)).toMatchObject({ outcome: 'ok' });
  expect(await health()).toMatchObject({ failures: 0, circuit: { state: 'closed', open_until: null } });
});

it('is closed by hand', async () => {
  const [bad] = simulator.devices;
  const [row] = await cluster.database.sql<{ id: string }[]>`select id from devices where name = ${bad!.name}`;
  const id = row!.id;
  await cluster.database
    .sql`update device_health set failures = 7, open_seconds = 240, open_until = now() + interval '4 minutes' where device_id = ${id}`;
  const answer = await api.client.call(deviceHealth.resetDeviceCircuit, { params: { id } });
  expect(answer.body).toMatchObject({ failures: 0, circuit: { state: 'closed' } });
  const job = await cluster.collect(new Map([[bad!.name, id]]));
  expect(await cluster.wait(job)).toBe('completed');
});
