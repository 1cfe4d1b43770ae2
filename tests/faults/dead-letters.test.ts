import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadLetters } from '../../contracts/http/dead-letters.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type ApiProcess, type Cluster } from '../support/cluster.ts';

let simulator: Simulator;
let cluster: Cluster;
let api: ApiProcess;

beforeAll(async () => {
  [simulator, cluster] = await Promise.all([startSimulator({ devices: 10, seed: 13, host: '127.45.0.1' }), startCluster()]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const groups = async (state = 'open' as const) =>
  (await api.client.call(deadLetters.listDeadLetters, { query: { state } })).body.items;

it('groups what failed by its error, replays a group, resolves what works, and ignores what it is told to', async () => {
  const refused = simulator.devices.slice(0, 4).map((device) => device.name);
  for (const name of refused) await simulator.setFault(name, 'auth');
  const odd = simulator.devices[4]!.name;
  await simulator.setFault(odd, 'drop_after_login');
  const ids = await cluster.addDevices(simulator.devices);
  const job = await cluster.collect(ids);
  expect(await cluster.wait(job)).toBe('completed');

  const [largest, second, ...rest] = await groups();
  expect(rest).toEqual([]);
  expect(largest).toMatchObject({ outcome: 'auth_failed', letters: 4, devices: 4, job_types: ['fleet.collect'] });
  expect(largest!.examples).toHaveLength(3);
  expect(largest!.examples.every((example) => refused.includes(example.device_name) && example.job_id === job)).toBe(true);
  expect(second).toMatchObject({ outcome: 'unreachable', devices: 1 });

  for (const name of refused.slice(1)) await simulator.setFault(name, null);
  simulator.reset();
  const { fingerprint } = largest!;
  const body = { fingerprint, limit: 3, jitter_seconds: 1 };
  const { body: replay } = await api.client.call(deadLetters.replayDeadLetters, { body });
  expect(replay).toMatchObject({ devices: 3, jobs: [{ type: 'fleet.collect', devices: 3 }] });
  await cluster.wait(replay.jobs[0]!.job_id);
  const touched = Object.entries(simulator.counters().devices).filter(([, one]) => one.connections > 0);
  expect(touched).toHaveLength(3);

  const { body: all } = await api.client.call(deadLetters.listDeadLettersOfGroup, { params: { fingerprint }, query: {} });
  const stateOf = (name: string) => all.items.filter((letter) => letter.device_name === name).map((letter) => letter.state);
  const worked = refused.slice(1).filter((name) => touched.some(([one]) => one === name));
  expect(worked.length).toBeGreaterThanOrEqual(2);
  for (const name of worked) expect(stateOf(name), name).toEqual(['resolved']);

  await api.client.call(deadLetters.ignoreDeadLetters, { params: { fingerprint } });
  await cluster.wait(await cluster.collect(new Map([[refused[0]!, ids.get(refused[0]!)!]])));
  expect((await groups()).map((group) => group.fingerprint)).not.toContain(fingerprint);
  await api.client.call(deadLetters.reopenDeadLetters, { params: { fingerprint } });
  expect((await groups()).map((group) => group.fingerprint)).toContain(fingerprint);
  await api.client.call(deadLetters.resolveDeadLetters, { params: { fingerprint } });
  await expect(api.client.call(deadLetters.replayDeadLetters, { body: { fingerprint } })).rejects.toMatchObject({
    code: 'conflict',
  });
});
