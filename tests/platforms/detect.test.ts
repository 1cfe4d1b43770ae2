import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KINDS } from '../../core/facts.ts';
import { autoPlatform, byAnswer, byIdent, questions } from '../../devices/detect.ts';
import { platforms } from '../../devices/platforms/index.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { simPlatforms } from '../../simulator/platforms/index.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import type { SimulatedDevice, Simulator } from '../../simulator/simulator.ts';
import { PASSWORD, startDevice, USER } from '../unit/devices/support/tiny-device.ts';
import { collect, outcomes, sorted } from './support/collect.ts';
import { openLibrary } from './support/library.ts';

const ALL = Object.values(platforms);
const SPOKEN = [...simPlatforms.keys()].filter((name) => platforms[name] !== undefined);
let library: TemplateLibrary;
let simulator: Simulator;

beforeAll(async () => {
  library = await openLibrary();
  simulator = await startSimulator({ devices: SPOKEN.length * 4, platforms: SPOKEN, seed: 11, host: '127.43.0.1' });
});
afterAll(() => simulator.stop());

const devicesOf = (platform: string): SimulatedDevice[] => simulator.devices.filter((device) => device.platform === platform);
const as = (platform: string, device: SimulatedDevice): ReturnType<typeof collect> => {
  const { username, password, enable_password } = device;
  return collect(library, { ...device, platform, credential: { username, password, enable_password } });
};

describe.each(SPOKEN)('%s', (platform) => {
  test('is found in the one login that also collects, to the record what it gives by its name', async () => {
    const devices = devicesOf(platform);
    // Those that begin below enable are the harder ones.
    const device = devices.find(({ name }) => simulator.internals.states.get(name)?.device.needsEnable) ?? devices.at(-1)!;
    const named = await as(platform, device);
    simulator.reset();
    const found = await as('auto', device);
    expect([found.failure, found.detected_platform, named.failure]).toEqual([null, platform, null]);
    expect(simulator.counters().devices[device.name]).toMatchObject({ logins: 1, connections: 1 });
    expect(Object.values(outcomes(found))).toContain('ok');
    for (const kind of KINDS) {
      const [one, other] = [found.kinds[kind], named.kinds[kind]];
      expect([kind, one?.outcome, one?.error]).toEqual([kind, other?.outcome, other?.error]);
      expect(sorted<unknown>(one?.records ?? []), kind).toEqual(sorted<unknown>(other?.records ?? []));
    }
  });

  test.each(['motd', 'pager_always', 'syslog'] as const)('is found through %s', async (fault) => {
    const device = devicesOf(platform).at(-1)!;
    await simulator.setFault(device.name, fault);
    try {
      const [named, found] = [await as(platform, device), await as('auto', device)];
      expect([found.failure, found.detected_platform]).toEqual([null, platform]);
      expect(outcomes(found)).toEqual(outcomes(named));
    } finally {
      await simulator.setFault(device.name, null);
    }
  });
});

test('an unknown device is told as it was seen, and asked no more than three questions', async () => {
  const typed: string[] = [];
  const device = await startDevice({
    shell: async ({ send, line }) => {
      send('\r\nAcme WidgetOS\r\n\r\nwidget> ');
      for (;;) {
        const command = await line();
        typed.push(command);
        send(`${command}\r\n${command === '' ? '' : '?? what is that\r\n'}widget> `);
      }
    },
  });
  try {
    const collected = await collect(library, {
      name: 'w1',
      host: device.host,
      port: device.port,
      platform: 'auto',
      credential: { username: USER, password: PASSWORD },
    });
    expect(collected.detected_platform).toBeUndefined();
    expect(collected.failure).toMatchObject({ outcome: 'unsupported', retryable: false });
    expect(collected.failure?.error).toContain('prompt "widget>", "show version" answered "?? what is that"');
    expect(collected.failure?.error).toMatch(/SSH identification "ssh2js[^"]+"/);
    for (const kind of KINDS) expect(collected.kinds[kind]).toMatchObject({ outcome: 'unsupported', rows: 0 });
    expect(device.connections).toBe(1);
    const asked = typed.filter((command) => command !== '');
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(asked.every((command) => ALL.some(({ detect }) => detect?.version?.some((one) => one.command === command)))).toBe(
      true,
    );
  } finally {
    await device.stop();
  }
});

test('an http device is not asked', async () => {
  const target = { name: 'h', host: 'http://127.0.0.1:9', port: 9, transport: 'http' as const, platform: 'auto', credential: {} };
  expect((await collect(library, target)).failure).toMatchObject({ outcome: 'unsupported', retryable: false });
});

describe('what decides', () => {
  test('every platform can be found, and none by an identification that another has', () => {
    for (const { name, detect } of ALL) {
      expect([name, detect === undefined]).toEqual([name, false]);
      expect([name, detect?.ident === undefined && (detect?.version ?? []).length === 0]).toEqual([name, false]);
    }
    expect(byIdent(ALL, 'ROSSSH')?.name).toBe('mikrotik_routeros');
    for (const ident of ['Cisco-1.25', 'OpenSSH_9.2p1', '']) expect(byIdent(ALL, ident)).toBeNull();
  });

  test('the prompt chooses the questions', () => {
    expect(questions(ALL, 'Cisco-1.25', 'core-1#')[0]).toBe('show version');
    expect(questions(ALL, 'OpenSSH_9.2p1', 'admin@web:~$')[0]).toBe('uname -a');
    expect(questions(ALL, '', 'core-1#').length).toBeLessThanOrEqual(3);
  });

  test('an answer that fits two is no answer', () => {
    const answer = { command: 'show version', text: 'Arista vEOS\nFRRouting 8.4\n' };
    expect(byAnswer(ALL, 'r1#', { ...answer, text: 'Arista vEOS\n' })?.name).toBe('arista_eos');
    expect(byAnswer(ALL, 'r1#', answer)).toBeNull();
    expect(byAnswer(ALL, 'r1#', { command: 'show clock', text: 'Arista vEOS\n' })).toBeNull();
  });

  test.each(['core-1#', 'core-1>', '<HUAWEI>', '[admin@MikroTik] >', 'RP/0/RSP0/CPU0:xr1#', 'u@h:~$', 'fw (root) #', 'a@b>'])(
    'a prompt: %s',
    (prompt) => expect(autoPlatform.prompt.any.test(prompt)).toBe(true),
  );
});
