import { describe, expect, it } from 'vitest';
import { CHANGE_MESSAGES, changeIn } from '../../../core/change-messages.ts';

/** For each message of the table: texts where it bites, with who is named, and texts where none does. */
const CASES: Record<string, { bites: [string, string | null][]; not: string[] }> = {
  'SYS-5-CONFIG_I': {
    bites: [
      ['45: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: Configured from console by alice on vty0 (10.0.0.1)', 'alice'],
      ['sw1: Jan 12 10:00:00: %SYS-5-CONFIG_I: Configured from console by console', 'console'],
      ['%SYS-SW1-5-CONFIG_I: Configured from 192.0.2.7 by snmp', 'snmp'],
      ['May  9 12:00:00 leaf1 ConfigAgent: %SYS-5-CONFIG_I: Configured from console by carol on vty5 (192.0.2.7)', 'carol'],
    ],
    not: [
      'May  9 12:00:00 leaf1 ConfigAgent: %SYS-5-CONFIG_E: Enter configuration mode from console by admin on vty5 (192.0.2.7)',
      '%SYS-6-LOGOUT: User alice has exited tty session 2(192.0.2.7)',
      'RP/0/RP0/CPU0: config[66603]: %MGBL-SYS-5-CONFIG_I : Configured from console by alice on vty0 (192.0.2.1)',
    ],
  },
  'SYS-5-CONFIG_P': {
    bites: [['%SYS-5-CONFIG_P: Configured programmatically by process iosp_dmiauthd from console as netops on vty63', 'netops']],
    not: ['%SYS-5-CONFIG_NV_I: Nonvolatile storage configured from console by alice'],
  },
  'PARSER-5-CFGLOG_LOGGEDCMD': {
    bites: [
      ['1827406: Sep 25 2026 11:37:42.893: %PARSER-5-CFGLOG_LOGGEDCMD: User:alice  logged command:interface Gi1/0/1', 'alice'],
      ['%PARSER-5-CFGLOG_LOGGEDCMD: User:admin, logged command:no shutdown', 'admin'],
    ],
    not: ['%PARSER-5-CFGLOG_LOGGEDCMD: User:backup  logged command:!exec: enable'],
  },
  'DMI-5-CONFIG_I': {
    bites: [['%DMI-5-CONFIG_I: R0/0: dmiauthd: Configured from NETCONF/RESTCONF by admin, transaction-id 123', 'admin']],
    not: ['%DMI-5-AUTH_PASSED: R0/0: dmiauthd: User admin authenticated successfully from 192.0.2.7 for netconf over ssh'],
  },
  'VSHD-5-VSHD_SYSLOG_CONFIG_I': {
    bites: [
      ['2026 Jun 29 19:20:57 n7k %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by alice on console0', 'alice'],
      ['%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by bob on 192.0.2.1@pts/0', 'bob'],
    ],
    not: ['%AUTHPRIV-6-SYSTEM_MSG: session opened for user alice by (uid=0) - sshd[12]'],
  },
  'MGBL-CONFIG-6-DB_COMMIT': {
    bites: [
      [
        "RP/0/RP0/CPU0:Jun  2 10:45:25.621 UTC: config[66088]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'alice'. Use 'show configuration commit changes 1000000075' to view the changes.",
        'alice',
      ],
    ],
    not: ["%SECURITY-LOGIN-6-AUTHEN_SUCCESS : Successfully authenticated user 'alice' from 'console' on 'con0_RP0_CPU0'"],
  },
  '111008': {
    bites: [
      ["Jul 12 2026 10:00:00 fw1 : %ASA-5-111008: User 'alice' executed the 'write memory' command.", 'alice'],
      ["%ASA-5-111008: User 'enable_15' executed the 'access-list out extended permit ip any any' command.", 'enable_15'],
    ],
    not: [
      "%ASA-5-111008: User 'backup' executed the 'terminal pager 0' command.",
      "%ASA-5-111008: User 'backup' executed the 'enable' command.",
      "%ASA-7-111009: User 'backup' executed cmd: show running-config",
    ],
  },
  '111010': {
    bites: [["%ASA-5-111010: User 'alice', running 'CLI' from IP 192.0.2.1, executed 'hostname fw1'", 'alice']],
    not: [
      "%ASA-5-111010: User 'backup', running 'CLI' from IP 192.0.2.1, executed 'show version'",
      "%ASA-5-111010: User 'backup', running 'CLI' from IP 192.0.2.1, executed 'terminal pager 0'",
    ],
  },
  'SYS-5-CONFIG_SESSION_COMMIT_SUCCESS': {
    bites: [
      [
        '%SYS-5-CONFIG_SESSION_COMMIT_SUCCESS: User alice committed configuration session cfg-1 successfully on vty6 (192.0.2.1)',
        'alice',
      ],
    ],
    not: ['%SYS-5-CONFIG_SESSION_ENTERED: User alice entered configuration session cfg-1 on vty6 (192.0.2.1)'],
  },
  UI_COMMIT: {
    bites: [
      ["May  9 12:00:00 r1 mgd[1234]: UI_COMMIT: User 'alice' requested 'commit' operation (comment: none)", 'alice'],
      [
        `1 2026-05-09T12:00:00.000Z r1 mgd 1234 UI_COMMIT [junos@2636.1.1.1.2.18 username="bob" command="commit"] User 'bob' requested 'commit' operation`,
        'bob',
      ],
      ["UI_COMMIT: User 'carol' requested 'commit synchronize' operation", 'carol'],
    ],
    not: [
      "mgd[1234]: UI_COMMIT: User 'alice' requested 'commit check' operation (comment: none)",
      "mgd[1234]: UI_COMMIT_PROGRESS: Commit operation in progress: signaling 'Chassis control process'",
      "mgd[1234]: UI_CMDLINE_READ_LINE: User 'backup', command 'show configuration | display set '",
      "mgd[1234]: UI_DBASE_LOGIN_EVENT: User 'alice' entering configuration mode",
    ],
  },
  UI_COMMIT_COMPLETED: {
    bites: [['mgd[1234]: UI_COMMIT_COMPLETED: commit complete', null]],
    not: ['UI_COMMIT_NOT_CONFIRMED: x'],
  },
  CONFIG: {
    bites: [
      [
        '1,2026/08/25 16:35:31,001122334455,CONFIG,0,2561,2026/08/25 16:35:31,192.0.2.9,,commit,alice,Web,Submitted,,7,0x0',
        'alice',
      ],
      [
        '1,2026/08/25 16:35:31,001122334455,CONFIG,0,2561,2026/08/25 16:35:31,192.0.2.9,vsys1,commit-all,panorama,CLI,Succeeded,,7',
        'panorama',
      ],
    ],
    not: [
      '1,2026/08/25 16:35:31,001122334455,CONFIG,0,2561,2026/08/25 16:35:31,192.0.2.9,,set,alice,Web,Succeeded,,7,0x0',
      '1,2026/08/25 16:35:31,001122334455,CONFIG,0,2561,2026/08/25 16:35:31,192.0.2.9,,commit,alice,Web,Failed,,7,0x0',
      '1,2026/08/25 16:35:31,001122334455,SYSTEM,auth,0,2026/08/25 16:35:31,,auth-success,backup,0,0,general,informational',
    ],
  },
  'event/system with cfgpath': {
    bites: [
      [
        'date=2026-05-09 time=12:00:00 devname="FGT1" devid="FG1" logid="0100044547" type="event" subtype="system" level="information" vd="root" logdesc="Object attribute configured" user="alice" ui="GUI(192.0.2.1)" action="Edit" cfgtid=1 cfgpath="firewall.policy" cfgobj="1" msg="Edit firewall.policy 1"',
        'alice',
      ],
      ['devname=FGT1 logid=0100044546 type=event user=bob ui=ssh action=Edit cfgtid=9 cfgpath=system.global msg="x"', 'bob'],
    ],
    not: [
      'devname="FGT1" logid="0100044546" user="oxi" ui="ssh(192.0.2.1)" action="Edit" cfgtid=1 cfgpath="system.console" cfgattr="output[more->standard]"',
      'devname="FGT1" logid="0100032001" type="event" subtype="system" user="backup" ui="ssh(192.0.2.1)" action="login" status="success"',
    ],
  },
  'SHELL/5/CMDRECORD': {
    bites: [
      [
        'sw1 %%01SHELL/5/CMDRECORD(s)[12]:Recorded command information. (Task=VT0, Ip=192.0.2.1, VpnName=, User=alice, AuthenticationMethod="Local-user", Command="save")',
        'alice',
      ],
      [
        'r1 %%01CLI/5/CMDRECORD(s):CID=0x1;Recorded command information. (Task=VT0, Ip=192.0.2.1, VpnName=, User="bob", Command="commit label x")',
        'bob',
      ],
    ],
    not: [
      'sw1 %%01SHELL/5/CMDRECORD(s)[12]:Recorded command information. (Task=VT0, Ip=192.0.2.1, VpnName=, User=backup, Command="display current-configuration")',
      'sw1 %%01SHELL/5/CMDRECORD(s)[12]:Recorded command information. (Task=VT0, Ip=192.0.2.1, User=backup, Command="screen-length 0 temporary")',
    ],
  },
  'CONFIGURATION/6/NETCONF_CONFIG_CHANGE_EVENT': {
    bites: [
      [
        'r1 %%01CONFIGURATION/6/NETCONF_CONFIG_CHANGE_EVENT: The configuration changed. (Internal change =0, User name =alice, Session ID =7, Command source address =192.0.2.1, Storage type =1, Terminal type =0)',
        'alice',
      ],
    ],
    not: [
      'r1 %%01CONFIGURATION/6/NETCONF_CONFIG_CHANGE_EVENT: The configuration changed. (Internal change =1, User name =_SYSTEM_, Session ID =7, Command source address =, Storage type =1, Terminal type =65535)',
      'r1 %%01CONFIGURATION/6/NETCONF_CONFIG_CHANGE_EVENT: The configuration changed. (Internal change =0, User name =alice, Session ID =7, Command source address =192.0.2.1, Storage type =3, Terminal type =0)',
    ],
  },
  'DS/4/DATASYNC_CFGCHANGE': {
    bites: [
      [
        'Apr 30 2026 03:04:20-08:00 sw1 DS/4/DATASYNC_CFGCHANGE:OID 1.3.6.1.4.1.2011.5.25.191.3.1 configurations have been changed.',
        null,
      ],
    ],
    not: ['sw1 %%01SSH/4/SSH_LOGIN(s)[3]:The SSH user succeeded in logging in. (UserName=backup)'],
  },
  'Event 6801': {
    bites: [
      [
        '1 2026-09-23T10:16:02+07:00 cx1 hpe-config 2211 - - Event|6801|LOG_INFO|AMM|-|Copying configs from running-config to startup-config',
        null,
      ],
    ],
    not: [
      '1 2026-09-23T10:16:02+07:00 cx1 log-proxyd 28 - - Event|5209|LOG_INFO|AMM|1/5|User backup logged in from 192.0.2.5 through SSH session.',
    ],
  },
  USYS_CONFIG: {
    bites: [
      [
        `cx1 audispd: type=USYS_CONFIG msg=audit(1446776250.787:91): pid=540 uid=1002 msg='op=CLI:Set-Hostname data="sw9" exe="/usr/bin/vtysh" terminal=pts/1 res=success user=alice'`,
        'alice',
      ],
      [
        `cx1 audispd: type=USYS_CONFIG msg=audit(1446776250.787:91): pid=540 msg='op=CLI:vlan data="9" terminal=pts/1 res=success'`,
        null,
      ],
    ],
    not: [
      `cx1 audispd: type=USYS_CONFIG msg=audit(1446776250.787:91): pid=540 msg='op=CLI:show running-config terminal=pts/1 res=success'`,
    ],
  },
  'running-config change': {
    bites: [
      [
        "192.0.2.9 00825 mgr: Notice-Type='Running Config Change', Event-ID='7', Config-Method='CLI', Device-Name='sw1', User-Name='alice', Remote-IP-Address='192.0.2.1'",
        'alice',
      ],
      ["192.0.2.9 mgr: Notice-Type='Running-Config-Change', Event-ID='8', Config-Method='Internal-Event'", null],
    ],
    not: ["192.0.2.9 00419 auth: User 'backup' logged in from 192.0.2.1 to SSH session"],
  },
  'system,info': {
    bites: [
      ['system,info filter rule changed by alice', 'alice'],
      ['May  9 12:00:00 gw1 system,info: route 0.0.0.0/0 removed by bob', 'bob'],
      [
        'system,info address added by winbox-3.41/tcp-msg(winbox):carol@192.0.2.1 (*3 = /ip address add address=192.0.2.9)',
        'carol',
      ],
    ],
    not: ['system,info,account user backup logged in from 192.0.2.1 via ssh', 'system,info router rebooted'],
  },
};

