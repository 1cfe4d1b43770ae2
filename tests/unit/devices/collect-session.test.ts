import { describe, expect, test } from 'vitest';
import { ask } from '../../../devices/platform.ts';
import { arpLines, collectFrom, testPlatform } from './support/sessions.ts';
import { ARP, lldp, mac, MACS, THREE } from './support/three-kinds.ts';
import { commandLine, PASSWORD } from './support/tiny-device.ts';
import { useDevices } from './support/use-devices.ts';

const start = useDevices();

const platform = testPlatform({}, { arp: arpLines, mac_table: mac, lldp_neighbors: lldp });

describe('what a command answers decides its kind only', () => {
  test('ok, unsupported, empty', async () => {
    const device = await start({ shell: commandLine('r1#', { 'show arp': ARP, 'show lldp': '% LLDP is not enabled\r\n' }) });
    const collected = await collectFrom(device, { platform, kinds: [...THREE, 'bgp_routes'] });
    expect(collected.failure).toBeNull();
    expect(collected.kinds).toMatchObject({
      arp: { outcome: 'ok', rows: 2, error: null, commands: ['show arp'] },
      mac_table: { outcome: 'unsupported', rows: 0, error: `"show macs": % Invalid input detected at '^' marker.` },
      lldp_neighbors: { outcome: 'empty', rows: 0, error: null },
      bgp_routes: { outcome: 'unsupported', error: 'not on this platform', commands: [] },
    });
    expect(collected.kinds.arp?.records).toEqual([
      { address: '10.0.0.1', mac: '02:00:00:00:00:01', interface: null, vrf: null },
      { address: '10.0.0.2', mac: '02:00:00:00:00:02', interface: null, vrf: null },
    ]);
    expect(collected.outputs.map(({ command, text }) => [command, text.split('\n')[0]])).toEqual([
      ['show arp', '10.0.0.1 02:00:00:00:00:01'],
      ['show macs', "% Invalid input detected at '^' marker."],
      ['show lldp', '% LLDP is not enabled'],
    ]);
    expect(device.connections).toBe(1);
  });

  test('an empty output is an empty answer', async () => {
    const device = await start({ shell: commandLine('r1#', { 'show arp': '' }) });
    expect((await collectFrom(device)).kinds.arp).toMatchObject({ outcome: 'empty', rows: 0, error: null });
  });

  test('a row without what it needs is a parse failure, with the row; the output is kept', async () => {
    const device = await start({
      shell: commandLine('r1#', { 'show arp': `${ARP}garbage\r\n`, 'show macs': 'mac 02:00:00:00:00:03\r\n' }),
    });
    const collected = await collectFrom(device, { platform, kinds: ['arp', 'mac_table'] });
    expect(collected.kinds.arp).toMatchObject({
      outcome: 'parse_failed',
      rows: 0,
      records: [],
      error: expect.stringContaining('"garbage"'),
    });
    expect(collected.kinds.mac_table).toMatchObject({ outcome: 'ok', rows: 1 });
    expect(collected.outputs[0]?.text).toContain('garbage');
  });

  test('the next alternative is asked where the device does not know the first', async () => {
    const device = await start({ shell: commandLine('r1#', { 'show mac-table': 'mac 02:00:00:00:00:03\r\n' }) });
    const either = testPlatform(
      {},
      { mac_table: { ask: ['show macs', 'show mac-table'].map((command) => ({ command, parse: MACS })) } },
    );
    const collected = await collectFrom(device, { platform: either, kinds: ['mac_table'] });
    expect(collected.kinds.mac_table).toMatchObject({ outcome: 'ok', commands: ['show macs', 'show mac-table'] });
  });

  test('a command that serves several kinds is sent once', async () => {
    const typed: string[] = [];
    const device = await start({
      shell: commandLine('r1#', { 'show macs': (io, command) => (typed.push(command), io.send('mac 02:00:00:00:00:03\r\n')) }),
    });
    const shared = testPlatform({}, { mac_table: mac, lldp_neighbors: ask('show macs', { read: () => [] }) });
    const collected = await collectFrom(device, { platform: shared, kinds: ['mac_table', 'lldp_neighbors'] });
    expect(collected.kinds).toMatchObject({ mac_table: { outcome: 'ok' }, lldp_neighbors: { outcome: 'empty' } });
    expect(typed).toEqual(['show macs']);
    expect(collected.outputs).toHaveLength(1);
  });

  test('more than the output limit is truncated, and costs that kind only', async () => {
    const device = await start({
      shell: commandLine('r1#', { 'show arp': ARP.repeat(5_000), 'show macs': 'mac 02:00:00:00:00:03\r\n' }),
    });
    const collected = await collectFrom(device, { platform, kinds: ['arp', 'mac_table'], limits: { output_bytes: 20_000 } });
    expect(collected.kinds).toMatchObject({
      arp: { outcome: 'truncated', rows: 0, records: [], error: expect.stringContaining('output limit') },
      mac_table: { outcome: 'ok', rows: 1 },
    });
  });
});

