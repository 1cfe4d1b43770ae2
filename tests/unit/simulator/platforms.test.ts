import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../../core/facts.ts';
import { simPlatforms } from '../../../simulator/platforms/index.ts';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { connect } from './client.ts';

let sim: Simulator;
beforeAll(async () => {
  sim = await startSimulator({ devices: simPlatforms.size * 2, platforms: [...simPlatforms.keys()] });
});
afterAll(() => sim.stop());

/** What ends the paging of each shell; those not named have no pager or need no command. */
const PAGER_OFF: Record<string, string> = {
  cisco_asa: 'terminal pager 0',
  juniper_junos: 'set cli screen-length 0',
  hp_procurve: 'no page',
  aruba_aoscx: 'no page',
  huawei_vrp: 'screen-length 0 temporary',
  paloalto_panos: 'set cli pager off',
  fortinet: 'config system console\rset output standard\rend',
};

const escaped = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));

describe.each([...simPlatforms.keys()])('%s', (name) => {
  const platform = simPlatforms.get(name);
  if (!platform) throw new Error(name);

  it('shows its configuration in a shell, whole and between prompts, and refuses what it does not know', async () => {
    // In the second half of the network roles and places differ from the first.
    for (const device of sim.devices.filter((candidate) => candidate.platform === name)) {
      const client = await connect(device, { username: `${device.username}${platform.terminal ? '+cte' : ''}` });
      const shell = await client.shell();
      if (platform.anyKey) {
        await shell.until(/any key to continue$/);
        shell.type(' ');
      }
      const first = await shell.until(/[>#$] ?$/);
      if (first.trimEnd().endsWith('>') && device.enable_password !== null) {
        shell.type('enable\r');
        await shell.until('Password: ');
        shell.type(`${device.enable_password}\r`);
        await shell.until(/# ?$/);
      }
      const state = sim.internals.states.get(device.name);
      if (!state) throw new Error(device.name);
      const prompt = platform.prompt(state.device, 'privileged').replaceAll('\n', '\r\n');
      const off = PAGER_OFF[name] ?? (platform.pager && !platform.terminal ? 'terminal length 0' : null);
      for (const line of off?.split('\r') ?? []) {
        shell.type(`${line}\r`);
        await shell.until(/[#>] $|[#>]$/);
      }
      if (platform.timestamp) {
        shell.type('terminal exec prompt no-timestamp\r');
        await shell.until(prompt);
      }
      shell.type(`${platform.configCommand}\r`);
      const { text } = sim.configuration(device.name);
      const got = await shell.until(
        new RegExp(
          `${escaped(text.trimEnd().slice(-30).replaceAll('\n', '\r\n')).source}\\s*[^]*${escaped(prompt.trimEnd()).source} ?$`,
        ),
      );
      expect(got.replaceAll('\r\n', '\n')).toContain(text);
      shell.type('xyzzy\r');
      const refused = await shell.until(new RegExp(`xyzzy\r\n[^]+${escaped(prompt.trimEnd()).source} ?$`));
      expect(refused).toMatch(/unknown|invalid|unrecogni[sz]ed|error|bad command|not found/i);
      await client.end();
    }
  });

  it('has records of the right shape for every kind, and each command prints something somewhere', () => {
    const devices = sim.devices.filter((device) => device.platform === name);
    for (const device of devices) {
      const truth = sim.truth(device.name);
      expect(Object.keys(truth)).toEqual([...KINDS]);
      for (const kind of KINDS) {
        for (const record of truth[kind]) {
          for (const value of Object.values(record))
            expect(value, `${device.name} ${kind} ${JSON.stringify(record)}`).not.toBe('');
        }
      }
    }
    const silent = platform.commands.filter(({ name: command }) =>
      devices.every((device) => sim.output(device.name, command) === ''),
    );
    // Without a pod of its own a lone device may hear or learn nothing.
    expect(
      silent.map((command) => command.name).filter((command) => !/mac|lldp|cdp|neighbor|arp|switching|host/.test(command)),
    ).toEqual([]);
  });
});
