import { describe, expect, it } from 'vitest';
import { diffSections } from '../../artifacts/sections.ts';
import { sectionsOf, styleOf } from '../../artifacts/section-tree.ts';

interface Case {
  style: string;
  a: string;
  b: string;
  /** Path, added, removed. */
  expected: [string[], string[], string[]][];
}

const CASES: Record<string, Case> = {
  'cisco_ios: an interface, an access list put in another order, a section that is new': {
    style: 'indented',
    a: `hostname sw1
!
interface GigabitEthernet0/1
 description uplink
 switchport mode trunk
!
interface GigabitEthernet0/2
 shutdown
!
ip access-list extended EDGE
 permit tcp any any eq 443
 deny   ip any any
!
line vty 0 4
 transport input ssh
end
`,
    b: `hostname sw1
!
interface GigabitEthernet0/1
 description core
 switchport mode trunk
!
interface GigabitEthernet0/2
 shutdown
!
interface Vlan20
 ip address 192.0.2.1 255.255.255.0
!
ip access-list extended EDGE
 deny   ip any any
 permit tcp any any eq 443
!
line vty 0 4
 transport input ssh
end
`,
    expected: [
      [[], ['interface Vlan20'], []],
      [['interface GigabitEthernet0/1'], ['description core'], ['description uplink']],
      [['interface Vlan20'], ['ip address 192.0.2.1 255.255.255.0'], []],
      [['ip access-list extended EDGE'], ['permit tcp any any eq 443'], ['permit tcp any any eq 443']],
    ],
  },
  'cisco_ios: a banner that looks like configuration stays one part': {
    style: 'indented',
    a: 'banner motd ^C\ninterface Vlan1\n  no entry\n^C\nhostname sw1\n',
    b: 'banner motd ^C\ninterface Vlan1\n  entry\n^C\nhostname sw1\n',
    expected: [[['banner motd ^C'], ['  entry'], ['  no entry']]],
  },
  'cisco_xr, arista_eos, frr: sections within sections': {
    style: 'indented',
    a: `router bgp 65000
 neighbor 192.0.2.9
  remote-as 65001
  address-family ipv4 unicast
   route-policy PASS in
  !
 !
!
`,
    b: `router bgp 65000
 neighbor 192.0.2.9
  remote-as 65001
  address-family ipv4 unicast
   route-policy DROP in
  !
 !
!
`,
    expected: [
      [
        ['router bgp 65000', 'neighbor 192.0.2.9', 'address-family ipv4 unicast'],
        ['route-policy DROP in'],
        ['route-policy PASS in'],
      ],
    ],
  },
  'huawei_vrp: # between the sections': {
    style: 'indented',
    a: '#\nsysname a\n#\ninterface Vlanif10\n ip address 10.0.0.1 24\n#\nreturn\n',
    b: '#\nsysname b\n#\ninterface Vlanif10\n ip address 10.0.0.2 24\n#\nreturn\n',
    expected: [
      [[], ['sysname b'], ['sysname a']],
      [['interface Vlanif10'], ['ip address 10.0.0.2 24'], ['ip address 10.0.0.1 24']],
    ],
  },
  'hp_procurve: three blanks and exit': {
    style: 'indented',
    a: 'hostname "p"\nvlan 10\n   name "a"\n   untagged 1-4\n   exit\n',
    b: 'hostname "p"\nvlan 10\n   name "a"\n   untagged 1-5\n   exit\n',
    expected: [[['vlan 10'], ['untagged 1-5'], ['untagged 1-4']]],
  },
  'juniper_junos: terms in another order': {
    style: 'braces',
    a: `system {
    host-name r1;
}
firewall {
    filter edge {
        term web {
            then accept;
        }
        term rest {
            then discard;
        }
    }
}
`,
    b: `system {
    host-name r2;
}
firewall {
    filter edge {
        term rest {
            then discard;
        }
        term web {
            then {
                count web;
                accept;
            }
        }
    }
}
`,
    expected: [
      [['system'], ['host-name r2;'], ['host-name r1;']],
      [['firewall', 'filter edge'], ['term web'], ['term web']],
      [['firewall', 'filter edge', 'term web'], ['then'], ['then accept;']],
      [['firewall', 'filter edge', 'term web', 'then'], ['count web;', 'accept;'], []],
    ],
  },
  'fortinet: a policy is edited, another moves': {
    style: 'fortios',
    a: `config system global
    set hostname "fw1"
end
config firewall policy
    edit 1
        set action accept
    next
    edit 2
        set action deny
    next
end
`,
    b: `config system global
    set hostname "fw1"
end
config firewall policy
    edit 2
        set action deny
    next
    edit 1
        set action accept
        set logtraffic all
    next
end
`,
    expected: [
      [['config firewall policy'], ['edit 1'], ['edit 1']],
      [['config firewall policy', 'edit 1'], ['set logtraffic all'], []],
    ],
  },
  'mikrotik_routeros: menus, and lines that go on': {
    style: 'routeros',
    a: `# by RouterOS 7.14
/interface bridge
add name=bridge1
/ip address
add address=192.0.2.1/24 comment="to the \\
    core" interface=bridge1
/system identity
set name=r1
`,
    b: `# by RouterOS 7.14
/interface bridge
add name=bridge1
/ip address
add address=192.0.2.2/24 comment="to the \\
    core" interface=bridge1
/system identity
set name=r1
`,
    expected: [
      [
        ['/ip address'],
        ['add address=192.0.2.2/24 comment="to the core" interface=bridge1'],
        ['add address=192.0.2.1/24 comment="to the core" interface=bridge1'],
      ],
    ],
  },
};

