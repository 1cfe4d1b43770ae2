import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPlatform } from '../../devices/platforms/index.ts';
import type { Platform } from '../../devices/platform.ts';
import { readRecording, writeRecording } from '../../devices/recording.ts';
import type { RecordedEvent } from '../../devices/recording.ts';
import { scrubRecording } from '../../devices/scrub-recording.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { startDevice } from '../unit/devices/support/tiny-device.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECRETS = { password: 'pl4nted-login', enable: 'pl4nted-enable' };
let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-record-'));
  simulator = await startSimulator({
    devices: 4,
    platforms: ['cisco_ios', 'juniper_junos', 'mikrotik_routeros', 'linux'],
    seed: 3,
    host: '127.46.0.1',
    password: SECRETS.password,
    enablePassword: SECRETS.enable,
  });
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The program as a person runs it. */
async function cairn(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], LOGIN: SECRETS.password, ENABLE: SECRETS.enable };
  const child = spawn(process.execPath, [join(ROOT, 'scripts/cairn.mjs'), ...args], { env, cwd: ROOT });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out, err };
}

const reach = (platform: string, host: string, port: number): string[] => [
  'record',
  `--host=${host}`,
  `--port=${port}`,
  `--platform=${platform}`,
  '--username=admin',
  '--password-env=LOGIN',
  '--enable-env=ENABLE',
];

async function only(out: string): Promise<{ text: string; mode: number }> {
  const files = await readdir(out);
  expect(files).toHaveLength(1);
  const file = join(out, files[0]!);
  return { text: await readFile(file, 'utf8'), mode: (await stat(file)).mode & 0o777 };
}

describe('cairn record', () => {
  test('writes what a discovery says and hears, without the secrets', async () => {
    const device = simulator.devices.find(({ platform }) => platform === 'cisco_ios')!;
    await simulator.setFault(device.name, 'pager_always');
    const out = join(folder, 'ios');
    const ran = await cairn(...reach('cisco_ios', device.host, device.port), '--out', out);
    await simulator.setFault(device.name, null);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const { text, mode } = await only(out);
    expect(mode).toBe(0o600);
    const { head, events } = readRecording(text);
    expect(head).toEqual({ cairn_recording: 1, platform: 'cisco_ios', ident: 'Cisco-1.25' });
    const said = (dir: string): string =>
      events
        .filter((event) => event.dir === dir)
        .map(({ bytes }) => bytes)
        .join('');
    for (const kind of ['show ip arp', 'show interfaces', 'show lldp neighbors detail']) {
      expect(said('in')).toContain(`${kind}\n`);
      expect(said('out')).toContain(`${kind}\r\n`);
    }
    expect(said('out')).toContain('--More--');
    for (const secret of Object.values(SECRETS)) expect(text + ran.out).not.toContain(secret);
    expect(events.every(({ t }, index) => t >= (events[index - 1]?.t ?? 0))).toBe(true);
  });

  test.each(['cisco_ios', 'juniper_junos', 'mikrotik_routeros', 'linux'])(
    'the configuration of %s keeps no secret, paged or not',
    async (name) => {
      const device = simulator.devices.find(({ platform }) => platform === name)!;
      const { command, text: configuration } = simulator.configuration(device.name);
      const platform = findPlatform(name)!;
      const secrets = secretsIn(configuration, platform);
      if (name !== 'linux') expect(secrets.length).toBeGreaterThan(0);
      await simulator.setFault(device.name, 'pager_always');
      const out = join(folder, `config-${name}`);
      const ran = await cairn(...reach('auto', device.host, device.port), '--command', command, '--out', out);
      await simulator.setFault(device.name, null);
      expect([ran.code, ran.err]).toEqual([0, '']);
      const { text } = await only(out);
      expect(text.length).toBeGreaterThan(configuration.length / 2);
      for (const secret of [...secrets, ...Object.values(SECRETS)]) expect(text).not.toContain(secret);
    },
  );

  test('a session that fails is written as far as it came, and said', async () => {
    const device = await startDevice({
      auth: (context) => (context.method === 'password' ? context.accept() : context.reject(['password'])),
      shell: async ({ send, line, connection }) => {
        send('r1#');
        for (let n = 0; n < 2; n += 1) send(`${await line()}\r\nr1#`);
        send(`${await line()}\r\nProtocol  Addr`);
        connection.end();
      },
    });
    const out = join(folder, 'cut');
    const ran = await cairn(...reach('cisco_ios', device.host, device.port), '--command', 'show ip arp', '--out', out);
    await device.stop();
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('truncated');
    const { events } = readRecording((await only(out)).text);
    expect(events.slice(-2).map(({ dir, bytes }) => [dir, bytes.slice(0, 9)])).toEqual([
      ['closed', ''],
      ['note', 'truncated'],
    ]);
  });

  test('what is wrong with the call or the login is one line, and no file', async () => {
    const out = join(folder, 'none');
    const device = simulator.devices[0]!;
    const cases: [string[], RegExp][] = [
      [[], /--platform is missing|--host is missing/],
      [['--host', 'h', '--platform', 'acme_os'], /there is no platform acme_os/],
      [['--bogus'], /bogus/],
      [['--host', 'h', '--platform', 'auto', '--username', 'u', '--password-env', 'UNSET', '--out', out], /UNSET is not set/],
    ];
    for (const [args, says] of cases) {
      const ran = await cairn('record', ...args);
      expect([ran.code, says.test(ran.err), ran.err]).toEqual([2, true, ran.err]);
    }
    await simulator.setFault(device.name, 'auth');
    const refused = await cairn(...reach(device.platform, device.host, device.port), '--out', out);
    await simulator.setFault(device.name, null);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('auth_failed') });
    expect(refused.err).not.toContain(SECRETS.password);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });
});

