import { describe, expect, test } from 'vitest';
import { provenComplete } from '../../../devices/completeness.ts';
import { bannerOpen, blocksOpen, bracesOpen, exportBroken } from '../../../devices/config-structure.ts';
import { comparableText } from '../../../devices/comparable.ts';
import { scrub } from '../../../devices/scrub.ts';
import { answerOf, platformOf } from '../support/layout.ts';
import { PLATFORMS } from './support/fixtures.ts';

describe('braces (Junos, PAN-OS)', () => {
  test.each([
    ['a {\n  b;\n}\n', null],
    ['a {\n  b "}";\n  c "\\"{";\n}\n', null],
    ['/* { */\na {\n  b;\n}\n', null],
    ['# {\na {\n  ## }\n  b; ## SECRET-DATA\n}\n', null],
    ['a {\n  b;\n', '1 open brace'],
    ['a {\n  b {\n', '2 open braces'],
    ['a {\n}\n}\n', 'line 3 closes a brace'],
    ['a {\n  b "x\n}\n', 'the quotation of line 2'],
    ['/* a {\n}\n', 'the comment of line 1'],
    ['a {\n}\nversion 20', 'the last statement'],
  ])('%j', (text, why) => {
    expect(bracesOpen(text)).toEqual(why === null ? null : expect.stringContaining(why));
  });
});

describe('blocks (FortiOS)', () => {
  const VDOMS = `config vdom
edit root
next
end
config global
config system global
    set hostname "fw"
end
end
config vdom
edit root
config firewall policy
    edit 1
        set name "x"
    next
end
end
`;
  test.each([
    ['config a\n    set b "c"\nend\n', null],
    ['config a\n    edit 1\n        config b\n            edit 2\n            next\n        end\n    next\nend\n', null],
    ['config a\n    set b "x\nend\nedit\nconfig q"\nend\n', null],
    ['config a\n    set b "a \\" b"\nend\n', null],
    [VDOMS, null],
    ['config a\n    edit 1\n', '"edit" of line 2'],
    ['config a\n', '"config" of line 1'],
    ['config a\n    next\nend\n', '"next" without'],
    ['end\n', '"end" without'],
    ['config a\n    set b "c\nend\n', 'the quotation of line 2'],
  ])('%j', (text, why) => {
    expect(blocksOpen(text)).toEqual(why === null ? null : expect.stringContaining(why));
  });

  test('with VDOMs, cut anywhere but between sections of the top level', () => {
    const lines = VDOMS.split('\n').slice(0, -1);
    const whole = lines.flatMap((_line, kept) => (blocksOpen(lines.slice(0, kept + 1).join('\n')) === null ? [kept + 1] : []));
    expect(whole).toEqual([4, 9, 17]);
  });
});

test('banners', () => {
  expect(bannerOpen('banner motd ^Chi^C\nend\n')).toBeNull();
  expect(bannerOpen('banner motd ^C\nhi\n^C\nend\n')).toBeNull();
  expect(bannerOpen('banner login\nhi\nEOF\nend\n')).toBeNull();
  expect(bannerOpen('  banner motd is a name\nend\n')).toBeNull();
  expect(bannerOpen('x\nbanner motd ^C\nhi\nend\n')).toBe('the banner of line 2 does not end');
  expect(bannerOpen('banner login\nhi\nend\n')).toBe('the banner of line 1 does not end');
});

test('exports of RouterOS', () => {
  expect(exportBroken('# x\n/a\nadd b="c \\\n    d"\n')).toBeNull();
  expect(exportBroken('# x\n/a\nadd b="c \\\n')).toContain('goes on');
  expect(exportBroken('# x\n/a\nadd b\n/c\n')).toContain('begins a section');
  expect(exportBroken('# x\n#error exporting /a\n/c\nadd d\n')).toContain('line 2');
});

/** As rconfig #115: 9,600 of 60,000 lines were kept as a success, for `end` stands everywhere. */
describe('60,000 lines of FortiOS', () => {
  const policies = Array.from({ length: 11_990 }, (_, at) => [
    `    edit ${at + 1}`,
    `        set name "rule ${at + 1}"`,
    '        set action accept',
    `        set psksecret ENC abc${at}`,
    '    next',
  ]);
  const text = [
    '#config-version=FGT60F-7.0.12-FW-build0523-230606:opmode=0:vdom=0:user=carol',
    'config system global',
    '    set hostname "fw"',
    'end',
    'config firewall policy',
    ...policies.flat(),
    'end',
    ...Array.from({ length: 9 }, (_, at) => [
      `config system dhcp${at}`,
      '    edit 1',
      '        set lease 7',
      '    next',
      'end',
    ]).flat(),
    '',
  ].join('\n');
  const fortinet = platformOf('fortinet');

  test('are complete, and cut they are not', () => {
    expect(text.split('\n').length).toBeGreaterThan(60_000);
    expect(provenComplete(fortinet, answerOf('show', text))).toEqual({ complete: true, text, burst_lines: 0 });
    const lines = text.split('\n');
    for (const kept of [9_600, 9_602, 30_000, 59_950]) {
      const cut = `${lines.slice(0, kept).join('\n')}\n`;
      expect(provenComplete(fortinet, answerOf('show', cut))).toMatchObject({ complete: false, outcome: 'truncated' });
      // Even where a stray `end` is the last line.
      expect(provenComplete(fortinet, answerOf('show', `${cut}        set x "end\nend\n`))).toMatchObject({ complete: false });
    }
  });

  test('are judged, compared and scrubbed in a bounded time', () => {
    const begun = performance.now();
    provenComplete(fortinet, answerOf('show', text));
    comparableText(fortinet, text);
    expect(scrub(fortinet, text)).not.toContain('ENC abc');
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});

/** Lines that begin like what the rules look for, and are not. */
const TEASING = [
  '  description 7 community of key password cipher secret word word word',
  'add name=x comment="the password=none of \\"snmp\\" community" list=y',
  '        set name "config system snmp community"',
  'snmp-server user a b c d e f g h i j k l m n o p q r s t u v w x y z',
  '    neighbor 192.0.2.9 description authentication ipsec spi area key message-digest-key',
];
test.each(PLATFORMS.map((platform) => ({ name: platform.name, platform })))(
  '$name: a long configuration is judged, compared and scrubbed in a bounded time',
  ({ platform }) => {
    for (const line of TEASING) {
      const text = `${line}\n`.repeat(20_000);
      const begun = performance.now();
      scrub(platform, text);
      comparableText(platform, text);
      provenComplete(platform, answerOf('show', text));
      expect([line, performance.now() - begun < 10_000]).toEqual([line, true]);
    }
  },
  60_000,
);

test('a private key and the password in a URL are secrets on every platform', () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----';
  const text = `crypto x\n${key}\n${certificate}\n path scp://backup:S3CRET@192.0.2.8/x\n see https://example.net/a@b\n`;
  expect(scrub(platformOf('cisco_ios'), text)).toBe(
    `crypto x\n<removed>\n${certificate}\n path scp://backup:<removed>@192.0.2.8/x\n see https://example.net/a@b\n`,
  );
});
