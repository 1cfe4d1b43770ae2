import { describe, expect, test } from 'vitest';
import { arpLines, collectFrom, sessionOn, testPlatform } from './support/sessions.ts';
import { commandLine, PASSWORD, USER } from './support/tiny-device.ts';
import type { DeviceScript } from './support/tiny-device.ts';
import { useDevices } from './support/use-devices.ts';

const start = useDevices();
const ARP = '10.0.0.1 02:00:00:00:00:01\r\n';

describe('enable', () => {
  const SECRET = 'the-enable-secret';
  const withEnable =
    (secret: string): DeviceScript['shell'] =>
    async (io) => {
      let prompt = 'r1>';
      io.send(`\r\n${prompt}`);
      for (;;) {
        const line = await io.line();
        io.send(`${line}\r\n`);
        if (line === 'enable') {
          io.send('Password: ');
          if ((await io.line()) === secret) prompt = 'r1#';
          else io.send('\r\n% Access denied');
          io.send('\r\n');
        } else if (line === 'show arp') io.send(prompt === 'r1#' ? ARP : '% Not authorized\r\n');
        io.send(prompt);
      }
    };

  test('with the secret', async () => {
    const device = await start({ shell: withEnable(SECRET) });
    const collected = await collectFrom(device, { credential: { enable_password: SECRET } });
    expect(collected.kinds.arp).toMatchObject({ outcome: 'ok', rows: 1 });
    expect(JSON.stringify(collected)).not.toContain(SECRET);
  });

  test('with a wrong secret: authentication failed, after the login', async () => {
    const device = await start({ shell: withEnable('another') });
    const collected = await collectFrom(device, { credential: { enable_password: SECRET } });
    expect(collected).toMatchObject({
      logged_in: true,
      failure: { outcome: 'auth_failed', retryable: false, error: 'the device refused the enable password' },
      kinds: { arp: { outcome: 'auth_failed' } },
    });
    expect(JSON.stringify(collected)).not.toContain(SECRET);
  });

  test('without a secret the session stays where it is, and the device says what that means', async () => {
    const device = await start({ shell: withEnable(SECRET) });
    expect((await collectFrom(device)).kinds.arp).toMatchObject({ outcome: 'error', error: '"show arp": % Not authorized' });
  });
});

describe('a device that asks in the terminal', () => {
  const login = [
    { expect: /^username:$/i, send: 'username' as const },
    { expect: /^password:$/i, send: 'password' as const },
  ];
  const asking = (accepts: boolean, typed: string[]): DeviceScript => ({
    auth: (context) => context.accept(),
    shell: async (io) => {
      for (;;) {
        io.send('\r\nUsername:');
        typed.push(await io.line());
        io.send('\r\nPassword:');
        typed.push(await io.line());
        if (accepts) return commandLine('r1#', { 'show arp': ARP })(io);
        io.send('\r\nLogin invalid\r\n');
      }
    },
  });

  test('is told user name and password', async () => {
    const typed: string[] = [];
    const device = await start(asking(true, typed));
    const session = await sessionOn(device, { platform: testPlatform({ login }) });
    expect((await session.run('show arp')).text).toBe('10.0.0.1 02:00:00:00:00:01\n');
    expect(typed).toEqual([USER, PASSWORD]);
  });

  test('is told them once', async () => {
    const typed: string[] = [];
    const device = await start(asking(false, typed));
    const platform = testPlatform({ login }, { arp: arpLines });
    expect((await collectFrom(device, { platform })).failure).toMatchObject({
      outcome: 'auth_failed',
      error: expect.stringContaining('again'),
    });
    expect(typed).toEqual([USER, PASSWORD]);
  });
});
