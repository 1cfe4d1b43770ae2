import { KINDS } from '../core/facts.ts';
import { bodyOf, reply, startHttp, type HttpServer } from './http-server.ts';
import { ChangeRequest, FaultRequest, LatencyRequest } from './input.ts';
import type { Simulator } from './simulator.ts';

export interface ControlOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default a free one. */
  port?: number;
}

/**
 * Runs the simulator from outside:
 * `GET /devices`, `/links`, `/counters` (`?totals=true` without devices; with the CPU and memory of the
 * simulator's process), `/truth` (`?device=name`; all devices can be large),
 * `/configuration?device=name` (text); `POST /control/reset`, `/control/fault` `{device, fault}`, `/control/change` `{device, change}`,
 * `/control/latency` `{ms}`. A wrong request answers 400 or 404 with `{error}`.
 */
export async function startControl(sim: Simulator, options: ControlOptions = {}): Promise<HttpServer> {
  const truth = (name: string): unknown => ({ ...sim.device(name), kinds: sim.truth(name) });
  const gets: Record<string, (query: URLSearchParams) => unknown> = {
    '/devices': () => sim.devices,
    '/links': () => sim.links,
    '/counters': (query) => {
      const { totals, devices } = sim.counters();
      const { user, system } = process.cpuUsage();
      const own = { cpu_ms: Math.round((user + system) / 1000), rss_mb: Math.round(process.memoryUsage().rss / 1e6) };
      return query.get('totals') === 'true' ? { totals, process: own } : { totals, process: own, devices };
    },
    '/truth': (query) => {
      const name = query.get('device');
      return name ? truth(name) : { kinds: KINDS, links: sim.links, devices: sim.devices.map((device) => truth(device.name)) };
    },
    '/configuration': (query) => sim.configuration(query.get('device') ?? ''),
  };
  const posts: Record<string, (body: unknown) => Promise<void> | void> = {
    '/control/reset': () => sim.reset(),
    '/control/fault': (body) => {
      const { device, fault } = FaultRequest.parse(body);
      return sim.setFault(device, fault);
    },
    '/control/change': (body) => {
      const { device, change } = ChangeRequest.parse(body);
      sim.change(device, change);
    },
    '/control/latency': (body) => sim.setLatency(LatencyRequest.parse(body).ms),
  };
  return startHttp(options.host ?? '127.0.0.1', options.port ?? 0, async (request, response, url) => {
    const get = request.method === 'GET' ? gets[url.pathname] : undefined;
    const post = request.method === 'POST' ? posts[url.pathname] : undefined;
    if (get) return reply(response, 200, get(url.searchParams));
    if (!post) return reply(response, 404, { error: `no ${request.method} ${url.pathname}` });
    await post(await bodyOf(request));
    reply(response, 200, { ok: true });
  });
}
