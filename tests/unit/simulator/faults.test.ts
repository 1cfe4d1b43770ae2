import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../simulator/faults.ts';
import { startSimulator, type SimulatedDevice, type Simulator } from '../../../simulator/simulator.ts';
import { connect, type TestClient, type TestShell } from './client.ts';

let sim: Simulator;
let device: SimulatedDevice;
let prompt: string;
const open: TestClient[] = [];

beforeAll(async () => {
  sim = await startSimulator({ devices: 3, platforms: ['cisco_ios'] });
  device = sim.device('pod1-leaf1');
  prompt = `${device.name}#`;
});
beforeEach(async () => {
  for (const client of open.splice(0)) client.client.destroy();
  await sim.setFault(device.name, null);
  sim.reset();
});
afterAll(() => sim.stop());

async function client(): Promise<TestClient> {
  const made = await connect(device);
  open.push(made);
  return made;
}
/** A shell at its first prompt, pager off. */
async function shell(): Promise<TestShell> {
  const terminal = await (await client()).shell();
  await terminal.until(prompt);
  terminal.type('terminal length 0\r');
  await terminal.until(prompt);
  return terminal;
}
const set = (fault: Fault | Fault[]): Promise<void> => sim.setFault(device.name, fault);
const command = 'show ip route';
const whole = (): string => sim.output(device.name, command).replaceAll('\n', '\r\n');

describe('faults before login', () => {
  it('refuse: nothing listens, until it is taken away', async () => {
    await set('refuse');
    await expect(connect(device)).rejects.toThrow('ECONNREFUSED');
    expect(sim.counters().devices[device.name]?.connections).toBe(0);
    await sim.setFault(device.name, null);
    await (await client()).end();
  });

  it('no_banner: TCP connects and nothing comes', async () => {
    await set('no_banner');
    await expect(connect(device, { readyTimeout: 300 })).rejects.toThrow('Timed out');
    expect(sim.counters().devices[device.name]).toMatchObject({ connections: 1, logins: 0 });
  });

  it('flaky: the first connections are closed, the next works', async () => {
    await set({ kind: 'flaky', times: 2 });
    await expect(connect(device)).rejects.toThrow();
    await expect(connect(device)).rejects.toThrow();
    await (await client()).end();
    expect(sim.counters().devices[device.name]).toMatchObject({ connections: 3, logins: 1 });
  });

  it('auth: the right password is refused', async () => {
    await set('auth');
    await expect(connect(device)).rejects.toThrow('authentication methods failed');
    expect(sim.counters().devices[device.name]).toMatchObject({ logins: 0, auth_failures: 1 });
  });

  it('host_key_change: the key differs from the one before', async () => {
    const before = (await client()).hostKey;
    await set('host_key_change');
    expect((await client()).hostKey).not.toBe(before);
  });

  it('legacy_ssh: only who offers old algorithms gets in', async () => {
    await set('legacy_ssh');
    await expect(connect(device)).rejects.toThrow('no matching');
    const old = {
      kex: ['diffie-hellman-group14-sha1' as const],
      serverHostKey: ['ssh-rsa' as const],
      cipher: ['aes128-cbc' as const],
    };
    await (await connect(device, { algorithms: { ...old, hmac: ['hmac-sha1'] } })).end();
  });
});

describe('faults of the session', () => {
  it('drop_after_login: the connection closes when a shell is asked for', async () => {
    await set('drop_after_login');
    const made = await client();
    await expect(made.shell()).rejects.toThrow();
    await made.closed;
    expect(sim.counters().devices[device.name]?.logins).toBe(1);
  });

  it('no_prompt: the shell says nothing, whatever is typed', async () => {
    await set('no_prompt');
    const terminal = await (await client()).shell();
    terminal.type('\r\r');
    await expect(terminal.until(/[^]/, 300)).rejects.toThrow();
  });

  it('motd: lines like prompts come before the prompt', async () => {
    await set('motd');
    const terminal = await (await client()).shell();
    const text = await terminal.until(`\r\n${prompt}`);
    expect(text).toContain(`\r\n${prompt}\r\n`);
    expect(text).toContain('router#\r\n');
    expect(text).toContain('Password:\r\n');
  });

  it('pager_always: the pager says off and stays on', async () => {
    await set('pager_always');
    const terminal = await shell();
    terminal.type('show interfaces\r');
    await terminal.until(' --More-- ');
  });

  it('slow: each command waits', async () => {
    await set({ kind: 'slow', ms: 250 });
    const terminal = await shell();
    const began = performance.now();
    terminal.type(`${command}\r`);
    await terminal.until(prompt);
    expect(performance.now() - began).toBeGreaterThanOrEqual(245);
  });
});