describe('changeIn', () => {
  it('has cases for every message of the table, and no others', () => {
    expect(Object.keys(CASES).sort()).toEqual(CHANGE_MESSAGES.map(({ name }) => name).sort());
  });

  for (const [name, { bites, not }] of Object.entries(CASES)) {
    it.each(bites)(`${name}: %s`, (text, user) => {
      expect(changeIn(text)).toMatchObject({ name, user });
    });
    it.each(not)(`${name} is not: %s`, (text) => {
      expect(changeIn(text)).toBeNull();
    });
  }

  it('takes no longer for hostile text', () => {
    const parts = [
      'UI_COMMIT [',
      "User 'a",
      ',CONFIG,',
      ' user=',
      ' op=CLI:x',
      'type=USYS_CONFIG ',
      'system,info a b c ',
      '%%01SHELL/5/CMDRECORD User=,',
    ];
    const texts = parts.map((part) => part.repeat(8192).slice(0, 8192));
    const began = performance.now();
    for (const text of texts) changeIn(text);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('gives a user that can be stored and shown', () => {
    expect(changeIn(`%SYS-5-CONFIG_I: Configured from console by a\u0007b${'x'.repeat(900)}`)!.user).toBe(`ab${'x'.repeat(253)}`);
    expect(changeIn("%MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user ''.")!.user).toBeNull();
  });
});
