import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { credentials } from '../../contracts/http/credentials.ts';
import { devices } from '../../contracts/http/devices.ts';
import { traceEnd } from '../../api/trace-end.ts';
import { createStartTraces } from '../../api/tracing.ts';
import { jobSpanIds } from '../../core/trace.ts';
import { createLogger } from '../../runtime/log.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createShutdown } from '../../runtime/shutdown.ts';
import { openTracing } from '../../runtime/tracing.ts';
import { createJobTraces } from '../../runtime/tracing/job-traces.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { linesOf, startOtlpReceiver, traced, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const secret = (what: string): string => `${what}-${randomBytes(12).toString('hex')}`;
const SECRETS = {
  password: secret('pw'),
  'wrong password': secret('wrong'),
  'enable secret': secret('en'),
  'admin token': secret('admin'),
  'device API token': secret('tok'),
};

let cluster: Cluster;
let simulator: Simulator;
let receiver: OtlpReceiver;
let deviceApi: Server;
let on: Record<string, string>;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  on = traced(receiver);
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({
      devices: 42,
      platforms: ['cisco_ios'],
      host: '127.71.0.1',
      latencyMs: 40,
      password: SECRETS.password,
      enablePassword: SECRETS['enable secret'],
    }),
  ]);
});

/** A device behind a device API that repeats what it was given in its error. */
async function addRepeater({ client }: ApiProcess): Promise<void> {
  deviceApi = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ success: false, error: `bad gateway for ${request.headers.authorization}` }));
  });
  await new Promise<void>((resolve) => {
    deviceApi.listen(0, '127.0.0.1', resolve);
  });
  const address = deviceApi.address();
  const host = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const secrets = { name: 'repeater', token: SECRETS['device API token'] };
  const { body } = await client.call(credentials.createCredential, { body: secrets });
  const device = { name: 'repeater', platform: 'cisco_ios', transport: 'http' as const, host, credential_id: body.id };
  await client.call(devices.createDevice, { body: device });
}

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await receiver?.close();
  await new Promise((resolve) => (deviceApi === undefined ? resolve(null) : deviceApi.close(resolve)));
});

const of = (trace: string): ReceivedSpan[] => receiver.spans.filter((span) => span.trace === trace);
const called = (spans: ReceivedSpan[], name: string): ReceivedSpan[] => spans.filter((span) => span.name === name);
/** From a span up to the one whose parent nobody sent. */
function pathOf(spans: ReceivedSpan[], from: ReceivedSpan): string[] {
  const parent = spans.find((span) => span.id === from.parent);
  return parent === undefined ? [from.name] : [from.name, ...pathOf(spans, parent)];
}

