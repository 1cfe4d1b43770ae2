/** One way in which a platform says that its configuration was changed. */
export interface ChangeMessage {
  platform: string;
  /** The mnemonic or what else names the message. */
  name: string;
  /** Searched for in the text after the priority; the named group `user` is who changed it. */
  pattern: RegExp;
}

/** Words that begin a command which changes nothing; ASA tells of every command but `show`, also of those of a collection. */
const ASA_EXEC =
  'changeto|clear|capture|cd|debug|dir|disable|enable|exit|help|login|logout|more|no debug|packet-tracer|pager|perfmon|ping|pwd|quit|show|terminal|traceroute|undebug|verify|who';

/**
 * The configuration-changed messages of the main platforms, from the vendors' message references. A message that only tells of
 * entering configuration mode, of a login or of a command that changes nothing is none: a collection logs in as well, and must not
 * start the next one. Patterns hold no nested repetition, so that a hostile text costs no more than its length.
 */
export const CHANGE_MESSAGES: readonly ChangeMessage[] = [
  // Arista EOS sends it too.
  {
    platform: 'cisco_ios',
    name: 'SYS-5-CONFIG_I',
    pattern: /%SYS-(?:SW\d+-)?5-CONFIG_I: ?Configured from \S+ by (?<user>\S+)/,
  },
  {
    platform: 'cisco_ios',
    name: 'SYS-5-CONFIG_P',
    pattern: /%SYS-5-CONFIG_P: ?Configured programmatically by process .{1,80}? from \S+ as (?<user>\S+)/,
  },
  {
    platform: 'cisco_ios',
    name: 'PARSER-5-CFGLOG_LOGGEDCMD',
    // `!exec:` stands before commands outside of configuration mode.
    pattern: /%PARSER-5-CFGLOG_LOGGEDCMD: ?User:(?<user>[^\s,]+),? +logged command:(?!!exec)/,
  },
  {
    platform: 'cisco_ios',
    name: 'DMI-5-CONFIG_I',
    pattern: /%DMI-5-CONFIG_I:.{0,80}? Configured from \S+ by (?<user>[^\s,]+)/,
  },
  {
    platform: 'cisco_nxos',
    name: 'VSHD-5-VSHD_SYSLOG_CONFIG_I',
    pattern: /%VSHD-5-VSHD_SYSLOG_CONFIG_I: ?Configured from \S+ by (?<user>\S+)/,
  },
  {
    platform: 'cisco_xr',
    name: 'MGBL-CONFIG-6-DB_COMMIT',
    pattern: /%MGBL-CONFIG-6-DB_COMMIT ?: ?Configuration committed by user '(?<user>[^']*)'/,
  },
  {
    platform: 'cisco_asa',
    name: '111008',
    pattern: new RegExp(`%(?:ASA|FTD|FWSM|PIX)-(?:\\w+-)?5-111008: User '(?<user>[^']*)' executed the '(?!(?:${ASA_EXEC})\\b)`),
  },
  {
    platform: 'cisco_asa',
    name: '111010',
    pattern: new RegExp(
      `%(?:ASA|FTD|FWSM|PIX)-(?:\\w+-)?5-111010: User '(?<user>[^']*)', running '[^']*' from IP [^,]{1,60}, executed '(?!(?:${ASA_EXEC})\\b)`,
    ),
  },
  {
    platform: 'arista_eos',
    name: 'SYS-5-CONFIG_SESSION_COMMIT_SUCCESS',
    pattern: /%SYS-5-CONFIG_SESSION_COMMIT_SUCCESS: ?User (?<user>\S+) committed/,
  },
  {
    platform: 'juniper_junos',
    name: 'UI_COMMIT',
    // With structured data the parameters stand between the name and the text.
    pattern: /\bUI_COMMIT(?::| \[).{0,400}?\bUser '(?<user>[^']*)' (?:requested 'commit(?! check)[^']*'|performed commit)/,
  },
  { platform: 'juniper_junos', name: 'UI_COMMIT_COMPLETED', pattern: /\bUI_COMMIT_COMPLETED\b/ },
  {
    platform: 'paloalto_panos',
    name: 'CONFIG',
    // Subtype, version, generated, host, virtual system, command, administrator, client, result. Only a commit makes it run.
    pattern: /,CONFIG(?:,[^,]*){5},commit[^,]*,(?<user>[^,]*),[^,]*,(?!Failed|Unauthorized)/,
  },
  {
    platform: 'fortinet',
    name: 'event/system with cfgpath',
    // A console setting is what other collectors change to turn the pager off.
    pattern: /\buser="?(?<user>[^"\s]*)"?.{1,800}?\bcfgpath="?(?!system\.console\b)\w/,
  },
  {
    platform: 'huawei_vrp',
    name: 'SHELL/5/CMDRECORD',
    pattern:
      /%%\d{2}(?:SHELL|CLI)\/\d\/(?:VTY)?CMDRECORD.{1,300}?\bUser="?(?<user>[^,")]*)"?,.{0,300}?\bCommand="(?:save|commit)\b/i,
  },
  {
    platform: 'huawei_vrp',
    name: 'CONFIGURATION/6/NETCONF_CONFIG_CHANGE_EVENT',
    // Storage 3 is the file that the next start reads.
    pattern:
      /\bNETCONF_CONFIG_CHANGE_EVENT.{0,60}?\(Internal change ?= ?0, User name ?= ?(?<user>[^,]*),.{1,200}?Storage type ?= ?[12]\b/,
  },
  { platform: 'huawei_vrp', name: 'DS/4/DATASYNC_CFGCHANGE', pattern: /\bDS\/4\/DATASYNC_CFGCHANGE\b/ },
  {
    platform: 'aruba_aoscx',
    name: 'Event 6801',
    pattern: /\bEvent\|6801\|LOG_\w+\|[^|]*\|[^|]*\|(?:Copying configs from:? ?running-config|Configuration .{0,60}?changed)/i,
  },
  {
    platform: 'aruba_aoscx',
    name: 'USYS_CONFIG',
    // The audit record of what was set from the command line.
    pattern: /\btype=USYS_CONFIG\b.{1,300}?\bop=CLI:\s?(?!show|exit|end|no page|page)\w(?:.{0,600}?\buser=(?<user>[\w.@\\-]+))?/,
  },
  {
    platform: 'hp_procurve',
    name: 'running-config change',
    // `logging notify running-config-change`
    pattern: /Notice-Type='Running[ -]Config[ -]Change'(?:.{0,300}?User-Name='(?<user>[^']*)')?/i,
  },
  {
    platform: 'mikrotik_routeros',
    name: 'system,info',
    // Of the newer `by winbox-3.41/tcp-msg(winbox):alice@192.0.2.1 (…)` the name alone.
    pattern: /\bsystem,info:? (?:\S+ ){1,6}?(?:added|changed|removed|moved) by (?:[^\s:@]*:)?(?<user>[^\s@()]+)/,
  },
];

const LONGEST_USER = 255;

/** What a message tells of a change: on which platform, and by whom where somebody is named. Null where it tells of none. */
export function changeIn(text: string): { platform: string; name: string; user: string | null } | null {
  for (const { platform, name, pattern } of CHANGE_MESSAGES) {
    const match = pattern.exec(text);
    if (match !== null) return { platform, name, user: userOf(match.groups?.['user']) };
  }
  return null;
}

function userOf(text: string | undefined): string | null {
  const user = (text ?? '')
    .replaceAll(/[\u0000-\u001f\u007f]/g, '')
    .trim()
    .slice(0, LONGEST_USER);
  return user === '' || user === '-' ? null : user;
}
