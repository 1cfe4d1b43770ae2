import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTemplateLibrary, templateFile, type TemplateLibrary } from '../../devices/template-library.ts';
import { parseText } from '../../devices/template-parse.ts';
import { TemplateError } from '../../devices/textfsm/textfsm.ts';
import { NEEDS_PYTHON, python, templatesDir } from './support/reference.ts';
import { thrownBy } from './support/thrown.ts';

const INDEX = `# a comment
Template, Hostname, Platform, Command

first.textfsm, .*, acme_os, sh[[ow]] vl[[an]]
second.textfsm, .*, acme_os, show vlan
dir.textfsm, .*, acme_os, di[[r]]
commas.textfsm, .*, acme_os, show (a|b),c
alternatives.textfsm, .*, acme_os, show a|show b
left.textfsm:right.textfsm, .*, (acme|other)_os, show module
end.textfsm, .*, acme_os, show clock$
broken.textfsm, .*, acme_os, show broken
bad_command.textfsm, .*, odd_os, show (
`;
const template = (name: string): string =>
  `Value Key ${name.toUpperCase()} (\\S+)\n\nStart\n  ^${name} \${${name.toUpperCase()}} -> Record\n`;

let folder: string;
let library: TemplateLibrary;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-templates-'));
  for (const name of ['ntc', 'own']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'ntc', 'index'), INDEX);
  for (const name of ['first', 'second', 'dir', 'commas', 'alternatives', 'end', 'both']) {
    writeFileSync(join(folder, 'ntc', `${name}.textfsm`), template(name));
  }
  writeFileSync(
    join(folder, 'ntc', 'left.textfsm'),
    'Value Key SLOT (\\d+)\nValue NAME (\\w+)\n\nStart\n  ^n ${SLOT} ${NAME} -> Record\n',
  );
  writeFileSync(
    join(folder, 'ntc', 'right.textfsm'),
    'Value Key SLOT (\\d+)\nValue STATE (\\w+)\n\nStart\n  ^s ${SLOT} ${STATE} -> Record\n',
  );
  writeFileSync(join(folder, 'ntc', 'broken.textfsm'), 'Value A (x\n\nStart\n');
  writeFileSync(join(folder, 'own', 'acme_os_dir.textfsm'), template('mine'));
  writeFileSync(join(folder, 'own', 'both.textfsm'), template('mine'));
  library = openTemplateLibrary({ ntcDir: join(folder, 'ntc'), ntcVersion: '1.2.3', ownDir: join(folder, 'own') });
});

afterAll(async () => {
  await library.threads.close();
  rmSync(folder, { recursive: true });
});

describe('templates by command', () => {
  test.each([
    ['show vlan', 'first.textfsm'],
    ['sh vl', 'first.textfsm'],
    ['sho vla', 'first.textfsm'],
    ['  show   vlan ', 'first.textfsm'],
    ['show a', 'alternatives.textfsm'],
    ['show b', 'alternatives.textfsm'],
    ['show clock', 'end.textfsm'],
    ['show module', 'left.textfsm:right.textfsm'],
  ])('%s', (command, name) => {
    expect(library.find('acme_os', command)).toMatchObject({ name, version: 'ntc-templates 1.2.3' });
  });

  test.each([
    ['more than the pattern', 'show vlan brief'],
    ['less than the pattern', 'show'],
    ['an alternative and more', 'show a b'],
    ['a row with a comma in its pattern is none', 'show a,c'],
    ['another case', 'SHOW VLAN'],
  ])('none for %s', (_, command) => {
    expect(library.find('acme_os', command)).toBeNull();
  });

  test('a platform is matched whole, and may be a pattern', () => {
    expect(library.find('other_os', 'show module')?.name).toBe('left.textfsm:right.textfsm');
    expect(library.find('acme_os_xe', 'show module')).toBeNull();
    expect(library.find('acme', 'show module')).toBeNull();
  });

  test('an own template goes first', () => {
    expect(library.find('acme_os', 'dir')).toMatchObject({
      name: 'acme_os_dir.textfsm',
      version: expect.stringMatching(/^cairn \d/),
    });
    expect(library.find('acme_os', 'di')?.name).toBe('dir.textfsm');
  });

  test('own templates are named by platform and command', () => {
    expect(templateFile('frr', 'show ip route vrf all json')).toBe('frr_show_ip_route_vrf_all_json.textfsm');
    expect(templateFile('linux', 'ip -d addr | cat')).toBe('linux_ip_-d_addr_cat.textfsm');
    expect(templateFile('mikrotik_routeros', '/ip route print')).toBe('mikrotik_routeros_ip_route_print.textfsm');
  });

  test('a template that is wrong is an error of its own, when it is used', () => {
    expect(thrownBy(() => library.find('acme_os', 'show broken'))).toBeInstanceOf(TemplateError);
    expect(library.find('acme_os', 'show vlan')).not.toBeNull();
  });
});

