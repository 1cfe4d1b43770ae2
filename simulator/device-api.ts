import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { KIND_ENDPOINTS, KINDS, type Kind } from '../core/facts.ts';
import { contextOf, type DeviceState } from './device-state.ts';
import { findFault } from './faults.ts';
import { reply, startHttp, type HttpServer } from './http-server.ts';
import type { Simulator } from './simulator.ts';

export interface DeviceApiOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default a free one. */
  port?: number;
  /** Default `cairn-lab-token`. */
  token?: string;
}

export interface DeviceApi extends HttpServer {
  token: string;
}

const KIND_OF = new Map<string, Kind>(KINDS.map((kind) => [KIND_ENDPOINTS[kind], kind]));

/**
 * The device API of the classic stack over the same devices: `GET /api/devices/{id}/{endpoint}?use_textfsm=true` with a bearer token
 * → `{success, output}`, `output` being rows as ntc-templates give them, or the text where there is no template or no
 * `use_textfsm`. `id` is the name, the address or the number (from 1) of a device. A device that fails is `success: false` with
 * `error`; faults of the devices show as far as a server in between would let them through.
 */
export async function startDeviceApi(sim: Simulator, options: DeviceApiOptions = {}): Promise<DeviceApi> {
  const token = options.token ?? 'cairn-lab-token';
  const { states } = sim.internals;
  const byId = new Map<string, DeviceState>();
  for (const state of states.values()) {
    for (const id of [state.device.name, state.device.host, String(state.device.index + 1)]) byId.set(id, state);
  }
  const server = await startHttp(options.host ?? '127.0.0.1', options.port ?? 0, async (request, response, url) => {
    const [, id, endpoint] = /^\/api\/devices\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
    const state = id === undefined ? undefined : byId.get(decodeURIComponent(id));
    if (request.headers.authorization !== `Bearer ${token}`)
      return reply(response, 401, { success: false, error: 'unauthorized' });
    if (!state || endpoint === undefined) return reply(response, 404, { success: false, error: 'device not found' });
    const kind = KIND_OF.get(endpoint);
    if (!kind && endpoint !== 'running-config') return reply(response, 404, { success: false, error: `no endpoint ${endpoint}` });
    state.counters.count(state.device.name, 'http_requests');
    const delay = state.latencyMs + (findFault(state.faults, 'slow')?.ms ?? 0);
    if (delay > 0) await sleep(delay);
    if (failed(state, response)) return;
    answer(sim, state, kind ?? null, url.searchParams.get('use_textfsm') === 'true', response);
  });
  return { ...server, token };
}

/** Answers for a device that cannot be asked; true where it did. */
function failed(state: DeviceState, response: ServerResponse): boolean {
  const has = (kind: Parameters<typeof findFault>[1]): boolean => findFault(state.faults, kind) !== undefined;
  const flaky = findFault(state.faults, 'flaky');
  if (flaky) state.connectionsSeen++;
  if (has('refuse') || has('no_banner') || has('host_key_change') || (flaky && state.connectionsSeen <= (flaky.times ?? 1))) {
    reply(response, 502, { success: false, error: 'device unreachable' });
    return true;
  }
  if (has('auth')) {
    reply(response, 200, { success: false, error: 'authentication to device failed' });
    return true;
  }
  if (has('drop') || has('drop_after_login')) {
    response.destroy();
    return true;
  }
  if (has('garbage')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x7b, 0xff, 0x00, 0x1b, 0x22, 0x5b]));
    return true;
  }
  // Silence: the request stays open until the client gives up.
  return has('stall') || has('no_prompt');
}

function answer(sim: Simulator, state: DeviceState, kind: Kind | null, parsed: boolean, response: ServerResponse): void {
  const { device } = state;
  const command = kind ? device.platform.endpoints[kind] : device.platform.configCommand;
  if (command === null) {
    return reply(response, 200, { success: false, error: `unsupported: ${device.platform.name} has no command for ${kind}` });
  }
  const rows = kind && parsed ? device.platform.rows?.[kind] : undefined;
  reply(response, 200, { success: true, output: rows ? rows(contextOf(state)) : sim.output(device.name, command) });
}
