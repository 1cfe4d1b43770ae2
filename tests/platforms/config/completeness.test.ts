import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../devices/answer.ts';
import { provenComplete } from '../../../devices/completeness.ts';
import type { Proof } from '../../../devices/completeness.ts';
import { answerOf, platformOf } from '../support/layout.ts';
import { PLATFORMS, runningConfig } from './support/fixtures.ts';

/**
 * Lines after which a configuration that stops there looks whole, in the running.cfg of each platform, and why nothing in the text
 * can tell. There the proof is the session's: the prompt that returned, and the command that was answered after it.
 */
const INDISTINGUISHABLE: Record<string, { why: string; cuts: number }> = {
  // No end marker; every line is a statement of its own.
  cisco_nxos: { why: 'no end marker, no brackets', cuts: 35 },
  hp_procurve: { why: 'no end marker, no brackets', cuts: 19 },
  aruba_aoscx: { why: 'no end marker, no brackets', cuts: 16 },
  juniper_junos: { why: 'no end marker: whole top-level stanzas', cuts: 7 },
  mikrotik_routeros: { why: 'no end marker: whole items', cuts: 8 },
  paloalto_panos: { why: 'every top-level stanza ends like the last', cuts: 3 },
  fortinet: { why: 'every top-level section ends like the last', cuts: 8 },
};

const judged = (name: string, text: string, over: Partial<Answer> = {}): Proof =>
  provenComplete(platformOf(name), { ...answerOf(platformOf(name).config.commands[0] ?? '', text), ...over });

describe.each(PLATFORMS.map(({ name }) => ({ name })))('$name', ({ name }) => {
  const text = runningConfig(name);
  const lines = text.split('\n').slice(0, -1);

  test('cut after any line it is not complete, but where nothing can tell', () => {
    const whole: number[] = [];
    for (let kept = 0; kept < lines.length; kept += 1) {
      const proof = judged(name, `${lines.slice(0, kept).join('\n')}\n`);
      if (proof.complete) whole.push(kept);
      else expect(['truncated', 'error']).toContain(proof.outcome);
    }
    expect([whole.length, whole]).toEqual([INDISTINGUISHABLE[name]?.cuts ?? 0, whole]);
  });
});

describe('what a device says instead of a configuration, or after half of it', () => {
  const REFUSALS: [string, string, string][] = [
    ['cisco_ios', 'Command authorization failed.\n', 'Command authorization failed.'],
    ['cisco_ios', '% Please wait...\n', '% Please wait...'],
    ['cisco_ios', '%Error opening system:running-config (Device or resource busy)\n', 'Device or resource busy'],
    [
      'cisco_ios',
      'Building configuration...\n\n% Configuration is locked by process 12, try again later\n',
      'locked by process 12',
    ],
    ['cisco_nxos', 'Error: AAA authorization failed for command\n', 'AAA authorization failed'],
    ['cisco_xr', '% This command is not authorized\n', 'not authorized'],
    ['huawei_vrp', 'Error: The configuration is being saved by another user, please try again later.\n', 'being saved'],
    ['juniper_junos', 'error: configuration database locked by:\n  carol terminal p0 (pid 12)\n', 'database locked'],
    ['mikrotik_routeros', 'not enough permissions (9)\n', 'not enough permissions'],
    ['fortinet', 'The action is not permitted.\n', 'not permitted'],
    ['cisco_asa', 'ERROR: Command authorization failed\n', 'authorization failed'],
  ];
  test.each(REFUSALS)('%s: %j', (name, said, quoted) => {
    const alone = judged(name, said);
    expect(alone).toMatchObject({ complete: false, outcome: 'error', message: expect.stringContaining(quoted) });
    // Also before a text that is otherwise whole.
    expect(judged(name, said + runningConfig(name))).toMatchObject({ complete: false, outcome: 'error' });
  });

  test.each([
    ['cisco_nxos', 'Syntax error while parsing configuration'],
    ['cisco_nxos', '% Configuration is being modified, try again'],
    ['aruba_aoscx', 'Error: the configuration could not be read completely'],
    ['hp_procurve', 'Unable to read configuration file'],
    ['cisco_ios', '% Authorization failed.'],
    ['juniper_junos', 'error: communication with mgd was lost'],
  ])('%s: half of it, then %j', (name, said) => {
    const lines = runningConfig(name).split('\n');
    const half = lines.slice(0, Math.floor(lines.length / 2)).join('\n');
    expect(judged(name, `${half}\n${said}\n`)).toMatchObject({ complete: false, outcome: 'truncated' });
  });

  test('a command that the device does not know is unsupported', () => {
    const said = "              ^\n% Invalid input detected at '^' marker.\n";
    expect(judged('cisco_ios', said)).toMatchObject({ complete: false, outcome: 'unsupported' });
  });

  test('the same words within the configuration are part of it', () => {
    for (const name of ['cisco_ios', 'cisco_nxos', 'aruba_aoscx']) {
      const lines = runningConfig(name).split('\n');
      const at = lines.findIndex((line) => line.includes('description'));
      lines.splice(at, 1, '  description % Please wait, Command authorization failed', '  description error: locked, try again');
      expect(judged(name, lines.join('\n'))).toMatchObject({ complete: true });
    }
  });
});

