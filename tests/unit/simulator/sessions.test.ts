import type { KeyboardInteractiveAuthMethod } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateKey } from '../../../simulator/host-key.ts';
import { startSimulator, type SimulatedDevice, type Simulator } from '../../../simulator/simulator.ts';
import { connect } from './client.ts';

let sim: Simulator;
beforeAll(async () => {
  sim = await startSimulator({ devices: 12 });
});
afterAll(() => sim.stop());

const of = (platform: string, suits: (device: SimulatedDevice) => boolean = () => true): SimulatedDevice => {
  const found = sim.devices.find((device) => device.platform === platform && suits(device));
  if (!found) throw new Error(`no ${platform}`);
  return found;
};
/** Devices that begin below privileged mode have an odd place in the list. */
const odd = (device: SimulatedDevice): boolean => sim.devices.indexOf(device) % 2 === 1;
const even = (device: SimulatedDevice): boolean => !odd(device);

describe('login', () => {
  it('takes a password, keyboard-interactive and a key, and counts what it refuses', async () => {
    const device = of('juniper_junos');
    sim.reset();
    await (await connect(device)).end();
    await (await connect(device, { password: undefined, authHandler: [keyboardWith(device)] })).end();
    await (await connect(device, { password: undefined, privateKey: sim.privateKey })).end();
    await expect(connect(device, { password: 'wrong' })).rejects.toThrow('authentication methods failed');
    await expect(connect(device, { password: undefined, privateKey: privateKey('a stranger') })).rejects.toThrow();
    await sim.idle();
    const counters = sim.counters().devices[device.name];
    expect(counters).toMatchObject({ connections: 5, logins: 3, open_sessions: 0, peak_sessions: 1, overlapping_sessions: 0 });
    expect(counters?.auth_failures).toBeGreaterThanOrEqual(2);
  });

  it('shows one host key, the same after a restart with the same seed', async () => {
    const [a, b] = [await connect(of('cisco_ios')), await connect(of('arista_eos'))];
    expect(a.hostKey).toBe(b.hostKey);
    const again = await startSimulator({ devices: 1, host: '127.20.9.1' });
    const c = await connect(again.devices[0] ?? of('cisco_ios'));
    expect(c.hostKey).toBe(a.hostKey);
    await Promise.all([a.end(), b.end(), c.end()]);
    await again.stop();
  });

  it('counts two sessions on one device at once', async () => {
    const device = of('arista_eos');
    sim.reset();
    const first = await connect(device);
    const second = await connect(device);
    expect(sim.counters().devices[device.name]).toMatchObject({ open_sessions: 2, peak_sessions: 2, overlapping_sessions: 1 });
    await first.end();
    await second.end();
    await sim.idle();
    expect(sim.counters().totals).toMatchObject({ logins: 2, open_sessions: 0, overlapping_sessions: 1 });
  });
});

const keyboardWith = ({ username, password }: SimulatedDevice): KeyboardInteractiveAuthMethod => ({
  type: 'keyboard-interactive',
  username,
  prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
});

