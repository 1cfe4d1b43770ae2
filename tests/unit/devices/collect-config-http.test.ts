import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { autoPlatform } from '../../../devices/detect.ts';
import { startDeviceApi } from '../../../simulator/device-api.ts';
import type { DeviceApi } from '../../../simulator/device-api.ts';
import type { FaultName } from '../../../simulator/faults.ts';
import { simPlatforms } from '../../../simulator/platforms/index.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import type { Simulator } from '../../../simulator/simulator.ts';
import { fetchConfig, lastWord } from '../../platforms/config/support/collect-config.ts';

const PLATFORMS = [...simPlatforms.keys()];
let simulator: Simulator;
let api: DeviceApi;
beforeAll(async () => {
  simulator = await startSimulator({ devices: PLATFORMS.length, seed: 3, host: '127.52.0.1', platforms: PLATFORMS });
  api = await startDeviceApi(simulator);
});
afterAll(async () => {
  await api.stop();
  await simulator.stop();
});

const nameOf = (platform: string): string => {
  const device = simulator.devices.find((one) => one.platform === platform);
  if (device === undefined) throw new Error(`the simulator has no ${platform}`);
  return device.name;
};
const over = (platform: string, url = api.url, name = nameOf(platform)) =>
  ({ name, host: url, port: 0, platform, transport: 'http', credential: { token: api.token } }) as const;

describe('the simulated device API', () => {
  test.each(PLATFORMS)('%s: the text is the truth, letter by letter', async (platform) => {
    const collected = await fetchConfig(over(platform));
    expect([collected.result.status, lastWord(collected)]).toEqual(['success', expect.stringContaining('complete')]);
    expect(collected.result.device_config).toBe(`${simulator.configuration(nameOf(platform)).text.trimEnd()}\n`);
    expect(collected).toMatchObject({ logged_in: true, host_key: null, platform: { name: platform } });
    expect(collected.command).toBe(`/api/devices/${nameOf(platform)}/running-config`);
  });

  test.each([
    ['refuse', 'unreachable', true],
    ['flaky', 'unreachable', true],
    ['auth', 'auth_failed', false],
    ['drop', 'unreachable', true],
    ['stall', 'timeout', true],
    ['garbage', 'parse_failed', false],
  ] as [FaultName, string, boolean][])('%s is %s', async (fault, status, retryable) => {
    const name = nameOf('cisco_ios');
    await simulator.setFault(name, fault);
    try {
      const limits = { device_ms: 5_000, command_ms: 700, connect_ms: 700, output_bytes: 1_000_000 };
      const collected = await fetchConfig(over('cisco_ios'), { limits });
      expect(collected).toMatchObject({ result: { status, device_config: null }, retryable });
    } finally {
      await simulator.setFault(name, null);
    }
  });

  test('a wrong token, an unknown device, a platform that must be known, a host that is no URL', async () => {
    const wrong = await fetchConfig({ ...over('cisco_ios'), credential: { token: 'another-token' } });
    expect(wrong).toMatchObject({ result: { status: 'auth_failed' }, retryable: false, logged_in: false });
    expect((await fetchConfig(over('cisco_ios', api.url, 'no-such-device'))).result.status).toBe('unsupported');
    expect((await fetchConfig(over('cisco_ios'), { platform: autoPlatform })).result.status).toBe('unsupported');
    expect((await fetchConfig(over('cisco_ios', '192.0.2.1'))).result.status).toBe('error');
    expect((await fetchConfig(over('cisco_ios'), { shouldStop: () => true })).stopped).toBe(true);
  });

  test('more than the output limit, and half a configuration, are truncated', async () => {
    const limits = { device_ms: 5_000, command_ms: 5_000, connect_ms: 700, output_bytes: 500 };
    expect((await fetchConfig(over('cisco_ios'), { limits })).result.status).toBe('truncated');
  });
});

describe('other answers', () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  const CONFIG = '! Command: show running-config\nhostname r1\ninterface Et1\n   shutdown\nend\n';

  async function answering(answer: (response: ServerResponse) => void): Promise<string> {
    const server = createServer((_request, response) => answer(response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    stops.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }
  const sends =
    (type: string, body: string) =>
    (response: ServerResponse): void =>
      void response.writeHead(200, { 'content-type': type }).end(body);

  test.each([
    ['text/plain', sends('text/plain; charset=utf-8', CONFIG.replaceAll('\n', '\r\n')), 'success'],
    ['JSON', sends('application/json', JSON.stringify({ success: true, output: CONFIG })), 'success'],
    [
      'half of it',
      sends('application/json', JSON.stringify({ success: true, output: CONFIG.replace('end\n', '') })),
      'truncated',
    ],
    ['a refusal of the device', sends('text/plain', '% Authorization denied\n'), 'error'],
    ['an unknown command', sends('text/plain', '% Invalid input\n'), 'unsupported'],
    ['rows', sends('application/json', JSON.stringify({ success: true, output: [{ a: 1 }] })), 'parse_failed'],
    ['a page', sends('text/html', '<html></html>'), 'parse_failed'],
    ['nothing', sends('text/plain', ''), 'error'],
    ['no success', sends('application/json', JSON.stringify({ success: false, error: 'device unreachable' })), 'unreachable'],
  ])('%s', async (_what, answer, status) => {
    const collected = await fetchConfig(over('arista_eos', await answering(answer), 'r1'));
    expect([collected.result.status, lastWord(collected)]).toEqual([status, expect.anything()]);
    expect(collected.result.device_config).toBe(status === 'success' ? CONFIG : null);
  });
});
