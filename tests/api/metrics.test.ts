import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerServerMetrics } from '../../api/metrics-servers.ts';
import { registerJobMetrics } from '../../api/metrics.ts';
import { createQueueWatch } from '../../api/queues.ts';
import { openFilesystemStore } from '../../artifacts/filesystem.ts';
import { timedStore } from '../../artifacts/timed-store.ts';
import { createFleetMetrics } from '../../runtime/metrics-fleet.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { openDatabase } from '../../stores/database.ts';
import { parseExposition, type Exposition } from '../support/exposition.ts';
import { addDevices, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ temporal: true });
});
afterAll(() => api.stop());

/** What a fresh process tells of the servers at these addresses. */
async function scrapeOf(deps: Pick<TestApi['deps'], 'database' | 'temporal'>): Promise<Exposition> {
  const metrics = createMetrics('api');
  const { namespace, log } = api.deps;
  registerJobMetrics({ metrics, database: deps.database, log });
  registerServerMetrics({ metrics, database: deps.database, log, queues: createQueueWatch({ ...deps, namespace, log }) });
  return parseExposition((await metrics.expose()).text);
}

test('with its servers there: up, no worker on any queue, and what is in the rows', async () => {
  const [device] = await addDevices(api, ['m1']);
  await api.database.sql`insert into device_health (device_id, failures, last_outcome, open_until)
    values (${device!}, 5, 'unreachable', now() + interval '1 hour')`;
  await api.send('POST', '/api/collection-groups', { body: { name: 'branch', queue_id: 'branch' } });
  const { sum, samples } = await scrapeOf(api.deps);
  expect([
    sum('cairn_database_up'),
    sum('cairn_temporal_up'),
    sum('cairn_circuits_open'),
    sum('cairn_dead_letters_open'),
  ]).toEqual([1, 1, 1, 0]);
  const served = samples.filter((sample) => sample.name === 'cairn_queue_served');
  expect(
    served
      .map(({ labels, value }) => [labels.queue, labels.kind, value])
      .toSorted((a, b) => a.join(' ').localeCompare(b.join(' '))),
  ).toEqual([
    ['cairn-jobs', 'activity', 0],
    ['cairn-jobs', 'workflow', 0],
    ['collector', 'activity', 0],
    ['collector.group.branch', 'activity', 0],
  ]);
});

test('with its servers away: down, and what is not known is not told as zero', async () => {
  const database = openDatabase('postgres://nobody:none@127.0.0.1:1/none');
  const away = await startApi();
  try {
    const began = Date.now();
    const { sum, samples, names } = await scrapeOf({ database, temporal: away.deps.temporal });
    // Prometheus gives up after 10 s, and what tells of the outage would be lost with the scrape.
    expect(Date.now() - began).toBeLessThan(6_000);
    expect(names).toContain('cairn_database_up');
    expect([sum('cairn_database_up'), sum('cairn_temporal_up')]).toEqual([0, 0]);
    const half = await scrapeOf({ database, temporal: api.deps.temporal });
    expect([half.sum('cairn_database_up'), half.sum('cairn_temporal_up')]).toEqual([0, 1]);
    expect([sum('cairn_circuits_open'), sum('cairn_dead_letters_open')]).toEqual([Number.NaN, Number.NaN]);
    const known = samples.filter((sample) => /^cairn_(queue_|jobs$|webhook_deliveries)/.test(sample.name));
    expect(known).toEqual([]);
  } finally {
    await away.stop();
    await database.close();
  }
});

test('the artifact store tells each call and the code of each failure', async () => {
  const path = await mkdtemp(join(tmpdir(), 'cairn-timed-'));
  const metrics = createMetrics('worker');
  const fleet = createFleetMetrics(metrics, { sessions: () => ({ open: 0, waiting: 0, limit: 1 }), platformName: () => null });
  const store = timedStore(await openFilesystemStore({ path }), (...call) => fleet.artifact(...call));
  try {
    const address = await store.put(Buffer.from('hostname a\n'));
    expect((await store.get(address)).toString()).toBe('hostname a\n');
    await store.remove([address], new Date(Date.now() + 60_000));
    await expect(store.get(address)).rejects.toMatchObject({ code: 'artifact_missing' });
    fleet.device({ type: 'fleet.collect', platform: 'made up', outcome: 'ok' });
    const { sum } = parseExposition((await metrics.expose()).text);
    expect(sum('cairn_artifact_duration_seconds_count', { operation: 'put' })).toBe(1);
    expect(sum('cairn_artifact_duration_seconds_count', { operation: 'get' })).toBe(2);
    expect(sum('cairn_artifact_errors_total', { operation: 'get', code: 'artifact_missing' })).toBe(1);
    expect(sum('cairn_devices_total', { platform: 'other' })).toBe(1);
  } finally {
    await store.close();
    await rm(path, { recursive: true });
  }
});