describe('faults of outputs', () => {
  it('stall: half of it, then silence', async () => {
    await set('stall');
    const terminal = await shell();
    terminal.type(`${command}\r`);
    const half = await terminal.until(
      new RegExp(`${command}\r\n[^]{${Math.floor(sim.output(device.name, command).length / 2)},}$`),
    );
    await expect(terminal.until(/[^]/, 300)).rejects.toThrow();
    expect(whole().startsWith(half.slice(command.length + 2))).toBe(true);
    expect(half).not.toContain(prompt);
  });

  it('drop: half of it, then the connection closes', async () => {
    await set({ kind: 'drop', command });
    const terminal = await shell();
    terminal.type('show version\r');
    await terminal.until(prompt);
    terminal.type(`${command}\r`);
    await terminal.closed;
    const got = terminal.text.slice(terminal.text.lastIndexOf(`${command}\r\n`) + command.length + 2);
    expect(got.length).toBeGreaterThan(100);
    expect(whole().startsWith(got)).toBe(true);
    expect(got.length).toBeLessThan(whole().length);
  });

  it('garbage: noise that is no UTF-8, then the prompt', async () => {
    await set({ kind: 'garbage', command });
    const terminal = await shell();
    terminal.type(`${command}\r`);
    const noise = await terminal.until(prompt);
    expect(noise).toContain('\ufffd');
    expect(noise).not.toContain('Codes:');
    terminal.type('show version\r');
    expect(await terminal.until(prompt)).toContain('Cisco IOS Software');
  });

  it('huge: the output repeated to 60,000 lines', async () => {
    await set({ kind: 'huge', command });
    const terminal = await shell();
    terminal.type(`${command}\r`);
    const text = await terminal.until(`\r\n${prompt}`, 20_000);
    expect(text.split('\r\n').length).toBe(60_000 + 2);
  });

  it('syslog: log lines inside, one that ends like the prompt, and after the prompt', async () => {
    await set('syslog');
    const terminal = await shell();
    terminal.type(`${command}\r`);
    const text = await terminal.until(new RegExp(`%LINEPROTO-5-UPDOWN[^\\r]*\\r\\n${prompt}$`));
    expect(text.split('\r\n').filter((line) => /%(SYS|LINEPROTO)-5/.test(line)).length).toBeGreaterThan(3);
    expect(text).toContain(`${prompt}\r\n`);
    await terminal.until(new RegExp(`-5-[^\\r]*\\r\\n${prompt}$`));
  });

  it('reach commands in channels of their own too', async () => {
    await set({ kind: 'drop', command });
    const made = await client();
    const got = await made.exec(command);
    await made.closed;
    expect(got.length).toBeLessThan(whole().length);
    expect(whole().startsWith(got)).toBe(true);
  });

  it('can be several at once, and unknown ones are refused', async () => {
    await set([{ kind: 'slow', ms: 200 }, 'motd']);
    const terminal = await (await client()).shell();
    expect(await terminal.until(`\r\n${prompt}`)).toContain('router#');
    // @ts-expect-error: what a caller without types may pass
    await expect(sim.setFault(device.name, 'sulk')).rejects.toThrow('unknown fault sulk');
    await expect(sim.setFault('nobody', null)).rejects.toThrow('no simulated device nobody');
  });
});