describe('a lost session', () => {
  test('keeps what came; what is open and what was not asked for say why', async () => {
    const device = await start({
      shell: commandLine('r1#', {
        'show arp': ARP,
        'show macs': async (io) => {
          io.send('mac 02:00');
          await io.pause();
          io.connection.end();
        },
      }),
    });
    const collected = await collectFrom(device, { platform, kinds: THREE });
    expect(collected.kinds).toMatchObject({
      arp: { outcome: 'ok', rows: 2 },
      mac_table: { outcome: 'truncated', error: expect.stringContaining('in the middle of "show macs", after 20 bytes') },
      lldp_neighbors: {
        outcome: 'truncated',
        error: expect.stringMatching(/^not asked for, because the session was lost: .*"show macs"/),
      },
    });
    expect(collected).toMatchObject({ logged_in: true, failure: { outcome: 'truncated', retryable: false } });
  });

  test('silence is a timeout, not retryable once logged in', async () => {
    const device = await start({ shell: commandLine('r1#', { 'show arp': () => new Promise(() => undefined) }) });
    const collected = await collectFrom(device, { platform, kinds: THREE, limits: { command_ms: 600 } });
    expect(collected.failure).toMatchObject({
      outcome: 'timeout',
      retryable: false,
      error: expect.stringContaining('"show arp", after 10 bytes'),
    });
    expect(Object.values(collected.kinds).map((kind) => kind.outcome)).toEqual(['timeout', 'timeout', 'timeout']);
  });

  test('a device that never prompts', async () => {
    const device = await start({ shell: async (io) => io.send('\r\nplease wait') });
    expect((await collectFrom(device, { limits: { command_ms: 600 } })).failure).toEqual({
      outcome: 'timeout',
      error: 'logged in, but a prompt did not come in 0.6 s; the last line is "please wait"',
      retryable: false,
    });
  });

  test('a device that closes before its first prompt', async () => {
    const device = await start({ shell: async (io) => void io.connection.end() });
    expect((await collectFrom(device)).failure).toMatchObject({
      outcome: 'unreachable',
      retryable: false,
      error: expect.stringMatching(/after the login, before a prompt$/),
    });
  });

  test('the limit of the device ends it wherever it is', async () => {
    const device = await start({ shell: commandLine('r1#', { 'show arp': () => new Promise(() => undefined) }) });
    const begun = performance.now();
    const { failure } = await collectFrom(device, { limits: { device_ms: 700 } });
    expect(failure).toMatchObject({ outcome: 'timeout', error: 'the device took longer than its limit of 0.7 s' });
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

describe('no login', () => {
  test('nobody listens', async () => {
    const device = await start({});
    await device.stop();
    expect(await collectFrom(device)).toMatchObject({
      failure: { outcome: 'unreachable', retryable: true, error: expect.stringMatching(/refused the connection$/) },
      logged_in: false,
      kinds: {},
    });
  });

  test('nothing to ask for is not a reason to log in', async () => {
    const device = await start({ shell: commandLine('r1#', {}) });
    const collected = await collectFrom(device, { kinds: ['bgp_routes'] });
    expect(collected).toMatchObject({ logged_in: false, failure: null, kinds: { bgp_routes: { outcome: 'unsupported' } } });
    expect(device.connections).toBe(0);
  });
});

describe('steering', () => {
  test('an abort closes the session at once: what came stays, the rest is cancelled', async () => {
    const abort = new AbortController();
    let at = 0;
    const device = await start({
      shell: commandLine('r1#', {
        'show arp': ARP,
        'show macs': () => {
          at = performance.now();
          abort.abort();
          return new Promise(() => undefined);
        },
      }),
    });
    const collected = await collectFrom(device, { platform, kinds: THREE, signal: abort.signal });
    expect(performance.now() - at).toBeLessThan(250);
    expect(collected.kinds).toMatchObject({
      arp: { outcome: 'ok' },
      mac_table: { outcome: 'cancelled' },
      lldp_neighbors: { outcome: 'cancelled' },
    });
    expect(collected.failure).toMatchObject({ outcome: 'cancelled', retryable: false });
    await expect.poll(() => device.closed()).toBe(1);
  });

  test('an abort while connecting', async () => {
    const abort = new AbortController();
    const device = await start({ auth: () => abort.abort() });
    expect(await collectFrom(device, { signal: abort.signal })).toMatchObject({
      failure: { outcome: 'cancelled' },
      kinds: {},
      logged_in: false,
    });
    await expect.poll(() => device.closed()).toBe(1);
  });

  test('an abort before it begins reaches no device', async () => {
    const device = await start({});
    expect((await collectFrom(device, { signal: AbortSignal.abort() })).failure?.outcome).toBe('cancelled');
    expect(device.connections).toBe(0);
  });

  test('a stop takes effect between two kinds and leaves the others without an entry', async () => {
    let asked = 0;
    const device = await start({ shell: commandLine('r1#', { 'show arp': ARP }) });
    const collected = await collectFrom(device, { platform, kinds: THREE, shouldStop: () => asked++ > 0 });
    expect(collected).toMatchObject({ stopped: true, failure: null, kinds: { arp: { outcome: 'ok' } } });
    expect(Object.keys(collected.kinds)).toEqual(['arp']);
    await expect.poll(() => device.closed()).toBe(1);
  });

  test('the connection is closed when the promise resolves', async () => {
    const device = await start({ shell: commandLine('r1#', { 'show arp': ARP }) });
    await collectFrom(device);
    await expect.poll(() => device.closed(), { timeout: 100, interval: 5 }).toBe(1);
  });

  test('each command is told as it begins', async () => {
    const tasks: string[] = [];
    const device = await start({ shell: commandLine('r1#', { 'show arp': ARP }) });
    await collectFrom(device, { platform, kinds: THREE, onTask: (task) => void tasks.push(task) });
    expect(tasks).toEqual(['login', 'show arp', 'show macs', 'show lldp']);
  });
});

test('no secret in a message, though the device repeats it', async () => {
  const device = await start({ shell: commandLine('r1#', { 'show arp': `10.0.0.1 ${PASSWORD}\r\nuser used ${PASSWORD}\r\n` }) });
  const { kinds } = await collectFrom(device);
  expect(kinds.arp).toMatchObject({ outcome: 'parse_failed', error: expect.stringContaining('used') });
  expect(JSON.stringify(kinds)).not.toContain(PASSWORD);
});
