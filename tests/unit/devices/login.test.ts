import ssh2 from 'ssh2';
import type { AuthContext, AuthenticationType } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { arpLines, collectFrom, CREDENTIAL, testPlatform } from './support/sessions.ts';
import { commandLine, PASSWORD, USER } from './support/tiny-device.ts';
import type { DeviceScript } from './support/tiny-device.ts';
import { useDevices } from './support/use-devices.ts';

const start = useDevices();

const ARP = '10.0.0.1 02:00:00:00:00:01\r\n';
const shell = commandLine('r1#', { 'show arp': ARP });

describe('what is offered is tried once', () => {
  test('a refused password is not offered again as keyboard-interactive', async () => {
    const device = await start({
      auth: (context, attempts) => {
        if (context.method !== 'none') attempts.push(context.method);
        context.reject(['password', 'keyboard-interactive']);
      },
    });
    const collected = await collectFrom(device);
    expect(collected.failure).toEqual({
      outcome: 'auth_failed',
      error: `the device refused user "${USER}" (password)`,
      retryable: false,
    });
    expect(device.attempts).toEqual(['password']);
    expect(collected).toMatchObject({ logged_in: false, kinds: {}, outputs: [] });
  });

  test('keyboard-interactive where no password method is offered', async () => {
    const device = await start({
      auth: (context, attempts) => {
        if (context.method === 'none') return context.reject(['keyboard-interactive']);
        attempts.push(context.method);
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        context.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
          answers[0] === PASSWORD ? context.accept() : context.reject(),
        );
      },
      shell,
    });
    expect((await collectFrom(device)).kinds.arp).toMatchObject({ outcome: 'ok', rows: 1 });
    expect(device.attempts).toEqual(['keyboard-interactive']);
  });

  test('a second hidden question is not answered with the password', async () => {
    const answered: string[] = [];
    const device = await start({
      auth: (context) => {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        context.prompt([{ prompt: 'Password: ', echo: false }], (first) => {
          answered.push(...first);
          context.prompt([{ prompt: 'Token code: ', echo: false }], (second) => {
            answered.push(...second);
            context.reject();
          });
        });
      },
    });
    const { failure } = await collectFrom(device);
    expect(failure).toMatchObject({
      outcome: 'auth_failed',
      retryable: false,
      error: 'the device asks for more than a password: Token code:',
    });
    expect(answered).toEqual([PASSWORD]);
  });

  test('a key, then the password where the key is refused', async () => {
    const pair = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const device = await start({ shell });
    const collected = await collectFrom(device, { credential: { private_key: pair.private } });
    expect(collected.kinds.arp?.outcome).toBe('ok');
    expect(device.attempts).toEqual(['publickey', 'password']);
  });

  test('a key with a passphrase', async () => {
    const passphrase = 'for the key';
    const pair = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, passphrase, cipher: 'aes256-cbc', rounds: 4 });
    const device = await start({
      auth: (context, attempts) => {
        if (context.method !== 'publickey') return context.reject(['publickey']);
        attempts.push(context.signature ? 'signed' : 'offered');
        context.accept();
      },
      shell,
    });
    const credential = { password: null, private_key: pair.private, passphrase };
    expect((await collectFrom(device, { credential })).kinds.arp?.outcome).toBe('ok');
    const wrong = await collectFrom(device, { credential: { ...credential, passphrase: 'another' } });
    expect(wrong.failure).toMatchObject({
      outcome: 'auth_failed',
      error: expect.stringContaining('the private key cannot be read'),
    });
  });

  test('nothing to offer', async () => {
    const device = await start({ shell });
    const { failure } = await collectFrom(device, { credential: { password: null } });
    expect(failure).toMatchObject({
      outcome: 'auth_failed',
      error: `no way to log in as user "${USER}": the device offers password, publickey, and the credential has nothing for it`,
    });
    expect(device.attempts).toEqual([]);
  });

  test('a device that demands a new password', async () => {
    const device = await start({
      auth: (context) => {
        if (context.method !== 'password') return context.reject(['password']);
        context.requestChange('Your password has expired', () => context.reject());
      },
    });
    expect((await collectFrom(device)).failure).toMatchObject({
      outcome: 'auth_failed',
      error: 'the device demands a new password',
    });
  });

  test('a device that closes when it gets the password is not asked again', async () => {
    const device = await start({
      auth: (context, attempts) => {
        if (context.method === 'none') return context.reject(['password']);
        attempts.push(context.method);
        throw new Error('closed by the test');
      },
    });
    const { failure } = await collectFrom(device, { limits: { connect_ms: 1_500 } });
    expect(failure?.retryable).toBe(false);
    expect(['unreachable', 'auth_failed']).toContain(failure?.outcome);
  });
});

