import { junosArp, junosInterfaces, junosLldp, junosMacs, junosRoutes } from '../json/junos.ts';
import { ask, definePlatform } from '../platform.ts';
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
    commands: ['show configuration | display omit'],
    end: null,
    scrub: [
      {
        find: /((?:encrypted-password|authentication-key|pre-shared-key ascii-text|secret|privacy-key|md5 \d+ key) )"[^"]*"/g,
        replace: '$1"<removed>"',
      },
      { find: /(community )\S+( \{)/g, replace: '$1<removed>$2' },
      { find: /^(\s*set snmp community )\S+/gm, replace: '$1<removed>' },
    ],
    volatile: [/^## Last commit: /, /^## Last changed: /],
  },
});
