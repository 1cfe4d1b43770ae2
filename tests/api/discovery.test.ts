import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, type Client } from '../../api/client.ts';
import type { ServerEvent } from '../../api/sse.ts';
import { KIND_ENDPOINTS, KINDS } from '../../core/facts.ts';
import { allEndpoints } from '../../contracts/http/index.ts';
import { credentials } from '../../contracts/http/credentials.ts';
import { deviceFactEndpoints } from '../../contracts/http/device-facts.ts';
import { deviceImport } from '../../contracts/http/device-import.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { topology } from '../../contracts/http/topology.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { ADMIN_TOKEN, createInstallation, startProgram, type Installation, type Program } from './programs.ts';

let installation: Installation;
let simulator: Simulator;
let api: Program;
let worker: Program;
let client: Client;
let ids: Map<string, string>;
let names: string[];

beforeAll(async () => {
  [installation, simulator] = await Promise.all([
    createInstallation(),
    startSimulator({ devices: 12, platforms: ['cisco_ios'], host: '127.41.0.1' }),
  ]);
  [api, worker] = await Promise.all([
    startProgram('api/server.ts', installation.env),
    startProgram('worker.ts', installation.env),
  ]);
  client = createClient({ baseUrl: String(api.ready.url), token: ADMIN_TOKEN });
  const [first] = simulator.devices;
  const { username, password, enable_password } = first!;
  await client.call(credentials.createCredential, { body: { name: 'lab', username, password, enable_password } });
  const devices = simulator.devices.map(({ name, host, port, platform }) => ({ name, host, port, platform, credential: 'lab' }));
  const { body } = await client.call(deviceImport.importDevices, { body: { devices } });
  expect(body.failed).toEqual([]);
  ids = new Map(body.items.map(({ id, name }) => [name, id]));
  names = simulator.devices.map((device) => device.name);
});
afterAll(async () => {
  await api?.stop();
  await worker?.stop();
  await simulator?.stop();
  await installation?.stop();
});

/** Calls by operation id and holds the answer against its contract. */
async function checked<T = unknown>(path: string): Promise<T> {
  const response = await fetch(`${String(api.ready.url)}${path}`, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } });
  const body: T = JSON.parse(await response.text());
  const { endpoint } = allEndpoints().find(({ endpoint }) => {
    const pattern = new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return endpoint.method === 'GET' && pattern.test(path.split('?')[0]!);
  })!;
  const schema = endpoint.responses[response.status];
  if (schema === undefined || schema === null || 'media' in schema)
    throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  expect(schema.parse(body)).toEqual(body);
  return body;
}

test('discover-sync answers with the records, as the devices have them', async () => {
  simulator.reset();
  const chosen = names.slice(0, 3);
  const { status, body } = await client.call(discovery.discoverSync, { body: { device_ids: [ids.get(chosen[0]!)!, ...chosen] } });
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
    const id = ids.get(name)!;
    const truth = simulator.truth(name);
    expect(Object.keys(body.outcomes[id]!).sort()).toEqual([...KINDS].sort());
    for (const kind of KINDS) {
      expect([name, kind, body.outcomes[id]![kind]]).toEqual([name, kind, truth[kind].length > 0 ? 'ok' : 'empty']);
      expect([name, kind, body.devices_data[id]![kind]!.length]).toEqual([name, kind, truth[kind].length]);
    }
    expect(body.devices_data[id]!.arp).toEqual(expect.arrayContaining(truth.arp));
  }
  expect(Object.values(simulator.counters().devices).filter((device) => device.logins > 0)).toHaveLength(3);
  expect(await checked(`/api/topology/discover/result/${body.job_id}`)).toEqual(body);
});