async function start(api: ApiProcess, path: string, body: object, headers: Record<string, string>): Promise<Response> {
  const all = { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json', ...headers };
  return fetch(`${api.url}${path}`, { method: 'POST', headers: all, body: JSON.stringify(body) });
}

describe('a discovery and a backup through the API', () => {
  let api: ApiProcess;
  let worker: WorkerProcess;
  let job: string;
  let backup: string;
  let spans: ReceivedSpan[];
  const malformed: string[] = [];

  beforeAll(async () => {
    [api, worker] = await Promise.all([
      cluster.startApi({ ...on, CAIRN_ADMIN_TOKEN: SECRETS['admin token'] }),
      cluster.startWorker(on),
    ]);
    const [right, wrong] = simulator.devices;
    await cluster.addDevices([right!, { ...wrong!, password: SECRETS['wrong password'] }]);
    await addRepeater(api);
    const device_ids = [right!.name, wrong!.name, 'repeater'];
    const asked = await start(
      api,
      '/api/topology/discover-async?token=query-secret',
      { device_ids },
      { traceparent: `00-${TRACE}-${CALLER}-01`, 'X-Request-Id': 'asked-by-noc' },
    );
    expect(asked.status).toBe(202);
    job = ((await asked.json()) as { job_id: string }).job_id;
    await cluster.wait(job);
    const tasks = await start(
      api,
      '/api/jobs',
      { type: 'fleet.collect', params: { device_ids: [right!.name] } },
      { traceparent: 'nonsense' },
    );
    backup = ((await tasks.json()) as { job_id: string }).job_id;
    await cluster.wait(backup);
    await until('both jobs are told', () =>
      [job, backup].every((id) => receiver.spans.some((span) => span.id === jobSpanIds(id)!.span_id)),
    );
    expect(await worker.stop()).toBe(0);
    spans = of(TRACE);
    malformed.push(...receiver.spans.filter((span) => span.name === 'POST /api/jobs').map((span) => span.trace));
  });

  it('is one trace from the request of a caller to the commands on each device', () => {
    const known = new Set(spans.map((span) => span.id));
    expect(
      spans.filter((span) => span.parent === null || !known.has(span.parent)).map((span) => [span.name, span.parent]),
    ).toEqual([['POST /api/topology/discover-async', CALLER]]);
    const commands = spans.filter((span) => span.name.startsWith('command show '));
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      expect(pathOf(spans, command).slice(1)).toEqual([
        'device',
        'activity discoverDevices',
        'job topology.discover',
        'POST /api/topology/discover-async',
      ]);
    }
    expect(new Set(spans.map((span) => span.service))).toEqual(new Set(['cairn-api', 'cairn-worker']));
  });

  it('tells what each part was about', () => {
    const [request] = called(spans, 'POST /api/topology/discover-async');
    expect(request!.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/api/topology/discover-async',
      'url.path': '/api/topology/discover-async',
      'cairn.job_id': job,
    });
    expect(Number(request!.attributes['http.response.status_code'])).toBe(202);
    const [run, ...more] = called(spans, 'job topology.discover');
    expect(more).toEqual([]);
    expect(run!.id).toBe(jobSpanIds(job)!.span_id);
    expect(run!.attributes).toMatchObject({ 'cairn.job_id': job, 'cairn.status': 'completed', 'cairn.partial': true });
    for (const activity of spans.filter((span) => span.name.startsWith('activity '))) {
      expect(activity.parent).toBe(run!.id);
      expect(activity.attributes).toMatchObject({ 'cairn.job_id': job, 'temporal.task_queue': expect.any(String) });
      expect(activity.start).toBeGreaterThanOrEqual(run!.start - 5);
    }
    const found = called(spans, 'device');
    const sessions = found.filter((span) => span.attributes['cairn.transport'] === 'ssh');
    const told = found.map(({ attributes, failure }) => [
      attributes['cairn.device_name'],
      attributes['cairn.outcome'],
      failure !== null,
    ]);
    const [right, wrong] = simulator.devices;
    expect(told).toHaveLength(3);
    expect(told).toContainEqual([right!.name, 'ok', false]);
    expect(told).toContainEqual([wrong!.name, 'auth_failed', true]);
    for (const device of sessions) {
      expect(device.attributes).toMatchObject({
        'cairn.platform': 'cisco_ios',
        'server.address': expect.stringMatching(/^127\.71\./),
      });
      const below = spans.filter((span) => span.parent === device.id);
      expect(called(below, 'connect')).toHaveLength(1);
      expect(called(below, 'commit')).toHaveLength(1);
      for (const span of below)
        expect([span.name, span.start >= device.start - 5, span.end <= device.end + 5]).toEqual([span.name, true, true]);
    }
    expect(new Set(called(spans, 'connect').map((span) => span.failure))).toEqual(new Set(['auth_failed', null]));
    expect(called(spans, 'login')).toHaveLength(1);
  });

  it('a backup also shows what was stored and published; a malformed traceparent is ignored', () => {
    expect(malformed).toHaveLength(1);
    expect(malformed[0]).not.toBe(TRACE);
    const own = of(malformed[0]!);
    const [stored] = called(own, 'store configuration');
    expect(pathOf(own, stored!)).toEqual([
      'store configuration',
      'device',
      'activity collectDevices',
      'job fleet.collect',
      'POST /api/jobs',
    ]);
    const [shown] = called(own, 'publish versions');
    expect(pathOf(own, shown!)).toEqual(['publish versions', 'job fleet.collect', 'POST /api/jobs']);
  });

  it('is joined in the logs by job_id, by request_id and by trace_id', () => {
    const lines = linesOf(api.log()).filter((line) => line.request_id === 'asked-by-noc');
    const [started] = lines.filter((line) => line.msg === 'job started');
    expect(started).toMatchObject({ job_id: job, workflow_id: job, trace_id: TRACE });
    expect(lines.find((line) => line.msg === 'request')).toMatchObject({ trace_id: TRACE, status: 202 });
    const ours = linesOf(worker.log()).filter((line) => line.job_id === job);
    const activities = ours.filter((line) => line.msg === 'activity done').map((line) => line.activity);
    expect(activities).toEqual(expect.arrayContaining(['beginJob', 'discoverDevices', 'finishJob']));
    expect(ours.filter((line) => line.msg === 'device done').map((line) => typeof line.device_id)).toEqual([
      'string',
      'string',
      'string',
    ]);
    for (const line of ours.filter(({ msg }) => msg === 'activity done' || msg === 'device done'))
      expect(line.trace_id).toBe(TRACE);
  });

  it('is told in the same trace by an API that had to end it, which asks Temporal where it was started from', async () => {
    const own = await startOtlpReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', own.url);
    const log = createLogger({ level: 'fatal', name: 'test' });
    const shutdown = createShutdown({ log, deadlineMs: 5000 });
    const rest = { jobs: createJobTraces(), log, metrics: createMetrics('test'), shutdown };
    const tracing = await openTracing({ settings: { protocol: 'http/json', queue: 600 }, service: 'test', ...rest });
    await traceEnd({ ...cluster.deps, tracing: { ...tracing!, starts: createStartTraces() } }, job);
    await tracing!.close();
    const [request] = called(spans, 'POST /api/topology/discover-async');
    expect(own.spans).toMatchObject([
      { name: 'job topology.discover', trace: TRACE, id: jobSpanIds(job)!.span_id, parent: request!.id },
    ]);
    vi.unstubAllEnvs();
    await own.close();
  });

  it('gives away no secret, no query and nothing that a device said', () => {
    expect(receiver.bodies.length).toBeGreaterThan(0);
    const all = Buffer.concat(receiver.bodies.map((body) => body.bytes));
    expect(all.includes('show ip arp') || all.includes('show arp')).toBe(true);
    for (const [name, value] of Object.entries(SECRETS)) {
      for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '')]) {
        expect([name, all.includes(form)]).toEqual([name, false]);
      }
    }
    // What the device API said is there, as the job tells it, with the token masked.
    expect(all.toString('latin1').match(/Bearer .../g)).toEqual(['Bearer ***']);
    for (const text of ['query-secret', 'terminal length 0', 'Building configuration', 'Internet  10.']) {
      expect([text, all.includes(text)]).toEqual([text, false]);
    }
  });
});

