import { beforeAll, describe, expect, test } from 'vitest';
import type { ServerEvent } from '../../api/sse.ts';
import { KINDS } from '../../core/facts.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { topology } from '../../contracts/http/topology.ts';
import { useDiscoveryLab } from './support/discovery-lab.ts';

const lab = useDiscoveryLab('127.41.0.1');
const { checked } = lab;

test('discover-sync answers with the records, as the devices have them', async () => {
  lab.simulator.reset();
  const chosen = lab.names.slice(0, 3);
  const { status, body } = await lab.client.call(discovery.discoverSync, {
    body: { device_ids: [lab.ids.get(chosen[0]!)!, ...chosen] },
  });
  expect([status, body.status, body.total_devices, body.successful_devices, body.failed_devices]).toEqual([
    200,
    'completed',
    3,
    3,
    0,
  ]);
  expect(body.errors).toEqual({});
  expect(body.duration_seconds).toBeGreaterThan(0);
  for (const name of chosen) {
    const id = lab.ids.get(name)!;
    const truth = lab.simulator.truth(name);
    expect(Object.keys(body.outcomes[id]!).sort()).toEqual([...KINDS].sort());
    for (const kind of KINDS) {
      expect([name, kind, body.outcomes[id]![kind]]).toEqual([name, kind, truth[kind].length > 0 ? 'ok' : 'empty']);
      expect([name, kind, body.devices_data[id]![kind]!.length]).toEqual([name, kind, truth[kind].length]);
    }
    expect(body.devices_data[id]!.arp).toEqual(expect.arrayContaining(truth.arp));
  }
  expect(Object.values(lab.simulator.counters().devices).filter((device) => device.logins > 0)).toHaveLength(3);
  expect(await checked(`/api/topology/discover/result/${body.job_id}`)).toEqual(body);
});

