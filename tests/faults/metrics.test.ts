import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { metricsIn, parseExposition, type Exposition } from '../support/exposition.ts';

const read = (path: string): string => readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let port: number;
let found: { api: Exposition; worker: Exposition };
let text: { api: string; worker: string };
const jobs: string[] = [];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return response.text();
}

beforeAll(async () => {
  port = await freePort();
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 4, platforms: ['cisco_ios'], host: '127.48.0.1', faults: {} }),
  ]);
  [api] = await Promise.all([
    cluster.startApi(),
    cluster.startWorker({ CAIRN_METRICS_PORT: String(port), CAIRN_MAX_SESSIONS: '7' }),
  ]);
  const devices = simulator.devices.map((device, at) => (at === 3 ? { ...device, password: 'wrong' } : device));
  const ids = await cluster.addDevices(devices);
  for (const start of [() => cluster.discover(ids), () => cluster.collect(ids), () => cluster.collect(ids)]) {
    const job = await start();
    jobs.push(job);
    await cluster.wait(job);
  }
  await until('the API has counted the jobs', async () => {
    text = { api: await scrape(`${api.url}/metrics`), worker: await scrape(`http://127.0.0.1:${port}/metrics`) };
    found = { api: parseExposition(text.api), worker: parseExposition(text.worker) };
    return found.api.sum('cairn_jobs_ended_total') === 3;
  });
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

describe('after real jobs', () => {
  it('the worker tells what came of devices, kinds, configurations and versions', () => {
    const { sum } = found.worker;
    const discovered = { type: 'topology.discover', platform: 'cisco_ios' };
    expect(sum('cairn_devices_total', { ...discovered, outcome: 'ok' })).toBe(3);
    expect(sum('cairn_devices_total', { ...discovered, outcome: 'auth_failed' })).toBe(1);
    expect(sum('cairn_devices_total', { type: 'fleet.collect', outcome: 'ok' })).toBe(6);
    expect(sum('cairn_devices_total')).toBe(12);
    expect(sum('cairn_device_duration_seconds_count')).toBe(12);
    expect(
      sum('cairn_kinds_total', { kind: 'arp', outcome: 'ok' }) + sum('cairn_kinds_total', { kind: 'arp', outcome: 'empty' }),
    ).toBe(3);
    expect(sum('cairn_backups_total', { status: 'success' })).toBe(6);
    expect(sum('cairn_backups_total', { status: 'auth_failed' })).toBe(2);
    expect(sum('cairn_versions_total')).toBe(3);
  });

  it('and how it worked: sessions, locks, checkpoints, parsing, the artifact store, Temporal', () => {
    const { sum } = found.worker;
    expect([sum('cairn_sessions_open'), sum('cairn_sessions_waiting'), sum('cairn_sessions_limit')]).toEqual([0, 0, 7]);
    expect(sum('cairn_lock_wait_seconds_count')).toBe(12);
    expect(sum('cairn_checkpoint_devices_sum')).toBe(12);
    expect(sum('cairn_checkpoint_duration_seconds_count')).toBe(sum('cairn_checkpoint_devices_count'));
    expect(sum('cairn_parse_duration_seconds_count')).toBeGreaterThan(10);
    expect(sum('cairn_artifact_duration_seconds_count', { operation: 'put' })).toBe(3);
    expect(sum('cairn_artifact_duration_seconds_count', { operation: 'publish' })).toBeGreaterThan(0);
    expect(sum('cairn_artifact_errors_total')).toBe(0);
    expect(sum('temporal_workflow_completed_total')).toBe(3);
  });

  it('the API tells of jobs, queues, servers and what waits for people', () => {
    const { sum } = found.api;
    expect(sum('cairn_jobs_started_total', { type: 'fleet.collect' })).toBe(2);
    expect(sum('cairn_jobs_ended_total', { type: 'topology.discover', status: 'completed' })).toBe(1);
    expect([sum('cairn_database_up'), sum('cairn_temporal_up')]).toEqual([1, 1]);
    expect(sum('cairn_queue_served', { queue: 'cairn-jobs', kind: 'workflow' })).toBe(1);
    expect(sum('cairn_queue_backlog')).toBe(0);
    expect(sum('cairn_dead_letters_open')).toBe(3);
    expect(sum('cairn_circuits_open')).toBe(0);
  });

  it('no label grows with the fleet or with time', () => {
    for (const one of [text.api, text.worker])
      for (const word of [...jobs, ...simulator.devices.flatMap((device) => [device.name, device.host])])
        expect(one).not.toContain(word);
    const allowed = [
      'type',
      'status',
      'outcome',
      'platform',
      'kind',
      'queue',
      'operation',
      'code',
      'result',
      'method',
      'route',
      'le',
      'service',
    ];
    const ours = [...found.api.samples, ...found.worker.samples].filter((sample) => sample.name.startsWith('cairn_'));
    expect(ours.flatMap((sample) => Object.keys(sample.labels)).filter((label) => !allowed.includes(label))).toEqual([]);
  });

  it('every metric of the dashboard and of the alert rules exists', () => {
    const dashboard: { uid: string; panels: { id: number; title: string; targets: { expr: string }[] }[] } = JSON.parse(
      read('grafana/cairn.json'),
    );
    const rules: {
      groups: {
        rules: {
          alert: string;
          expr: string;
          for: string;
          labels: { severity: string };
          annotations: { summary: string; description: string };
        }[];
      }[];
    } = parse(read('prometheus/alerts.yml'));
    const alerts = rules.groups.flatMap((group) => group.rules);
    expect(new Set(alerts.map((rule) => rule.alert)).size).toBe(alerts.length);
    for (const rule of alerts) {
      expect(rule.for).toMatch(/^\d+[smh]$/);
      expect(['warning', 'critical']).toContain(rule.labels.severity);
      expect(rule.annotations.summary && rule.annotations.description).toBeTruthy();
    }
    expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
    const expressions = [
      ...alerts.map((rule) => rule.expr),
      ...dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
    ];
    for (const expr of expressions) {
      expect(metricsIn(expr), expr).not.toEqual([]);
      for (const [open, close] of ['()', '{}', '[]']) expect(expr.split(open!).length, expr).toBe(expr.split(close!).length);
    }
    const there = new Set([...found.api.names, ...found.worker.names]);
    expect(metricsIn('sum(rate(cairn_nothing_total{a="cairn_b"}[5m]))').filter((name) => !there.has(name))).toEqual([
      'cairn_nothing_total',
    ]);
    expect([...new Set(expressions.flatMap(metricsIn))].filter((name) => !there.has(name))).toEqual([]);
    // And nothing of ours is told that neither shows.
    const shown = new Set(expressions.flatMap(metricsIn).map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    const told = [...there].filter((name) => name.startsWith('cairn_')).map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    const elsewhere = ['cairn_job_devices_24h', 'cairn_syslog_messages_total', 'cairn_change_collections_total'];
    expect([...new Set(told)].filter((name) => !shown.has(name) && !elsewhere.includes(name))).toEqual([]);
  });

  it('the endpoint of a worker has nothing else, and without a port there is none', async () => {
    const base = `http://127.0.0.1:${port}`;
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(405);
    const other = await cluster.startWorker({ CAIRN_LOG_LEVEL: 'info' });
    expect(other.log()).toContain('worker is ready');
    expect(other.log()).not.toContain('metrics are served');
    await expect(cluster.startWorker({ CAIRN_METRICS_PORT: String(port) })).rejects.toThrow(
      /the port is in use; set CAIRN_METRICS_PORT/,
    );
  });
});
