import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KIND_ENDPOINTS } from '../../../core/facts.ts';
import { startControl } from '../../../simulator/control-api.ts';
import { startDeviceApi, type DeviceApi } from '../../../simulator/device-api.ts';
import type { HttpServer } from '../../../simulator/http-server.ts';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { connect } from './client.ts';

let sim: Simulator;
let api: DeviceApi;
let control: HttpServer;

beforeAll(async () => {
  sim = await startSimulator({ devices: 8 });
  api = await startDeviceApi(sim);
  control = await startControl(sim);
});
beforeEach(async () => {
  for (const device of sim.devices) await sim.setFault(device.name, null);
  sim.reset();
});
afterAll(() => Promise.all([sim.stop(), api.stop(), control.stop()]));

const first = (platform: string): string => sim.devices.find((device) => device.platform === platform)?.name ?? '';
const get = (path: string, options: RequestInit = {}): Promise<Response> =>
  fetch(`${api.url}/api/devices/${path}`, { headers: { authorization: `Bearer ${api.token}` }, ...options });
const post = async (path: string, body: unknown): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(control.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};

describe('the HTTP device API', () => {
  it('gives rows with the keys of ntc-templates, the text without use_textfsm, by name, address or number', async () => {
    const name = first('cisco_ios');
    const rows: unknown = await (await get(`${name}/ip-route/ospf?use_textfsm=true`)).json();
    expect(rows).toMatchObject({
      success: true,
      output: expect.arrayContaining([expect.objectContaining({ protocol: 'O', distance: '110' })]),
    });
    const index = sim.devices.findIndex((device) => device.name === name);
    for (const id of [name, sim.devices[index]?.host ?? '', String(index + 1)]) {
      const text: unknown = await (await get(`${id}/ip-route/ospf`)).json();
      expect(text).toEqual({ success: true, output: sim.output(name, 'show ip route ospf') });
    }
    expect(await (await get(`${name}/running-config`)).json()).toEqual({ success: true, output: sim.configuration(name).text });
    expect(sim.counters().devices[name]?.http_requests).toBe(5);
  });

  it('answers every endpoint of every platform, and says what a platform cannot', async () => {
    for (const device of sim.devices) {
      for (const endpoint of Object.values(KIND_ENDPOINTS)) {
        const body: unknown = await (await get(`${device.name}/${endpoint}?use_textfsm=true`)).json();
        const unsupported = endpoint === 'cdp-neighbors' && device.platform !== 'cisco_ios';
        expect(body, `${device.name} ${endpoint}`).toMatchObject(
          unsupported ? { success: false, error: expect.stringContaining('unsupported') } : { success: true },
        );
      }
    }
  });

  it('wants the token, the device and the endpoint to be right', async () => {
    const name = first('arista_eos');
    expect((await get(`${name}/mac-table`, { headers: {} })).status).toBe(401);
    expect((await get('nobody/mac-table')).status).toBe(404);
    expect((await get(`${name}/nonsense`)).status).toBe(404);
  });

  it('lets faults show as a server in between would', async () => {
    const name = first('arista_eos');
    const ask = (): Promise<Response> => get(`${name}/mac-table?use_textfsm=true`, { signal: AbortSignal.timeout(300) });
    await sim.setFault(name, 'refuse');
    expect((await ask()).status).toBe(502);
    await sim.setFault(name, 'flaky');
    expect([(await ask()).status, (await ask()).status]).toEqual([502, 200]);
    await sim.setFault(name, 'auth');
    expect(await (await ask()).json()).toMatchObject({ success: false });
    await sim.setFault(name, 'garbage');
    await expect((await ask()).json()).rejects.toThrow();
    await sim.setFault(name, 'stall');
    await expect(ask()).rejects.toThrow('timeout');
    await sim.setFault(name, 'drop');
    await expect(ask()).rejects.toThrow('fetch failed');
  });
});

describe('the control port', () => {
  it('tells devices, links, truth, configuration and counters, and resets', async () => {
    const read = async (path: string): Promise<unknown> => (await fetch(control.url + path)).json();
    const name = first('juniper_junos');
    expect(await read('/devices')).toEqual(sim.devices);
    expect(await read('/links')).toEqual(sim.links);
    expect(await read(`/truth?device=${name}`)).toMatchObject({ name, kinds: sim.truth(name) });
    expect(await read(`/configuration?device=${name}`)).toEqual(sim.configuration(name));
    await (await connect(sim.device(name))).end();
    await sim.idle();
    expect(await read('/counters?totals=true')).toMatchObject({ totals: { logins: 1, connections: 1 } });
    expect(await post('/control/reset', {})).toEqual({ status: 200, body: { ok: true } });
    expect(await read('/counters')).toMatchObject({ totals: { logins: 0 }, devices: { [name]: { logins: 0 } } });
  });

  it('sets faults, latency and changes, and says what is wrong with a request', async () => {
    const name = first('cisco_ios');
    await post('/control/fault', { device: name, fault: { kind: 'flaky', times: 1 } });
    await expect(connect(sim.device(name))).rejects.toThrow();
    await post('/control/fault', { device: name, fault: null });
    await post('/control/change', { device: name, change: { kind: 'clear', table: 'lldp_neighbors' } });
    expect(sim.truth(name, 'lldp_neighbors')).toEqual([]);
    await post('/control/latency', { ms: 100 });
    const client = await connect(sim.device(name));
    const began = performance.now();
    await client.exec('show version');
    expect(performance.now() - began).toBeGreaterThanOrEqual(49);
    await client.end();
    await post('/control/latency', { ms: 0 });
    for (const [path, body] of [
      ['/control/fault', { device: name, fault: 'sulk' }],
      ['/control/fault', { device: 'nobody', fault: null }],
      ['/control/change', { device: name, change: { kind: 'remove_link', interface: 'nope' } }],
      ['/control/latency', { ms: 'soon' }],
    ] as const) {
      expect((await post(path, body)).status, path).toBe(400);
    }
    expect((await post('/control/nothing', {})).status).toBe(404);
  });

  it('changes what the device prints, and the configuration with it', async () => {
    const name = first('cisco_ios');
    const before = sim.configuration(name).text;
    await post('/control/change', { device: name, change: { kind: 'edit_config' } });
    const after = sim.configuration(name).text;
    expect(after).not.toBe(before);
    const [link] = sim.links.filter(({ a, b }) => [a.device, b.device].includes(name));
    const end = link?.a.device === name ? link.a : link?.b;
    const count = sim.links.length;
    await post('/control/change', { device: name, change: { kind: 'remove_link', interface: end?.interface } });
    expect(sim.links.length).toBe(count - 1);
    const interfaces = sim.truth(name, 'interfaces');
    expect(interfaces.find((port) => port.name === end?.interface)).toMatchObject({ admin_status: 'up', oper_status: 'down' });
  });
});