test('a wait that is over answers 202, and the job goes on', async () => {
  lab.simulator.setLatency(300);
  const { status, body, headers } = await lab.client.call(discovery.discoverSync, {
    body: { device_ids: [lab.names[0]!] },
    headers: { Prefer: 'wait=1' },
  });
  lab.simulator.setLatency(0);
  expect([status, body.successful_devices, headers.get('preference-applied')]).toEqual([202, 0, 'wait=1']);
  expect(headers.get('location')).toBe(`/api/topology/discover/progress/${body.job_id}`);
  for await (const event of lab.client.follow(body.job_id))
    if (event.event === 'end') expect(event.data).toMatchObject({ status: 'completed' });
  await expect(lab.client.call(discovery.discoverCancel, { params: { job_id: body.job_id } })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('the deprecated alias does either, and says that it is deprecated', async () => {
  const only = { device_ids: [lab.names[1]!], include_bgp_routes: false };
  const waited = await lab.client.call(discovery.discover, { body: only });
  expect([waited.status, waited.body.status]).toEqual([200, 'completed']);
  expect(waited.headers.get('deprecation')).toMatch(/^@\d{10}$/);
  expect(waited.headers.get('link')).toContain('</api/topology/discover-async>; rel="successor-version"');
  const background = await lab.client.call(discovery.discover, { body: { ...only, run_in_background: true } });
  expect([background.status, background.body.status]).toEqual([202, 'pending']);
  expect(background.headers.get('deprecation')).toMatch(/^@/);
});

describe('a job with devices of every fate', () => {
  let jobId: string;
  let events: ServerEvent[];
  beforeAll(async () => {
    await lab.simulator.setFault(lab.names[0]!, 'auth');
    await lab.simulator.setFault(lab.names[1]!, { kind: 'garbage', command: 'show ip arp' });
    const params = { device_ids: lab.names, command_time_limit: 5 };
    const { body } = await lab.client.call(jobs.createJob, {
      body: { type: 'topology.discover', params, priority: 7 },
    });
    jobId = body.job_id;
    events = [];
    for await (const event of lab.client.follow(jobId)) events.push(event);
    await lab.simulator.setFault(lab.names[0]!, null);
    await lab.simulator.setFault(lab.names[1]!, null);
  });

  test('counts, outcomes and errors agree everywhere', async () => {
    const job = await checked(`/api/jobs/${jobId}`);
    expect(job).toMatchObject({
      status: 'completed',
      partial: true,
      priority: 7,
      owner: 'admin',
      total_devices: 12,
      completed_devices: 11,
      failed_devices: 1,
      pending_devices: 0,
      running_devices: 0,
      progress_percentage: 100,
      eta_seconds: null,
    });
    expect(await checked(`/api/jobs/${jobId}/status`)).toEqual(job);
    const [bad, part] = [lab.ids.get(lab.names[0]!)!, lab.ids.get(lab.names[1]!)!];
    const result = await checked<{
      errors: Record<string, string>;
      outcomes: Record<string, Record<string, string>>;
      devices_data: Record<string, object>;
    }>(`/api/topology/discover/result/${jobId}`);
    expect(Object.keys(result.errors).sort()).toEqual([bad, part].sort());
    expect(result.outcomes[bad]).toMatchObject({ arp: 'auth_failed', interfaces: 'auth_failed' });
    expect(result.outcomes[part]!.arp).toBe('parse_failed');
    expect(result.devices_data[part]).not.toHaveProperty('arp');
    expect(result.devices_data).not.toHaveProperty(bad);
    expect(Object.keys(result.devices_data)).toHaveLength(11);
    const progress = await checked<{ devices: { device_name: string; status: string }[] }>(
      `/api/topology/discover/progress/${jobId}`,
    );
    expect(progress).toMatchObject({ completed_devices: 11, failed_devices: 1, progress_percentage: 100, devices_cursor: null });
    const { devices } = progress;
    expect(devices.map((device) => device.device_name)).toEqual(lab.names);
    expect(devices.map((device) => device.status)).toEqual(['failed', ...lab.names.slice(1).map(() => 'completed')]);
  });

  test('devices are filtered and paged', async () => {
    const list = async (query: string) =>
      await checked<{
        items: { device_name: string; outcome: string; kinds: object }[];
        next_cursor: string | null;
      }>(`/api/jobs/${jobId}/devices?${query}`);
    const failed = await list('status=failed');
    expect(failed.items.map((device) => [device.device_name, device.outcome])).toEqual([[lab.names[0], 'auth_failed']]);
    expect((await list('outcome=partial')).items[0]).toMatchObject({
      device_name: lab.names[1],
      kinds: { arp: { outcome: 'parse_failed', rows: 0 } },
    });
    const first = await list('limit=5');
    const second = await list(`limit=7&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map((device) => device.device_name)).toEqual(lab.names);
    expect(second.next_cursor).toBeNull();
  });

  test('the stream told of every device, in the order of the log', async () => {
    const log = await checked<{ items: { id: string; event: string }[] }>(`/api/jobs/${jobId}/log?limit=1000`);
    expect(events.filter((event) => event.id !== null).map((event) => event.id)).toEqual(log.items.map((line) => line.id));
    const told = events.filter((event) => event.event === 'device').map(({ data }) => Reflect.get(Object(data), 'device_id'));
    expect(new Set(told)).toEqual(new Set(lab.ids.values()));
    expect(events.at(-1)).toEqual({ id: null, event: 'end', data: { job_id: jobId, status: 'completed' } });
  });

  test('it is in the list of jobs by every filter', async () => {
    const list = async (query: string) =>
      (await checked<{ items: { job_id: string }[] }>(`/api/jobs?${query}`)).items.map((job) => job.job_id);
    expect(await list('type=topology.discover&status=completed&owner=admin&since=2020-01-01T00:00:00Z')).toContain(jobId);
    expect(await list('owner=nobody')).toEqual([]);
    expect(await list('since=2999-01-01T00:00:00Z')).toEqual([]);
    const all = await list('limit=1000');
    const page = await checked<{ items: { job_id: string }[]; next_cursor: string }>('/api/jobs?limit=2');
    expect([...page.items.map((job) => job.job_id), ...(await list(`limit=1000&cursor=${page.next_cursor}`))]).toEqual(all);
  });
});

describe('the topology', () => {
  test('graph, snapshots, difference, path, statistics and files', async () => {
    const { body } = await lab.client.call(discovery.discoverAsync, { body: { all: true } });
    for await (const event of lab.client.follow(body.job_id)) if (event.event === 'end') break;
    const graph = await checked<{
      nodes: { name: string; kind: string }[];
      links: unknown[];
      snapshot: { id: string };
    }>('/api/topology');
    expect(graph.nodes.filter((node) => node.kind === 'device').map((node) => node.name)).toEqual(
      expect.arrayContaining(lab.names),
    );
    expect(graph.links.length).toBeGreaterThan(0);
    const { items } = await checked<{ items: { id: string; nodes: number }[] }>('/api/topology/snapshots?limit=2');
    expect(items[0]).toMatchObject({ id: graph.snapshot.id, nodes: graph.nodes.length });
    expect(await checked(`/api/topology/snapshots/${graph.snapshot.id}`)).toEqual(graph);
    expect(await checked(`/api/topology/diff?from=${graph.snapshot.id}&to=${graph.snapshot.id}`)).toMatchObject({
      unchanged: true,
    });
    expect(await checked('/api/topology/diff')).toMatchObject({ from: { id: items[1]!.id }, to: { id: items[0]!.id } });
    const path = await checked<{ length: number; paths: unknown[] }>(
      `/api/topology/path?from=${lab.names[0]}&to=${lab.names[2]}`,
    );
    expect([path.length, path.paths.length]).toEqual([expect.any(Number), 1]);
    expect(await checked('/api/topology/statistics')).toMatchObject({ nodes: { total: graph.nodes.length } });
    for (const [format, text] of [
      ['graphml', '<graphml'],
      ['dot', 'graph'],
      ['mermaid', 'flowchart'],
      ['json', '"nodes"'],
    ] as const) {
      const file = await lab.client.call(topology.exportTopology, { query: { format } });
      expect([format, file.body.includes(text)]).toEqual([format, true]);
      expect(file.headers.get('content-disposition')).toContain('topology.');
    }
    for (const bad of [
      '/api/topology/snapshots/nope',
      '/api/topology/path?from=nobody&to=nowhere',
      '/api/topology/statistics?snapshot=x',
    ]) {
      const response = await lab.fetch(bad);
      expect([bad, response.status]).toEqual([bad, 404]);
    }
  });
});

test('steering by REST: pause, resume, cancel, and 409 where it is not legal', async () => {
  lab.simulator.setLatency(400);
  const { body } = await lab.client.call(discovery.discoverAsync, { body: { device_ids: lab.names } });
  const params = { id: body.job_id };
  const status = async () => (await lab.client.call(jobs.getJob, { params })).body.status;
  const until = async (wanted: string) => {
    for (let tries = 0; (await status()) !== wanted; tries++) {
      if (tries > 300) throw new Error(`never ${wanted}, but ${await status()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await until('in_progress');
  const paused = await lab.client.call(jobs.pauseJob, { params });
  expect(paused.status).toBe(202);
  expect(['pausing', 'paused']).toContain(paused.body.status);
  await until('paused');
  await expect(lab.client.call(jobs.pauseJob, { params })).rejects.toMatchObject({ code: 'conflict' });
  expect((await lab.client.call(jobs.resumeJob, { params })).status).toBe(202);
  await until('in_progress');
  const cancelled = await lab.client.call(discovery.discoverCancel, { params: { job_id: body.job_id } });
  expect(cancelled.body).toMatchObject({ job_id: body.job_id, status: 'cancelling', message: expect.any(String) });
  await until('cancelled');
  lab.simulator.setLatency(0);
  await expect(lab.client.call(jobs.cancelJob, { params })).rejects.toMatchObject({ code: 'conflict' });
  const result = await checked<{ outcomes: Record<string, object> }>(`/api/topology/discover/result/${body.job_id}`);
  expect(Object.keys(result.outcomes)).toHaveLength(12);
  expect(Object.values(result.outcomes).every((kinds) => Object.keys(kinds).length === KINDS.length)).toBe(true);
});
