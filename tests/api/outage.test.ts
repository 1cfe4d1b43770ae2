import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer } from 'node:http';
import { createApp } from '../../api/app.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { registerJobMetrics } from '../../api/metrics.ts';
import { openDatabase } from '../../stores/database.ts';
import { startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

test('with the database away every answer is honest, and 401 stays 401', async () => {
  const database = openDatabase('postgres://u:outage-secret@127.0.0.1:1/none');
  const metrics = createMetrics('outage');
  registerJobMetrics({ metrics, database, log: api.deps.log });
  const server = createServer(createApp({ ...api.deps, database, metrics }));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const call = async (method: string, path: string, token: string | null, body?: object) => {
    const headers = { 'Content-Type': 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
    const response = await fetch(`${root}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, text: await response.text(), retry: response.headers.get('retry-after') };
  };
  const { admin, viewer } = api.tokens;
  const device = { name: 'd', host: '127.0.0.1', platform: 'cisco_ios' };
  for (const answer of [
    await call('GET', '/api/devices', admin),
    await call('GET', '/api/devices', viewer),
    await call('POST', '/api/devices', admin, device),
    await call('POST', '/api/topology/discover-async', admin, { device_ids: ['d'] }),
  ]) {
    expect(answer).toMatchObject({ status: 503, retry: '5' });
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'database_unavailable' });
    expect(answer.text).not.toContain('outage-secret');
  }
  expect((await call('POST', '/api/devices', null, device)).status).toBe(401);
  expect((await call('POST', '/api/devices', admin, {})).status).toBe(422);
  expect((await call('GET', '/healthz', null)).status).toBe(200);
  const ready = await call('GET', '/readyz', null);
  expect([ready.status, JSON.parse(ready.text)]).toMatchObject([
    503,
    { checks: { postgresql: { ok: false, error: 'ECONNREFUSED' } } },
  ]);
  const scrape = await call('GET', '/metrics', null);
  expect([scrape.status, scrape.text.includes('cairn_http_request_duration_seconds')]).toEqual([200, true]);
  expect(scrape.text).not.toMatch(/^cairn_jobs\{/m);
  expect(api.logged()).toContain('an audit event could not be stored');
  expect(api.logged()).not.toContain('outage-secret');
  server.closeAllConnections();
  server.close();
  await database.close();
});
