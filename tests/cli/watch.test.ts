import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobs } from '../../contracts/http/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { runCli, startCli, startOnTerminal } from './run.ts';

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 6, platforms: ['cisco_ios'], host: '127.66.0.1' }),
  ]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker({ CAIRN_MAX_SESSIONS: '1' })]);
  ids = await cluster.addDevices(simulator.devices);
});
afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const env = (url = api.url): Record<string, string> => ({ CAIRN_URL: url, CAIRN_TOKEN: api.token });
const read = async (id: string) => (await api.client.call(jobs.getJob, { params: { id } })).body;

/** One device after the other, so slowly that a test can look on. */
async function slowJob(): Promise<string> {
  simulator.setLatency(600);
  return cluster.discover(ids);
}

// Each call is a process; on a machine at work one takes seconds.
describe('a job that is watched', { timeout: 180_000 }, () => {
  it('draws a bar on a terminal, says troubles above it, safely, and takes it away at the end', async () => {
    const id = await slowJob();
    const watch = startOnTerminal(['jobs', 'watch', id], 90, { env: env() });
    await until('the bar shows progress', () => /█.* in_progress .*\/6 devices/.test(watch.said()));
    await cluster.database.sql`insert into job_log (job_id, event, level, message)
      values (${id}, 'device', 'warn', ${'r9: banner says \u001b]0;owned\u0007\u009b2J'})`;
    await until('the trouble is told', () => watch.said().includes('r9: banner says'));
    simulator.setLatency(0);
    const { code, out } = await watch.done;
    expect(code).toBe(0);
    expect(out).toContain('r9: banner says \\x1b]0;owned\\x07\\x9b2J');
    // Colours and the erasing of a line are ours; nothing else is there.
    expect(out.replaceAll(/\u001b\[(\d+m|2K)/g, '')).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
    expect(out).toMatch(/\r\u001b\[2Ktopology\.discover \S+: .*completed.*\r\n6 devices: 6 completed/);
  });

  it('goes on when Ctrl-C ends the watching, and says so', async () => {
    const id = await slowJob();
    const watch = startCli(['jobs', 'watch', id], { env: env() });
    await until('it watches', () => watch.said().includes('in_progress'));
    watch.child.kill('SIGINT');
    const { code, out, err } = await watch.done;
    expect([code, out]).toEqual([130, '']);
    expect(err).toContain(`Stopped watching. The job goes on: cairn jobs watch ${id}, cairn jobs cancel ${id}\n`);
    expect((await read(id)).status).toBe('in_progress');

    const paused = await runCli(['jobs', 'pause', id, '--json'], { env: env() });
    expect([paused.code, JSON.parse(paused.out)]).toMatchObject([0, { job_id: id }]);
    await until('it is paused', async () => (await read(id)).status === 'paused');
    expect((await runCli(['jobs', 'resume', id], { env: env() })).out).toMatch(new RegExp(`^${id}: (in_progress|paused)\n$`));

    const again = startCli(['jobs', 'watch', id, '--json'], { env: env() });
    await until('it watches again', () => again.said().includes('devices'));
    expect((await runCli(['jobs', 'cancel', id], { env: env() })).code).toBe(0);
    const ended = await again.done;
    expect([ended.code, JSON.parse(ended.out)]).toMatchObject([10, { job_id: id, status: 'cancelled' }]);
    const late = await runCli(['jobs', 'cancel', id], { env: env() });
    expect([late.code, late.out, late.err.trimEnd().split('\n').length]).toEqual([5, '', 1]);
  });

  it('is asked for where its events cannot be had', async () => {
    const asked: string[] = [];
    // In front of the API stands something that does not let streams through.
    const proxy = createServer((incoming, answer) => {
      asked.push(incoming.url ?? '');
      if (incoming.url?.endsWith('/events'))
        return answer.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad gateway</h1>');
      request(`${api.url}${incoming.url}`, { headers: incoming.headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      }).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const id = await slowJob();
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const watch = startCli(['jobs', 'watch', id], { env: env(url) });
      await until('it asks', () => asked.filter((path) => path === `/api/jobs/${id}`).length >= 3);
      simulator.setLatency(0);
      const { code, out, err } = await watch.done;
      expect([code, out]).toEqual([0, expect.stringContaining('6 devices: 6 completed')]);
      expect(err).toContain('The events of the job cannot be had (HTTP 502');
      expect(asked.filter((path) => path.endsWith('/events'))).toHaveLength(1);
    } finally {
      proxy.close();
    }
  });

  it('is over at once where it is over, and not there is 4', async () => {
    simulator.setLatency(0);
    const id = await cluster.discover(ids);
    await cluster.wait(id);
    const [over, unknown] = await Promise.all([
      runCli(['jobs', 'watch', id], { env: env() }),
      runCli(['jobs', 'watch', '0199aaaa-0000-7000-8000-000000000000'], { env: env() }),
    ]);
    expect([over.code, over.err]).toEqual([0, '']);
    expect([unknown.code, unknown.err.trimEnd().split('\n').length]).toEqual([4, 1]);
  });
});