test('a wait that is over answers 202, and the job goes on', async () => {
  simulator.setLatency(300);
  const { status, body, headers } = await client.call(discovery.discoverSync, {
    body: { device_ids: [names[0]!] },
    headers: { Prefer: 'wait=1' },
  });
  simulator.setLatency(0);
  expect([status, body.successful_devices, headers.get('preference-applied')]).toEqual([202, 0, 'wait=1']);
  expect(headers.get('location')).toBe(`/api/topology/discover/progress/${body.job_id}`);
  for await (const event of client.follow(body.job_id))
    if (event.event === 'end') expect(event.data).toMatchObject({ status: 'completed' });
  await expect(client.call(discovery.discoverCancel, { params: { job_id: body.job_id } })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('the deprecated alias does either, and says that it is deprecated', async () => {
  const only = { device_ids: [names[1]!], include_bgp_routes: false };
  const waited = await client.call(discovery.discover, { body: only });
  expect([waited.status, waited.body.status]).toEqual([200, 'completed']);
  expect(waited.headers.get('deprecation')).toMatch(/^@\d{10}$/);
  expect(waited.headers.get('link')).toContain('</api/topology/discover-async>; rel="successor-version"');
  const background = await client.call(discovery.discover, { body: { ...only, run_in_background: true } });
  expect([background.status, background.body.status]).toEqual([202, 'pending']);
  expect(background.headers.get('deprecation')).toMatch(/^@/);
});

describe('a job with devices of every fate', () => {
  let jobId: string;
  let events: ServerEvent[];
  beforeAll(async () => {
    await simulator.setFault(names[0]!, 'auth');
    await simulator.setFault(names[1]!, { kind: 'garbage', command: 'show ip arp' });
    const params = { device_ids: names, command_time_limit: 5 };
    const { body } = await client.call(jobs.createJob, {
      body: { type: 'topology.discover', params, priority: 7 },
    });
    jobId = body.job_id;
    events = [];
    for await (const event of client.follow(jobId)) events.push(event);
    await simulator.setFault(names[0]!, null);
    await simulator.setFault(names[1]!, null);
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
    const [bad, part] = [ids.get(names[0]!)!, ids.get(names[1]!)!];
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
    expect(devices.map((device) => device.device_name)).toEqual(names);
    expect(devices.map((device) => device.status)).toEqual(['failed', ...names.slice(1).map(() => 'completed')]);
  });

  test('devices are filtered and paged', async () => {
    const list = async (query: string) =>
      await checked<{
        items: { device_name: string; outcome: string; kinds: object }[];
        next_cursor: string | null;
      }>(`/api/jobs/${jobId}/devices?${query}`);
    const failed = await list('status=failed');
    expect(failed.items.map((device) => [device.device_name, device.outcome])).toEqual([[names[0], 'auth_failed']]);
    expect((await list('outcome=partial')).items[0]).toMatchObject({
      device_name: names[1],
      kinds: { arp: { outcome: 'parse_failed', rows: 0 } },
    });
    const first = await list('limit=5');
    const second = await list(`limit=7&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map((device) => device.device_name)).toEqual(names);
    expect(second.next_cursor).toBeNull();
  });

  test('the stream told of every device, in the order of the log', async () => {
    const log = await checked<{ items: { id: string; event: string }[] }>(`/api/jobs/${jobId}/log?limit=1000`);
    expect(events.filter((event) => event.id !== null).map((event) => event.id)).toEqual(log.items.map((line) => line.id));
    const told = events.filter((event) => event.event === 'device').map(({ data }) => Reflect.get(Object(data), 'device_id'));
    expect(new Set(told)).toEqual(new Set(ids.values()));
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

describe('the routes of a device', () => {
  test.each(KINDS)('%s from the cache and from the device', async (kind) => {
    const name = names[4]!;
    const truth = simulator.truth(name, kind);
    const path = `/api/devices/${name}/${KIND_ENDPOINTS[kind]}`;
    const live = await checked<{ output: unknown[]; job_id: string }>(path);
    expect(live).toMatchObject({ success: true, cached: false, error: null, outcome: truth.length > 0 ? 'ok' : 'empty' });
    expect(live.output).toHaveLength(truth.length);
    const cached = await checked(`${path}?cached=true`);
    expect(cached).toEqual({ ...live, cached: true });
  });

  test('raw text, of the device and of the cache', async () => {
    const path = `/api/devices/${ids.get(names[5]!)!}/ip-arp?use_textfsm=false`;
    const live = await checked<{ output: string }>(path);
    expect(live).toMatchObject({ success: true, cached: false, outcome: 'ok' });
    expect(live.output).toContain('Protocol');
    expect(await checked(`${path}&cached=true`)).toEqual({ ...live, cached: true });
  });

  test('a device that does not answer keeps its last good records, with the truth beside them', async () => {
    const name = names[6]!;
    const path = `/api/devices/${name}/interfaces`;
    const before = await checked<{ output: unknown[]; collected_at: string }>(path);
    await simulator.setFault(name, 'auth');
    expect(await checked(path)).toMatchObject({
      success: false,
      output: null,
      outcome: 'auth_failed',
      cached: false,
      collected_at: null,
    });
    const { output, collected_at } = before;
    expect(await checked(`${path}?cached=true`)).toMatchObject({
      success: true,
      output,
      outcome: 'auth_failed',
      cached: true,
      collected_at,
    });
    await simulator.setFault(name, null);
  });

  test('one that was never asked has nothing, and one that is slow answers 202', async () => {
    const [unasked] = (
      await client.call(deviceImport.importDevices, {
        body: { devices: [{ name: 'new1', host: '127.0.0.1', platform: 'cisco_ios' }] },
      })
    ).body.items;
    const empty = await checked(`/api/devices/${unasked!.id}/mac-table?cached=true`);
    expect(empty).toMatchObject({ success: false, output: null, outcome: null, cached: true, collected_at: null });
    simulator.setLatency(1500);
    const { status, body, headers } = await client.call(deviceFactEndpoints.arp, {
      params: { id: names[7]! },
      query: { wait: 0 },
    });
    simulator.setLatency(0);
    expect([status, body.success, body.outcome, body.output]).toEqual([202, false, null, null]);
    expect(headers.get('location')).toBe(`/api/jobs/${body.job_id}`);
  });
});

describe('the topology', () => {
  test('graph, snapshots, difference, path, statistics and files', async () => {
    const { body } = await client.call(discovery.discoverAsync, { body: { all: true } });
    for await (const event of client.follow(body.job_id)) if (event.event === 'end') break;
    const graph = await checked<{
      nodes: { name: string; kind: string }[];
      links: unknown[];
      snapshot: { id: string };
    }>('/api/topology');
    expect(graph.nodes.filter((node) => node.kind === 'device').map((node) => node.name)).toEqual(expect.arrayContaining(names));
    expect(graph.links.length).toBeGreaterThan(0);
    const { items } = await checked<{ items: { id: string; nodes: number }[] }>('/api/topology/snapshots?limit=2');
    expect(items[0]).toMatchObject({ id: graph.snapshot.id, nodes: graph.nodes.length });
    expect(await checked(`/api/topology/snapshots/${graph.snapshot.id}`)).toEqual(graph);
    expect(await checked(`/api/topology/diff?from=${graph.snapshot.id}&to=${graph.snapshot.id}`)).toMatchObject({
      unchanged: true,
    });
    expect(await checked('/api/topology/diff')).toMatchObject({ from: { id: items[1]!.id }, to: { id: items[0]!.id } });
    const path = await checked<{ length: number; paths: unknown[] }>(`/api/topology/path?from=${names[0]}&to=${names[2]}`);
    expect([path.length, path.paths.length]).toEqual([expect.any(Number), 1]);
    expect(await checked('/api/topology/statistics')).toMatchObject({ nodes: { total: graph.nodes.length } });
    for (const [format, text] of [
      ['graphml', '<graphml'],
      ['dot', 'graph'],
      ['mermaid', 'flowchart'],
      ['json', '"nodes"'],
    ] as const) {
      const file = await client.call(topology.exportTopology, { query: { format } });
      expect([format, file.body.includes(text)]).toEqual([format, true]);
      expect(file.headers.get('content-disposition')).toContain('topology.');
    }
    for (const bad of [
      '/api/topology/snapshots/nope',
      '/api/topology/path?from=nobody&to=nowhere',
      '/api/topology/statistics?snapshot=x',
    ]) {
      const response = await fetch(`${String(api.ready.url)}${bad}`, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } });
      expect([bad, response.status]).toEqual([bad, 404]);
    }
  });
});

test('steering by REST: pause, resume, cancel, and 409 where it is not legal', async () => {
  simulator.setLatency(400);
  const { body } = await client.call(discovery.discoverAsync, { body: { device_ids: names } });
  const params = { id: body.job_id };
  const status = async () => (await client.call(jobs.getJob, { params })).body.status;
  const until = async (wanted: string) => {
    for (let tries = 0; (await status()) !== wanted; tries++) {
      if (tries > 300) throw new Error(`never ${wanted}, but ${await status()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await until('in_progress');
  const paused = await client.call(jobs.pauseJob, { params });
  expect(paused.status).toBe(202);
  expect(['pausing', 'paused']).toContain(paused.body.status);
  await until('paused');
  await expect(client.call(jobs.pauseJob, { params })).rejects.toMatchObject({ code: 'conflict' });
  expect((await client.call(jobs.resumeJob, { params })).status).toBe(202);
  await until('in_progress');
  const cancelled = await client.call(discovery.discoverCancel, { params: { job_id: body.job_id } });
  expect(cancelled.body).toMatchObject({ job_id: body.job_id, status: 'cancelling', message: expect.any(String) });
  await until('cancelled');
  simulator.setLatency(0);
  await expect(client.call(jobs.cancelJob, { params })).rejects.toMatchObject({ code: 'conflict' });
  const result = await checked<{ outcomes: Record<string, object> }>(`/api/topology/discover/result/${body.job_id}`);
  expect(Object.keys(result.outcomes)).toHaveLength(12);
  expect(Object.values(result.outcomes).every((kinds) => Object.keys(kinds).length === KINDS.length)).toBe(true);
});