describe('what is no whole configuration', () => {
  test.each(PLATFORMS.map(({ name }) => [name]))('%s: nothing, blanks, the first lines alone', (name) => {
    const head = runningConfig(name).split('\n').slice(0, 2).join('\n');
    const ended = { huawei_vrp: 'return', cisco_asa: ': end', paloalto_panos: '}' }[name] ?? 'end';
    for (const text of ['', '\n\n  \n', `${head}\n`, `${head}\n${ended}\n`]) expect(judged(name, text).complete).toBe(false);
  });

  test.each(PLATFORMS.map(({ name }) => [name]))('%s: another text that ends like one', (name) => {
    expect(judged(name, 'Interface  Status\nGi0/1      up\nGi0/2      up\nGi0/3      up\nend\n')).toMatchObject({
      complete: false,
      outcome: 'error',
    });
  });

  test('more than the output limit', () => {
    const proof = judged('cisco_ios', runningConfig('cisco_ios'), { truncated: true, bytes: 50_000_001 });
    expect(proof).toMatchObject({ complete: false, outcome: 'truncated', message: expect.stringContaining('50000001 bytes') });
  });

  test('a command that failed, whatever it showed', () => {
    const proof = judged('linux', runningConfig('linux').replace('!\nend\n', 'password S3CRET\n'), { exitCode: 1 });
    expect(proof).toMatchObject({ complete: false, outcome: 'error', message: expect.stringMatching(/exit code 1$/) });
    expect(judged('linux', 'vtysh: not found\n', { exitCode: 127 })).toMatchObject({ complete: false, outcome: 'unsupported' });
  });

  test.each(['--More--', ' --More-- ', '<--- More --->', '-- MORE --, next page: Space, next line: Enter, quit: Control-C'])(
    'a pager left in it: %j',
    (pager) => {
      const lines = runningConfig('cisco_ios').split('\n');
      lines.splice(30, 0, pager);
      const proof = judged('cisco_ios', lines.join('\n'));
      expect(proof).toMatchObject({ complete: false, outcome: 'truncated', message: expect.stringContaining('line 31') });
    },
  );

  test('RouterOS: a part that the device could not export', () => {
    const text = runningConfig('mikrotik_routeros');
    const broken = text.replace('/radius\n', '#error exporting "/radius" (timeout)\n');
    expect(judged('mikrotik_routeros', broken)).toMatchObject({ complete: false, outcome: 'truncated' });
    expect(judged('mikrotik_routeros', text.slice(0, text.indexOf('second line')).trimEnd())).toMatchObject({ complete: false });
  });

  test('messages never quote the configuration', () => {
    for (const { name } of PLATFORMS) {
      const lines = runningConfig(name).split('\n');
      for (let kept = 0; kept < lines.length; kept += 1) {
        const proof = judged(name, `${lines.slice(0, kept).join('\n')}\n`);
        if (!proof.complete) expect(proof.message).not.toMatch(/S3CRET|KEPT/);
      }
    }
  });
});

describe('lines of the log that came in between', () => {
  const LOGS: [string, string][] = [
    ['cisco_ios', '*Mar  4 10:12:10.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up'],
    ['cisco_ios', '000123: Mar  4 10:12:10.123 UTC: %SYS-5-CONFIG_I: Configured from console by carol on vty0'],
    ['cisco_ios', '%SYS-5-CONFIG_I: Configured from console by carol on vty0 (192.0.2.7)'],
    ['cisco_nxos', '2024 Mar  4 10:12:10 n9k %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up'],
    ['cisco_nxos', '2024 Mar  4 10:12:10 n9k %$ VDC-1 %$ %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by carol'],
    ['arista_eos', 'Mar  4 10:12:10 leaf1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to up'],
    ['cisco_xr', 'RP/0/RSP0/CPU0:Mar  4 10:12:10.456 UTC: ifmgr[257]: %PKT_INFRA-LINK-3-UPDOWN : Interface up'],
    ['huawei_vrp', 'Mar  4 2024 10:12:10 ce %%01IFNET/4/IF_STATE(l)[3]:Interface GE0/0/1 has turned into UP state.'],
  ];
  test.each(LOGS)('%s: %j', (name, log) => {
    const text = runningConfig(name);
    const lines = text.split('\n').slice(0, -1);
    lines.splice(20, 0, log);
    expect(judged(name, `${lines.join('\n')}\n${log}\n`)).toEqual({ complete: true, text, burst_lines: 2 });
  });

  test('a configuration that quotes messages keeps them', () => {
    const text = runningConfig('cisco_ios').replace(
      ' action 1.0 syslog msg "end"',
      ' event syslog pattern "%LINK-3-UPDOWN: x"\n description *Mar  4 10:12:10.123: %LINK-3-UPDOWN: x\n! see %SYS-5-CONFIG_I: y',
    );
    expect(judged('cisco_ios', text)).toEqual({ complete: true, text, burst_lines: 0 });
  });
});
