import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../api/client.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { ADMIN_TOKEN, createInstallation, startProgram, takePort, type Installation } from './programs.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await createInstallation();
});
afterAll(() => installation.stop());

const start = (env: Record<string, string> = {}) => startProgram('api/server.ts', { ...installation.env, ...env });
const urlOf = (program: { ready: Record<string, unknown> }) => String(program.ready.url);

test('a port in use is one clear line and exit code 1', async () => {
  const taken = await takePort();
  const failed = await start({ CAIRN_HTTP_PORT: String(taken.port), CAIRN_LOG_LEVEL: 'warn' }).catch((error: unknown) => error);
  taken.close();
  expect(failed).toMatchObject({ code: 1, errors: expect.stringMatching(/^cairn: .*in use.*CAIRN_HTTP_PORT[^\n]*\n$/) });
});

test('it answers, is ready, and ends within 5 s of SIGTERM with calls and streams open', async () => {
  const api = await start();
  expect(api.ready).toEqual({ ready: 'api', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  const client = createClient({ baseUrl: urlOf(api), token: ADMIN_TOKEN });
  const get = async (path: string) => {
    const response = await fetch(`${urlOf(api)}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await get('/healthz')).toEqual({ status: 200, text: '{"status":"ok"}' });
  const ready = await get('/readyz');
  expect([ready.status, JSON.parse(ready.text)]).toEqual([
    200,
    { status: 'ready', checks: { postgresql: { ok: true, error: null }, temporal: { ok: true, error: null } } },
  ]);
  await installation.database.sql`insert into devices (id, name, host, port, platform, transport)
    values (gen_random_uuid(), 'lonely', '127.0.0.1', 22, 'cisco_ios', 'ssh') on conflict do nothing`;
  // Nobody works: the job waits, and so does the call.
  const waiting = client.call(discovery.discoverSync, { body: { device_ids: ['lonely'] }, headers: { Prefer: 'wait=30' } });
  const outcome = waiting.catch((error: unknown) => error);
  const { body } = await client.call(discovery.discoverAsync, { body: { device_ids: ['lonely'] } });
  const job = (await client.call(jobs.getJob, { params: { id: body.job_id } })).body;
  expect(job.temporal.url).toMatch(
    new RegExp(`^http://127.0.0.1:8233/namespaces/test-\\w+/workflows/${body.job_id}/[\\w-]+/history$`),
  );
  const stream = client.follow(body.job_id);
  expect((await stream.next()).value).toMatchObject({ event: 'status', data: { data: { status: 'pending' } } });
  const metrics = await get('/metrics');
  expect(metrics.text).toMatch(/^cairn_jobs\{status="pending",service="api"\} 2$/m);
  expect(metrics.text).toMatch(
    /^cairn_http_request_duration_seconds_count\{.*route="\/api\/topology\/discover-async",status="202"\} 1$/m,
  );
  const begun = Date.now();
  expect(await api.stop()).toBe(0);
  expect(Date.now() - begun).toBeLessThan(5000);
  expect(await outcome).toBeInstanceOf(Error);
  await stream.return(undefined);
  expect(api.stderr()).not.toContain(ADMIN_TOKEN);
  expect(api.stderr()).toContain('"path":"/api/topology/discover-async","status":202');
});

test('with Temporal away it starts, says so, and keeps what is asked for', async () => {
  const api = await start({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  const ready = await fetch(`${urlOf(api)}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    status: 'not_ready',
    checks: { postgresql: { ok: true }, temporal: { ok: false } },
  });
  const client = createClient({ baseUrl: urlOf(api), token: ADMIN_TOKEN });
  const begun = Date.now();
  const { status, body } = await client.call(discovery.discoverAsync, { body: { device_ids: ['lonely'] } });
  expect([status, body.status]).toEqual([202, 'pending']);
  expect(Date.now() - begun).toBeLessThan(2000);
  const job = (await client.call(jobs.getJob, { params: { id: body.job_id } })).body;
  expect(job).toMatchObject({ status: 'pending', temporal: { run_id: null, url: null } });
  await expect(client.call(jobs.pauseJob, { params: { id: body.job_id } })).rejects.toMatchObject({
    code: 'temporal_unavailable',
  });
  const cancelled = await client.call(jobs.cancelJob, { params: { id: body.job_id } });
  expect([cancelled.status, cancelled.body.status]).toEqual([202, 'cancelling']);
  expect(await api.stop()).toBe(0);
});