describe('templates by name', () => {
  test.each(['first', 'first.textfsm'])('%s', (name) => {
    expect(library.byName(name)).toMatchObject({ name: 'first.textfsm', version: 'ntc-templates 1.2.3' });
  });

  test('own ones go first', () => {
    expect(library.byName('both')?.version).toMatch(/^cairn /);
  });

  test('several, and none', () => {
    expect(library.byName('left:right')?.templates).toHaveLength(2);
    expect(library.byName('left:nothing')).toBeNull();
    expect(library.byName('../first')).toBeNull();
  });

  test('a template is compiled once', () => {
    expect(library.byName('first')?.templates[0]).toBe(library.find('acme_os', 'show vlan')?.templates[0]);
  });
});

describe('parsing an output', () => {
  test('gives the rows of CliTable with template and version', async () => {
    expect(await parseText(library, { platform: 'acme_os', command: 'show module' }, 'n 1 a\ns 1 up\n')).toEqual({
      template: 'left.textfsm:right.textfsm',
      templateVersion: 'ntc-templates 1.2.3',
      rows: [{ slot: '1', name: 'a', state: 'up' }],
    });
    expect(await parseText(library, { templateName: 'first' }, 'first 1\n')).toMatchObject({ rows: [{ first: '1' }] });
  });

  test('is null where there is no template', async () => {
    expect(await parseText(library, { platform: 'acme_os', command: 'show nothing' }, 'x')).toBeNull();
    expect(await parseText(library, { templateName: 'nothing' }, 'x')).toBeNull();
  });
});

describe.skipIf(!python)(python ? 'with the real index' : NEEDS_PYTHON, () => {
  test('finds what a prefix would miss or mistake', async () => {
    const real = openTemplateLibrary({ ntcDir: await templatesDir(), ntcVersion: '9.3.0', ownDir: join(folder, 'own') });
    const found = (platform: string, command: string): string | null => real.find(platform, command)?.name ?? null;
    expect(found('cisco_ios', 'show ip route')).toBe('cisco_ios_show_ip_route.textfsm');
    expect(found('cisco_ios', 'sh ip int br')).toBe('cisco_ios_show_ip_interface_brief.textfsm');
    expect(found('aruba_procurve', 'show mac-address')).toBe('hp_procurve_show_mac-address.textfsm');
    expect(found('cisco_asa', 'show module')).toBe(
      'cisco_asa_show_module.textfsm:cisco_asa_show_module_details.textfsm:cisco_asa_show_module_status.textfsm',
    );
    // Upstream a prefix is enough, and these get the templates of `dir` and of the short form.
    expect(found('huawei_vrp', 'display ip routing-table')).toBeNull();
    expect(found('cisco_ios', 'show ip interface brief | include up')).toBeNull();
    expect(found('cisco_xe', 'show ip route')).toBeNull();
  });
});