describe('kill -9 of the worker amid a job', () => {
  it('what goes on elsewhere has the same parent, and the span of the job comes from whoever ends it', async () => {
    const ids = await cluster.addDevices(simulator.devices.slice(2).map((device) => ({ ...device, name: `k-${device.name}` })));
    const first = await cluster.startWorker({ ...on, CAIRN_MAX_SESSIONS: '4' });
    const before = receiver.spans.length;
    // Without a request: a trace of its own.
    const job = await cluster.discover(ids, { kinds: ['interfaces', 'arp'] });
    const { trace_id, span_id } = jobSpanIds(job)!;
    const doneNow = () => receiver.spans.slice(before).filter((span) => span.trace === trace_id && span.name === 'device');
    await until('some devices are done', () => doneNow().length >= 5);
    await first.kill();
    expect(called(of(trace_id), 'job topology.discover')).toEqual([]);
    const second = await cluster.startWorker(on);
    expect(await cluster.wait(job)).toBe('completed');
    await until('the job is told', () => called(of(trace_id), 'job topology.discover').length > 0);
    await second.stop();
    const spans = of(trace_id);
    expect(called(spans, 'job topology.discover').map((span) => [span.id, span.parent])).toEqual([[span_id, null]]);
    const batches = called(spans, 'activity discoverDevices');
    expect(batches.some((span) => Number(span.attributes['temporal.attempt']) > 1)).toBe(true);
    expect(new Set(batches.map((span) => span.parent))).toEqual(new Set([span_id]));
    const done = called(spans, 'device').filter((span) => span.attributes['cairn.state'] === 'done');
    const names = done.map((span) => span.attributes['cairn.device_name']);
    expect(new Set(names).size).toBe(names.length);
  });
});