describe('a device that was logged in to before', () => {
  const offering = (methods: { now: AuthenticationType[]; password: string }) => ({
    auth: (context: AuthContext, attempts: string[]) => {
      attempts.push(context.method);
      if (!methods.now.includes(context.method)) return context.reject(methods.now);
      if (context.method === 'password' && context.password === methods.password) return context.accept();
      if (context.method !== 'keyboard-interactive') return context.reject(methods.now);
      context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) =>
        answer === methods.password ? context.accept() : context.reject(methods.now),
      );
    },
    shell,
  });

  test('is not asked what it offers, until a login fails', async () => {
    const methods = { now: ['password', 'keyboard-interactive'] as AuthenticationType[], password: PASSWORD };
    const device = await start(offering(methods));
    for (let n = 0; n < 3; n += 1) expect((await collectFrom(device)).failure).toBeNull();
    expect(device.attempts.splice(0)).toEqual(['none', 'password', 'password', 'password']);
    methods.password = 'changed';
    expect((await collectFrom(device)).failure).toMatchObject({
      outcome: 'auth_failed',
      error: `the device refused user "${USER}" (password)`,
    });
    expect(device.attempts.splice(0)).toEqual(['password']);
    methods.password = PASSWORD;
    expect((await collectFrom(device)).failure).toBeNull();
    expect(device.attempts).toEqual(['none', 'password']);
  });

  test('and offers something else since is logged in to as it wants', async () => {
    const methods = { now: ['password'] as AuthenticationType[], password: PASSWORD };
    const device = await start(offering(methods));
    expect((await collectFrom(device)).failure).toBeNull();
    methods.now = ['keyboard-interactive'];
    for (let n = 0; n < 2; n += 1) expect((await collectFrom(device)).failure).toBeNull();
    expect(device.attempts).toEqual(['none', 'password', 'password', 'keyboard-interactive', 'keyboard-interactive']);
  });

  test('and withdraws a method whose secret it refused gets the secret once', async () => {
    const password = { now: PASSWORD };
    const device = await start({
      auth: (context, attempts) => {
        attempts.push(context.method);
        if (context.method === 'password' && context.password === password.now) return context.accept();
        context.reject(context.method === 'none' ? ['password', 'keyboard-interactive'] : ['keyboard-interactive']);
      },
      shell,
    });
    expect((await collectFrom(device)).failure).toBeNull();
    password.now = 'changed';
    expect((await collectFrom(device)).failure).toMatchObject({
      outcome: 'auth_failed',
      error: `the device refused user "${USER}" (password)`,
    });
    expect(device.attempts).toEqual(['none', 'password', 'password']);
  });

  test('is asked by another user, and with a credential that has nothing of what it offered', async () => {
    const pair = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const device = await start({ ...offering({ now: ['password'], password: PASSWORD }) });
    expect((await collectFrom(device)).failure).toBeNull();
    const other = await collectFrom(device, { credential: { username: 'other' } });
    expect(other.failure).toBeNull();
    const keyed = await collectFrom(device, { credential: { password: null, private_key: pair.private } });
    expect(keyed.failure?.outcome).toBe('auth_failed');
    expect(device.attempts).toEqual(['none', 'password', 'none', 'password', 'none']);
  });
});

describe('host keys', () => {
  test('the key is reported, and accepted where it is the pinned one', async () => {
    const device = await start({ shell });
    const first = await collectFrom(device);
    expect(first.host_key).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    const second = await collectFrom(device, { pinnedHostKey: first.host_key });
    expect(second.kinds.arp?.outcome).toBe('ok');
  });

  test('another key ends it before a password is sent', async () => {
    const device = await start({ shell });
    const { failure, logged_in } = await collectFrom(device, { pinnedHostKey: 'SHA256:AAAA' });
    expect(failure).toMatchObject({
      outcome: 'host_key_mismatch',
      retryable: false,
      error: expect.stringContaining('SHA256:AAAA is pinned'),
    });
    expect(logged_in).toBe(false);
    expect(device.attempts).toEqual([]);
  });
});

describe('old devices', () => {
  const algorithms: DeviceScript['algorithms'] = {
    kex: ['diffie-hellman-group14-sha1'],
    cipher: ['aes128-cbc'],
    hmac: ['hmac-sha1'],
    serverHostKey: ['ssh-rsa'],
  };
  test('are refused, and told why, where the platform does not allow old algorithms', async () => {
    const device = await start({ shell, algorithms, hostKeyType: 'rsa' });
    expect((await collectFrom(device)).failure).toMatchObject({
      outcome: 'error',
      retryable: false,
      error: expect.stringContaining('offers no SSH algorithm that its platform allows'),
    });
  });
  test('are reached where it does', async () => {
    const device = await start({ shell, algorithms, hostKeyType: 'rsa' });
    const platform = testPlatform({ ssh: { legacy: true } }, { arp: arpLines });
    expect((await collectFrom(device, { platform })).kinds.arp).toMatchObject({ outcome: 'ok' });
  });
});

describe('a jump host', () => {
  test('is logged in to with its own credential', async () => {
    const bastion = await start({ forward: true });
    const device = await start({ shell });
    const seen: string[] = [];
    const jump = {
      host: bastion.host,
      port: bastion.port,
      credential: CREDENTIAL,
      pinnedHostKey: null,
      onHostKey: (key: string) => void seen.push(key),
    };
    const collected = await collectFrom(device, { jump });
    expect(collected.kinds.arp).toMatchObject({ outcome: 'ok', rows: 1 });
    expect(seen).toEqual([expect.stringMatching(/^SHA256:/)]);
    expect(collected.host_key).not.toBe(seen[0]);
    await expect.poll(() => bastion.closed()).toBe(1);
  });

  test('that refuses us is named, and the device is not reached', async () => {
    const bastion = await start({ forward: true });
    const device = await start({ shell });
    const jump = {
      host: bastion.host,
      port: bastion.port,
      credential: { ...CREDENTIAL, password: 'wrong' },
      pinnedHostKey: null,
    };
    expect((await collectFrom(device, { jump })).failure).toMatchObject({
      outcome: 'auth_failed',
      error: expect.stringMatching(/^jump host: /),
    });
    expect(device.connections).toBe(0);
  });

  test('that cannot reach the device', async () => {
    const bastion = await start({});
    const device = await start({ shell });
    const jump = { host: bastion.host, port: bastion.port, credential: CREDENTIAL, pinnedHostKey: null };
    expect((await collectFrom(device, { jump })).failure).toMatchObject({ outcome: 'unreachable', retryable: true });
  });
});
