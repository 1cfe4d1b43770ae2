import { expect, test } from 'vitest';
import { createMetrics } from '../../../runtime/metrics.ts';

test('metrics carry the prefix and the service, and a gauge is read at each scrape', async () => {
  const metrics = createMetrics('worker');
  const jobs = metrics.counter('jobs_total', 'Jobs', ['status']);
  jobs.inc({ status: 'completed' }, 2);
  metrics.histogram('device_duration_seconds', 'Devices').observe(0.3);
  let reads = 0;
  metrics.gauge('backlog', 'Backlog', [], (gauge) => {
    reads += 1;
    gauge.set(reads);
  });
  const first = await metrics.expose();
  const second = await metrics.expose();
  expect(first.contentType).toContain('text/plain');
  expect(first.text).toContain('cairn_jobs_total{status="completed",service="worker"} 2');
  expect(first.text).toContain('cairn_device_duration_seconds_bucket{le="0.5",service="worker"} 1');
  expect(first.text).toContain('cairn_backlog{service="worker"} 1');
  expect(second.text).toContain('cairn_backlog{service="worker"} 2');
  expect(first.text).toContain('process_resident_memory_bytes');
});

test('two processes in one program do not share a registry', async () => {
  createMetrics('a').counter('x_total', 'x').inc();
  expect((await createMetrics('b').expose()).text).not.toContain('x_total');
});