describe('a Cisco-like shell', () => {
  it('begins in user mode, asks for the enable secret, refuses a wrong one and hides it', async () => {
    const device = of('cisco_ios', odd);
    const client = await connect(device);
    const shell = await client.shell();
    await shell.until(`${device.name}>`);
    shell.type('show running-config\r');
    expect(await shell.until(`${device.name}>`)).toContain('% Invalid input detected');
    shell.type('enable\r');
    await shell.until('Password: ');
    shell.type('wrong\r');
    expect(await shell.until(`${device.name}>`)).toContain('% Bad secrets');
    shell.type('enable\r');
    await shell.until('Password: ');
    shell.type(`${device.enable_password}\r`);
    await shell.until(`${device.name}#`);
    expect(shell.text).not.toContain(device.enable_password);
    shell.type('conf t\r');
    await shell.until(`${device.name}(config)#`);
    shell.type('end\r');
    await shell.until(`${device.name}#`);
    shell.type('exit\r');
    await shell.closed;
    await client.closed;
  });

  it('echoes, expands abbreviations and points at what it does not know', async () => {
    const device = of('cisco_ios', even);
    const client = await connect(device);
    const shell = await client.shell();
    await shell.until(`${device.name}#`);
    shell.type('ter');
    await shell.until('ter');
    shell.type('m len 0\r');
    await shell.until(`${device.name}#`);
    shell.type('sh ip ro st\r');
    const routes = await shell.until(`${device.name}#`);
    expect(routes.replaceAll('\r\n', '\n')).toBe(
      `sh ip ro st\n${sim.output(device.name, 'show ip route static')}${device.name}#`,
    );
    shell.type('show ip rute\r');
    const wrong = await shell.until(`${device.name}#`);
    const [, caret] = wrong.split('\r\n');
    expect(caret).toBe(`${' '.repeat(`${device.name}#show ip `.length)}^`);
    shell.type('show ip\r');
    expect(await shell.until(`${device.name}#`)).toContain('% Incomplete command.');
    shell.type('show running-config | include ^hostname\r');
    expect(await shell.until(`${device.name}#`)).toContain(`\r\nhostname ${device.name}\r\n`);
    await client.end();
    expect(sim.counters().devices[device.name]?.commands).toMatchObject({
      'show ip route static': 1,
      'show ip rute': 1,
      'show ip': 1,
    });
  });

  it('pages until told not to, by space, by line and to the end by q', async () => {
    const device = of('cisco_ios', even);
    const whole = sim.output(device.name, 'show interfaces');
    const client = await connect(device);
    const shell = await client.shell();
    await shell.until(`${device.name}#`);
    shell.type('show interfaces\r');
    let text = await shell.until(' --More-- ');
    expect(text.split('\r\n').length).toBe(25);
    shell.type('\r');
    text += await shell.until(' --More-- ');
    for (;;) {
      shell.type(' ');
      const page = await shell.until(/ --More-- $|#$/);
      text += page;
      if (page.endsWith('#')) break;
    }
    const clean = text.replaceAll(/ --More-- [\b]+ +[\b]+/g, '').replaceAll('\r\n', '\n');
    expect(clean).toBe(`show interfaces\n${whole}${device.name}#`);
    shell.type('show interfaces\r');
    await shell.until(' --More-- ');
    shell.type('q');
    await shell.until(`${device.name}#`);
    shell.type('terminal length 0\rshow interfaces\r');
    const unpaged = await shell.until(new RegExp(`out\\r\\n${device.name}#$`));
    expect(unpaged.replaceAll('\r\n', '\n')).toBe(`terminal length 0\n${device.name}#show interfaces\n${whole}${device.name}#`);
    await client.end();
  });
});

describe('a Junos shell', () => {
  it('has its prompts and pager, and gives JSON', async () => {
    const device = of('juniper_junos', (d) => d.name.includes('leaf'));
    const prompt = `{master:0}\r\nadmin@${device.name}> `;
    const client = await connect(device);
    const shell = await client.shell();
    await shell.until(prompt);
    shell.type('show interfaces | display json\r');
    await shell.until('---(more)---');
    shell.type('q');
    await shell.until(prompt);
    shell.type('set cli screen-length 0\r');
    expect(await shell.until(prompt)).toContain('Screen length set to 0');
    shell.type('show route protocol ospf | display json\r');
    const text = await shell.until(prompt);
    const json: unknown = JSON.parse(text.slice(text.indexOf('{\r\n'), -prompt.length));
    expect(json).toMatchObject({ 'route-information': [{ 'route-table': [{ 'table-name': [{ data: 'inet.0' }] }, {}] }] });
    shell.type('show nothing\r');
    expect(await shell.until(prompt)).toContain('unknown command.');
    expect(await client.exec('show arp no-resolve')).toBe(sim.output(device.name, 'show arp no-resolve'));
    await client.end();
  });
});

describe('RouterOS', () => {
  it('answers a command in a channel of its own as plain text', async () => {
    const device = of('mikrotik_routeros');
    const client = await connect(device, { username: `${device.username}+cte` });
    const command = '/ip route print detail without-paging';
    expect((await client.exec(command)).replaceAll('\r\n', '\n')).toBe(sim.output(device.name, command));
    expect(await client.exec('/export show-sensitive')).toMatch(/^bad command name show-sensitive \(line 1 column 9\)/);
    await client.end();
  });

  it('queries the terminal, colours the prompt and draws the line anew, unless told not to', async () => {
    const device = of('mikrotik_routeros');
    const plain = await connect(device, { username: `${device.username}+cte` });
    const shell = await plain.shell();
    const banner = await shell.until(`[admin@${device.name}] > `);
    expect(banner).toContain('MikroTik RouterOS');
    expect(banner).not.toContain('\x1bZ');
    shell.type('/system identity print\r');
    const text = await shell.until(`[admin@${device.name}] > `);
    expect(text).toContain(`\r\x1b[K[admin@${device.name}] > /system identity print\r\n  name: ${device.name}\r\n`);
    await plain.end();
    const fancy = await connect(device);
    const terminal = await fancy.shell();
    const hello = await terminal.until(/> \x1b\[K$/);
    expect(hello).toContain('\x1bZ');
    expect(hello).toContain(`\x1b[32;1m${device.name}\x1b[m`);
    terminal.type('\x1b[24;80R\x1b/Z/ip route print detail\r');
    await terminal.until('-- [Q quit|D dump|down]');
    terminal.type('q');
    await terminal.until(/> \x1b\[K$/);
    await fancy.end();
  });
});
