import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../api/client.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { linesOf, startOtlpReceiver, traced, type OtlpReceiver } from '../support/otlp-receiver.ts';

let cluster: Cluster;
let simulator: Simulator;
let receiver: OtlpReceiver;
let on: Record<string, string>;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  on = traced(receiver);
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 1, platforms: ['cisco_ios'], host: '127.72.0.1' }),
  ]);
});
afterAll(async () => {
  await cluster?.stop();
  await Promise.all([simulator?.stop(), receiver?.close()]);
});

describe('a collector that hangs', () => {
  it('holds up neither jobs nor the end of a process', async () => {
    const stuck = await startOtlpReceiver();
    stuck.answer(() => undefined);
    const env = { ...on, OTEL_EXPORTER_OTLP_ENDPOINT: stuck.url };
    const [api, worker] = await Promise.all([cluster.startApi(env), cluster.startWorker(env)]);
    const device = { ...simulator.devices[0]!, name: 'stuck' };
    await cluster.addDevices([device]);
    const { body } = await createClient({ baseUrl: api.url, token: api.token }).call(discovery.discoverAsync, {
      body: { device_ids: [device.name] },
    });
    expect(await cluster.wait(body.job_id)).toBe('completed');
    await until('it was sent something', () => stuck.bodies.length >= 2);
    for (const one of [api, worker]) {
      const began = Date.now();
      expect(await one.stop()).toBe(0);
      expect(Date.now() - began).toBeLessThan(6_000);
      expect(linesOf(one.log()).filter((line) => String(line.msg).startsWith('traces are lost'))).toHaveLength(1);
    }
    await stuck.close();
  });
});

describe('without a collector', () => {
  /** Writes the modules that a process has loaded into a file, at its end. */
  const probe = `import m from 'node:module';import{isMainThread as main}from'node:worker_threads';import{writeFileSync}from'node:fs';
    if(main&&process.env.PROBE)process.on('exit',()=>writeFileSync(process.env.PROBE+'.'+process.pid,Object.keys(m._cache).join('\\n')))`;

  it('nothing of OpenTelemetry is loaded, except its API, which prom-client takes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-probe-'));
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(probe)}`;
    const loaded = async (env: Record<string, string>): Promise<string[]> => {
      const all = { ...env, NODE_OPTIONS, PROBE: join(folder, 'modules') };
      const both = await Promise.all([cluster.startApi(all), cluster.startWorker(all)]);
      const found: string[] = [];
      for (const one of both) {
        await one.stop();
        const paths = (await readFile(join(folder, `modules.${one.pid}`), 'utf8')).split('\n');
        expect(paths.length).toBeGreaterThan(100);
        found.push(...paths.flatMap((path) => /@opentelemetry\/([^/]+)\//.exec(path)?.[1] ?? []));
      }
      return [...new Set(found)].sort();
    };
    expect(await loaded({})).toEqual(['api']);
    expect(await loaded(on)).toEqual(expect.arrayContaining(['sdk-trace-base', 'exporter-trace-otlp-http']));
    await rm(folder, { recursive: true });
  });
});
