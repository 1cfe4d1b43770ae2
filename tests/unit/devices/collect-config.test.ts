import { describe, expect, test } from 'vitest';
import { collectConfig } from '../../../devices/collect-config.ts';
import type { ConfigCollected, ConfigOptions } from '../../../devices/collect-config.ts';
import { bannerOpen } from '../../../devices/config-structure.ts';
import { autoPlatform } from '../../../devices/detect.ts';
import { platforms } from '../../../devices/platforms/index.ts';
import { CREDENTIAL, testPlatform } from './support/sessions.ts';
import { commandLine, PASSWORD } from './support/tiny-device.ts';
import type { DeviceScript, Reply, TinyDevice } from './support/tiny-device.ts';
import { useDevices } from './support/use-devices.ts';

const start = useDevices();

const CONFIG = ['hostname r1', 'interface Gi0/1', ' description uplink', 'interface Gi0/2', ' shutdown', 'end', ''].join('\n');
const WIRE = CONFIG.replaceAll('\n', '\r\n');
const shell = (replies: Record<string, Reply>): DeviceScript => ({ shell: commandLine('r1#', replies) });

type Over = Partial<Omit<ConfigOptions, 'limits'>> & { limits?: Partial<ConfigOptions['limits']> };
function collect(device: Pick<TinyDevice, 'host' | 'port'>, over: Over = {}): Promise<ConfigCollected> {
  return collectConfig({
    device: { id: 'd1', name: 'd1', host: device.host, port: device.port, platform: 'test', transport: 'ssh', external_id: null },
    platform: testPlatform(),
    collector: null,
    credential: CREDENTIAL,
    pinnedHostKey: null,
    jump: null,
    signal: new AbortController().signal,
    shouldStop: () => false,
    onTask: () => undefined,
    ...over,
    limits: { device_ms: 20_000, command_ms: 5_000, connect_ms: 5_000, output_bytes: 5_000_000, ...over.limits },
  });
}
const said = ({ result }: ConfigCollected): string => result.log.map(({ message }) => message).join('\n');

describe('one configuration', () => {
  test('comes whole, with a log of what was done and nothing of the text in it', async () => {
    const device = await start(shell({ 'show running-config': WIRE }));
    const tasks: string[] = [];
    const collected = await collect(device, { onTask: (task) => tasks.push(task) });
    expect(collected).toMatchObject({
      result: { status: 'success', device_config: CONFIG },
      logged_in: true,
      retryable: false,
      stopped: false,
      command: 'show running-config',
      platform: { name: 'test' },
      host_key: expect.stringMatching(/^SHA256:/),
    });
    expect(collected.result.task_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Date(collected.result.timestamp).toISOString()).toBe(collected.result.timestamp);
    expect(collected.result.log.map(({ level, message }) => `${level} ${message}`)).toEqual([
      `info logged in to 127.0.0.1:${device.port} as operator`,
      'info asked "show running-config"',
      `info complete: 6 lines, ${CONFIG.length} bytes`,
    ]);
    expect(tasks).toEqual(['login', 'show running-config']);
    expect(device.connections).toBe(1);
    await expect.poll(device.closed).toBe(1);
  });

  test('the next command is asked where the device does not know the first; none left is unsupported', async () => {
    const config = { ...testPlatform().config, commands: ['show all', 'show running-config'] };
    const device = await start(shell({ 'show running-config': WIRE }));
    const collected = await collect(device, { platform: testPlatform({ config }) });
    expect(collected).toMatchObject({ result: { status: 'success', device_config: CONFIG }, command: 'show running-config' });
    const neither = await start(shell({}));
    expect(await collect(neither, { platform: testPlatform({ config }) })).toMatchObject({
      result: { status: 'unsupported', device_config: null },
    });
    expect((await collect(neither, { platform: autoless([]) })).result.status).toBe('unsupported');
  });

  test('a platform that is found out at the login', async () => {
    const answers = {
      'show version': 'Arista DCS-7050SX3-48YC8\r\nSoftware image version: 4.27.6M\r\n',
      'show running-config': `! Command: show running-config\r\n${WIRE}`,
    };
    const device = await start({ shell: commandLine('leaf1#', answers) });
    const eos = platforms['arista_eos']!;
    const collected = await collect(device, { platform: autoPlatform, candidates: [eos, platforms['cisco_ios']!] });
    expect(collected).toMatchObject({ result: { status: 'success' }, detected_platform: 'arista_eos', platform: eos });
    const other = await start({ shell: commandLine('thing#', {}) });
    const unknown = await collect(other, { platform: autoPlatform });
    expect(unknown).toMatchObject({ result: { status: 'unsupported', device_config: null }, platform: null, logged_in: true });
  });

  test('through a jump host', async () => {
    const device = await start(shell({ 'show running-config': WIRE }));
    const bastion = await start({ forward: true });
    const jump = { host: bastion.host, port: bastion.port, credential: CREDENTIAL, pinnedHostKey: null };
    expect((await collect(device, { jump })).result.device_config).toBe(CONFIG);
    await expect.poll(bastion.closed).toBe(1);
    expect([bastion.connections, device.connections]).toEqual([1, 1]);
  });
});