/** Words that the platform's own rules take out of a text. */
function secretsIn(text: string, platform: Platform): string[] {
  const scrubbed = platform.config.scrub.reduce((all, { find, replace }) => all.replace(find, replace), text);
  const kept = new Set(scrubbed.split(/[\s"=]+/));
  return [...new Set(text.split(/[\s"=]+/))].filter((word) => word.length > 4 && !kept.has(word));
}

describe('scrubbing', () => {
  const rules = [{ find: /^(\s*snmp-server community) \S+/gm, replace: '$1 <removed>' }];
  const event = (dir: RecordedEvent['dir'], bytes: string, t = 0): RecordedEvent => ({ t, channel: 0, dir, bytes, code: null });
  const scrub = (events: RecordedEvent[], typed = [{ name: 'password', value: 'hunter22' }]): string =>
    scrubRecording(events, { typed, rules })
      .map(({ bytes }) => bytes)
      .join('|');

  test.each([
    ['plain', ['snmp-server community s3same RO\r\n']],
    ['cut by chunks', ['snmp-server comm', 'unity s3', 'same RO\r\n']],
    ['behind a pager that is wiped off', ['\b\b\b\b    \b\b\b\bsnmp-server community s3same RO\r\n']],
    ['behind a pager that is drawn over', ['\r          \rsnmp-server community s3same RO\r\n']],
    ['coloured', ['\x1b[1msnmp-server\x1b[0m community \x1b[32ms3same\x1b[0m RO\r\n']],
    ['and seen again elsewhere', ['snmp-server community s3same RO\r\n', 'trap to 192.0.2.1 s3same\r\n']],
  ])('a secret of the platform: %s', (_name, chunks) => {
    const text = scrub(chunks.map((chunk) => event('out', chunk)));
    expect(text).toContain('<removed>');
    expect(text).not.toContain('s3same');
  });

  test('what we typed, and where the device repeats it', () => {
    const text = scrub([event('in', 'hunter22\n'), event('out', 'bad password hun'), event('out', 'ter22\r\n')]);
    expect(text).toBe('<password>\n|bad password <password>\r\n');
    expect(scrub([event('in', 'ab\n'), event('out', 'about')], [{ name: 'password', value: 'ab' }])).toBe('<password>\n|about');
    const bytes = Buffer.from('echo: pässwörd').toString('latin1');
    expect(scrub([event('out', bytes)], [{ name: 'password', value: 'pässwörd' }])).toBe('echo: <password>');
  });

  test('chunks without secrets stay as they came, byte by byte', () => {
    const events = [event('out', 'caf\xc3', 1), event('out', '\xa9 \x1b[', 2), event('out', '0m\r\n\xff', 3)];
    const kept = scrubRecording(events, { typed: [], rules });
    expect(kept).toEqual(events);
    const text = writeRecording({ cairn_recording: 1, platform: 'x', ident: 'y' }, events);
    expect(readRecording(text).events).toEqual(events);
    expect(() => readRecording('{"t":0}')).toThrow('line 1');
    expect(() => readRecording(`${text}{"t":`)).toThrow('line 5');
  });
});
