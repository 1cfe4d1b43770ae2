import { describe, expect, test } from 'vitest';
import { arpLines, collectFrom, testPlatform } from './support/sessions.ts';
import { ARP, lldp, mac, THREE } from './support/three-kinds.ts';
import type { DeviceScript, Io } from './support/tiny-device.ts';
import { useDevices } from './support/use-devices.ts';

const start = useDevices();

describe('one channel for each command', () => {
  const exec = testPlatform(
    { mode: 'exec', setup: [], answers: { unknown: [/not found$/m], denied: [], nothing: [] } },
    { arp: arpLines, mac_table: mac, lldp_neighbors: lldp },
  );
  const answers = (table: Record<string, (io: Io) => void>): DeviceScript => ({
    exec: (command, io) => {
      const answer = table[command];
      if (answer !== undefined) return answer(io);
      io.channel.stderr.write(`sh: 1: ${command}: not found\n`);
      io.channel.exit(127);
      io.channel.end();
    },
  });
  const say =
    (text: string, code = 0, errors = '') =>
    (io: Io): void => {
      if (errors !== '') io.channel.stderr.write(errors);
      io.send(text);
      io.channel.exit(code);
      io.channel.end();
    };

  test('on one connection; stderr and exit code tell what went wrong', async () => {
    const device = await start(
      answers({
        'show arp': say('10.0.0.1 02:00:00:00:00:01\n', 0, 'a remark: not found\n'),
        'show macs': say('', 2, 'database locked\n'),
      }),
    );
    const collected = await collectFrom(device, { platform: exec, kinds: THREE });
    expect(collected.kinds).toMatchObject({
      arp: { outcome: 'ok', rows: 1 },
      mac_table: { outcome: 'error', error: '"show macs" ended with exit code 2: database locked' },
      lldp_neighbors: { outcome: 'unsupported', error: '"show lldp": sh: 1: show lldp: not found' },
    });
    expect(device.connections).toBe(1);
  });

  test('a connection that is lost', async () => {
    const device = await start(
      answers({
        'show arp': (io) => {
          io.send('10.0.0.1');
          setTimeout(() => io.connection.end(), 30);
        },
      }),
    );
    expect((await collectFrom(device, { platform: exec })).failure).toMatchObject({
      outcome: 'truncated',
      error: expect.stringContaining('in the middle of "show arp", after 8 bytes'),
    });
  });

  test('silence', async () => {
    const device = await start(answers({ 'show arp': () => undefined }));
    expect((await collectFrom(device, { platform: exec, limits: { command_ms: 400 } })).failure).toMatchObject({
      outcome: 'timeout',
      retryable: false,
    });
  });

  test('more than the limit', async () => {
    const device = await start(answers({ 'show arp': say(ARP.repeat(20_000)), 'show macs': say('mac 02:00:00:00:00:03\n') }));
    const collected = await collectFrom(device, {
      platform: exec,
      kinds: ['arp', 'mac_table'],
      limits: { output_bytes: 10_000 },
    });
    expect(collected.kinds).toMatchObject({ arp: { outcome: 'truncated' }, mac_table: { outcome: 'ok', rows: 1 } });
  });
});