describe('the difference by sections', () => {
  it.each(Object.entries(CASES))('%s', (_, { style, a, b, expected }) => {
    expect([styleOf(a), styleOf(b)]).toEqual([style, style]);
    const wanted = expected.map(([path, added, removed]) => ({ section: path.join(' / '), path, added, removed }));
    expect(diffSections(a, b)).toEqual(wanted);
    expect(diffSections(b, b)).toEqual([]);
    const back = diffSections(b, a);
    expect(back.map(({ path }) => path.join('\n')).toSorted()).toEqual(expected.map(([path]) => path.join('\n')).toSorted());
  });

  it('tells of a whole configuration that came or went', () => {
    const { a } = CASES['juniper_junos: terms in another order']!;
    const came = diffSections('', a);
    expect(came[0]).toEqual({ section: '', path: [], added: ['system', 'firewall'], removed: [] });
    expect(came.flatMap(({ removed }) => removed)).toEqual([]);
    expect(diffSections(a, '').flatMap(({ removed }) => removed)).toEqual(came.flatMap(({ added }) => added));
  });

  it('loses no line of a configuration, whichever style it is read in', () => {
    const words = (text: string) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /[a-z]/i.test(line));
    const flat = (items: ReturnType<typeof sectionsOf>['items']): string[] =>
      items.flatMap((item) => (typeof item === 'string' ? [item.trim()] : [item.header, ...flat(item.items)]));
    for (const [name, { a }] of Object.entries(CASES)) {
      for (const style of ['indented', 'braces'] as const) {
        const kept = flat(sectionsOf(a, style).items).map((line) => line.replace(/ ?\{$/, ''));
        expect([name, style, kept.filter((line) => /[a-z]/i.test(line))]).toEqual([
          name,
          style,
          words(a).map((line) => line.replace(/ ?\{$/, '')),
        ]);
      }
    }
  });

  it('takes the second section of the same header for the second', () => {
    const a = 'class one\n match a\nclass one\n match b\n';
    expect(diffSections(a, a.replace('match b', 'match c'))).toEqual([
      { section: 'class one', path: ['class one'], added: ['match c'], removed: ['match b'] },
    ]);
  });

  it('ends soon on two large configurations that have nothing in common', () => {
    const big = (seed: number) =>
      Array.from({ length: 30_000 }, (_, at) => `interface Eth${at}\n description ${at * seed}`).join('\n');
    const began = performance.now();
    expect(diffSections(big(3), big(7)).length).toBeGreaterThan(1000);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
