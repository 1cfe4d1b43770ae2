import { junosArp, junosInterfaces, junosLldp, junosMacs, junosRoutes } from '../json/junos.ts';
import { bracesOpen } from '../config-structure.ts';
import { ask, definePlatform, hide } from '../platform.ts';
import type { Source } from '../platform.ts';

const routes = (protocol: string): Source => ask(`show route protocol ${protocol} | display json`, { read: junosRoutes });

export const juniperJunos = definePlatform({
  name: 'juniper_junos',
  label: 'Juniper Junos',
  aliases: ['junos', 'juniper', 'juniper_junos_ssh'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: {
    any: /^[\w.-]+@[\w.-]+[>#%]$/,
    above: /\n?\{(?:master|backup|linecard|primary|secondary)[^}\n]{0,40}\}\s*$/,
  },
  detect: { ident: /^OpenSSH/, version: [{ command: 'show version', match: /^Junos: |^JUNOS /m }] },
  setup: ['set cli screen-length 0', 'set cli screen-width 0'],
  logout: 'exit',
  answers: {
    unknown: [/^\s*(?:syntax error|unknown command|'.*' is ambiguous|missing argument|invalid value)/m],
    denied: [/^\s*(?:error: permission denied|permission denied)/im],
    nothing: [/^(?:error: )?(?:warning: )?(?:\S+ )?(?:instance|subsystem)? ?(?:is )?not running/im, /^LLDP is not enabled/im],
  },
  kinds: {
    static_routes: routes('static'),
    ospf_routes: routes('ospf'),
    bgp_routes: routes('bgp'),
    mac_table: ask('show ethernet-switching table | display json', { read: junosMacs }),
    arp: ask('show arp no-resolve | display json', { read: junosArp }),
    interfaces: ask('show interfaces | display json', { read: junosInterfaces }),
    cdp_neighbors: { unsupported: 'Junos does not speak CDP' },
    lldp_neighbors: {
      ask: ['show lldp neighbors detail | display json', 'show lldp neighbors | display json'].map((command) => ({
        command,
        parse: { read: junosLldp },
      })),
    },
  },
  config: {
    commands: ['show configuration | display omit', 'show configuration'],
    end: null,
    start: /^(?:## |version |\S.* ?\{$)/,
    complete: bracesOpen,
    scrub: [
      // Whatever it is for, this is how Junos writes what it can read back.
      hide(/(")\$9\$[^"\n]*(")/g),
      hide(
        /^(\s*(?:[\w.:/-]+ )*?(?:encrypted-password|authentication-key|authentication-password|privacy-key|privacy-password|pre-shared-key (?:ascii-text|hexadecimal)|secret|simple-password|chap-secret|default-chap-secret|pap-password|password|passphrase|md5 \d+ key) ")[^"\n]*(")/gm,
      ),
      // Of SNMP: those of routing policies have their members on the same line.
      hide(/^(\s*community )(?:"[^"\n]*"|[^\s"{;]+)( \{)/gm),
      hide(/^(set snmp community )\S+/gm),
    ],
    volatile: [/^## Last commit: /, /^## Last changed: /],
    changed: /^## Last commit: (?<at>.+?) by (?<user>\S+)/m,
  },
});