function autoless(commands: string[]): ReturnType<typeof testPlatform> {
  return testPlatform({ config: { ...testPlatform().config, commands } });
}

describe('stopping', () => {
  test('before the login, and before the command', async () => {
    const device = await start(shell({ 'show running-config': WIRE }));
    const before = await collect(device, { shouldStop: () => true });
    expect(before).toMatchObject({ stopped: true, logged_in: false, result: { status: 'cancelled', device_config: null } });
    expect(device.connections).toBe(0);
    let asked = 0;
    const after = await collect(device, { shouldStop: () => ++asked > 1 });
    expect(after).toMatchObject({ stopped: true, logged_in: true, command: null, retryable: false });
    await expect.poll(device.closed).toBe(1);
  });

  test('an abort in the middle closes the session and is cancelled', async () => {
    const cancel = new AbortController();
    const device = await start(
      shell({
        'show running-config': (io) => {
          io.send('hostname r1\r\n');
          setTimeout(() => cancel.abort(), 50);
          return new Promise(() => undefined);
        },
      }),
    );
    const collected = await collect(device, { signal: cancel.signal });
    expect(collected).toMatchObject({ stopped: false, result: { status: 'cancelled', device_config: null }, retryable: false });
    expect(collected.duration_ms).toBeLessThan(2_000);
    expect((await collect(device, { signal: AbortSignal.abort() })).result.status).toBe('cancelled');
  });

  test('the limit of the device ends it', async () => {
    const device = await start(shell({ 'show running-config': () => new Promise(() => undefined) }));
    const collected = await collect(device, { limits: { device_ms: 400 } });
    expect(collected).toMatchObject({ result: { status: 'timeout' }, retryable: false, logged_in: true });
    expect(said(collected)).toContain('longer than its limit of 0.4 s');
  });
});

describe('a line of the configuration that reads like the prompt', () => {
  const noEnd = testPlatform({ config: { ...testPlatform().config, end: null } });
  const LATER = 'interface Gi0/3\r\n shutdown\r\n';
  const whole = WIRE.replace('end\r\n', 'banner motd @\r\nr1#');

  test('where there is no end, the device must answer another command after it', async () => {
    const device = await start(
      shell({
        'show running-config': async (io) => {
          io.send(whole);
          await io.pause(200);
          io.send(`\r\n@\r\n${LATER}`);
        },
      }),
    );
    const collected = await collect(device, { platform: noEnd });
    expect(collected.result).toMatchObject({
      status: 'success',
      device_config: `${whole}\n@\n${LATER}`.replaceAll('\r', ''),
    });
  });

  test('a device that stalls there is a timeout', async () => {
    const stall: Reply = (io) => {
      io.send(whole);
      return new Promise(() => undefined);
    };
    const device = await start(shell({ 'show running-config': stall }));
    const collected = await collect(device, { platform: noEnd, limits: { command_ms: 900 } });
    expect(collected.result).toMatchObject({ status: 'timeout', device_config: null });
  });

  test('where there is an end that has not come, what reads like a prompt is waited out', async () => {
    const [head = '', tail = ''] = WIRE.split(' description uplink\r\n');
    const device = await start({
      shell: commandLine('r1#', {
        'show running-config': async (io) => {
          io.send(`${head}r1#`);
          await io.pause(5);
          io.send(`\r\n${tail}`);
        },
      }),
    });
    const { result } = await collect(device);
    expect([result.status, result.device_config]).toEqual(['success', CONFIG.replace(' description uplink', 'r1#')]);
  });

  test('an end and a prompt that are only quoted are not taken for those of the configuration', async () => {
    const [before = ''] = WIRE.split('end\r\n');
    const device = await start({
      shell: commandLine('r1#', {
        'show running-config': async (io) => {
          io.send(`${before}banner motd ^C\r\nend\r\nr1#`);
          await io.pause(5);
          io.send('\r\n^C\r\nend\r\n');
        },
      }),
    });
    const platform = testPlatform({ config: { ...testPlatform().config, complete: bannerOpen } });
    const { result } = await collect(device, { platform });
    const whole = `${before}banner motd ^C\r\nend\r\nr1#\r\n^C\r\nend\r\n`.replaceAll('\r', '');
    expect([result.status, result.device_config]).toEqual(['success', whole]);
  });

  test('where there is an end, it is missing', async () => {
    const device = await start(
      shell({
        'show running-config': (io) => {
          io.send(whole);
          return new Promise(() => undefined);
        },
      }),
    );
    expect((await collect(device)).result).toMatchObject({ status: 'truncated', device_config: null });
  });
});

describe('collectors', () => {
  const nowhere = { host: '127.0.0.1', port: 9 };

  test('one that does not exist is named, with those that do', async () => {
    const collected = await collect(nowhere, { collector: 'netconf' });
    expect(collected.result.status).toBe('unsupported');
    expect(said(collected)).toBe('there is no collector "netconf"; there are ssh, http, noop');
    expect((await collect(nowhere, { collector: 'toString' })).result.status).toBe('unsupported');
  });

  test('one of another transport does not log in', async () => {
    const device = await start(shell({ 'show running-config': WIRE }));
    expect(await collect(device, { collector: 'http' })).toMatchObject({ result: { status: 'unsupported' }, logged_in: false });
    expect(device.connections).toBe(0);
  });

  test('noop touches no device and says so', async () => {
    const collected = await collect(nowhere, { collector: 'noop', platform: autoPlatform });
    expect(collected).toMatchObject({
      result: { status: 'success', device_config: '! noop collector: d1\n' },
      logged_in: false,
      host_key: null,
      platform: autoPlatform,
    });
  });
});

test('a secret of ours that the device repeats is in no message', async () => {
  const device = await start(shell({ 'show running-config': `% Not authorized: ${PASSWORD}\r\n` }));
  const collected = await collect(device);
  expect(collected.result.status).toBe('error');
  expect(said(collected)).toContain('% Not authorized: ***');
  expect(JSON.stringify(collected)).not.toContain(PASSWORD);
});

test('a refused connection is retryable, a refused login is not', async () => {
  const device = await start(shell({}));
  const refused = await collect(device, { credential: { ...CREDENTIAL, password: 'wrong-one' } });
  expect(refused).toMatchObject({ result: { status: 'auth_failed' }, retryable: false, logged_in: false });
  await device.stop();
  expect(await collect(device)).toMatchObject({ result: { status: 'unreachable' }, retryable: true, logged_in: false });
});
