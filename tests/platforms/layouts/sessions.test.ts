import { afterEach, beforeAll, expect, test } from 'vitest';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { PASSWORD, startDevice, USER } from '../../unit/devices/support/tiny-device.ts';
import type { Io, TinyDevice } from '../../unit/devices/support/tiny-device.ts';
import { collect } from '../support/collect.ts';
import { openLibrary } from '../support/library.ts';

/** Sessions of real SSH with devices that the simulator has none of. */
let library: TemplateLibrary;
let device: TinyDevice | null = null;
beforeAll(async () => {
  library = await openLibrary();
});
afterEach(() => device?.stop());

/** A command line whose prompt may change with each command. */
const terminal =
  (greeting: string, prompt: (count: number) => string, answer: (command: string) => string) =>
  async (io: Io): Promise<void> => {
    io.send(greeting);
    if (greeting.includes("Press 'a'")) {
      while ((await io.key()) !== 'a');
      io.send('\r\n');
    }
    io.send(prompt(0));
    for (let count = 1; ; count += 1) {
      const command = await io.line();
      io.send(`${command}\r\n${answer(command).replaceAll('\n', '\r\n')}${prompt(count)}`);
    }
  };

async function ask(platform: string, shell: (io: Io) => Promise<void>): Promise<Awaited<ReturnType<typeof collect>>> {
  device = await startDevice({ shell });
  const { host, port } = device;
  return collect(library, { name: 'd', host, port, platform, credential: { username: USER, password: PASSWORD } });
}

test('FortiOS with several VDOMs and a banner to accept: what belongs to one is asked for in root', async () => {
  const answers: Record<string, string> = {
    '': '',
    'sudo root get router info routing-table all':
      'Codes: K - kernel, C - connected, S - static\n\nRouting table for VRF=0\nS*      0.0.0.0/0 [10/0] via 192.0.2.1, wan1, [1/0]\n\n',
    'sudo root get system arp':
      'Address           Age(min)   Hardware Addr      Interface\n192.0.2.1         0          00:09:0f:00:00:01 wan1\n\n',
    'sudo global get system interface':
      '== [ wan1 ]\nname: wan1   mode: static    ip: 192.0.2.2 255.255.255.0   status: up    type: physical   \n',
    'diagnose lldprx neighbor details': '',
  };
  const collected = await ask(
    'fortinet',
    terminal(
      "\r\nWelcome\r\n\r\n(Press 'a' to accept): ",
      () => 'fw-1 (global) # ',
      (command) => answers[command] ?? '\nUnknown action 0\nCommand fail. Return code -1\n\n',
    ),
  );
  expect(collected.failure).toBeNull();
  expect(collected.kinds).toMatchObject({
    static_routes: { outcome: 'ok', rows: 1 },
    ospf_routes: { outcome: 'empty' },
    bgp_routes: { outcome: 'empty' },
    arp: { outcome: 'ok', records: [{ address: '192.0.2.1', mac: '00:09:0f:00:00:01', interface: 'wan1' }] },
    interfaces: {
      outcome: 'ok',
      records: [{ name: 'wan1', admin_status: 'up', oper_status: null, addresses: ['192.0.2.2/24'] }],
    },
    lldp_neighbors: { outcome: 'empty' },
    mac_table: { outcome: 'unsupported' },
    cdp_neighbors: { outcome: 'unsupported' },
  });
});

test('PAN-OS with the advanced routing engine, in a cluster whose state changes while it is asked', async () => {
  const answers: Record<string, string> = {
    'show routing route': '\ntotal routes shown: 0\n',
    'show advanced-routing route': `
Logical Router: default
==========================

flags: A:active, E:ecmp, R:recursive, Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext 1, O2:ospf ext 2

destination         protocol       nexthop             distance metric flag   tag   age       interface
0.0.0.0/0           static         198.51.100.1        10       10     A            01:51:16  ethernet1/1
total route shown: 1
`,
  };
  const collected = await ask(
    'paloalto_panos',
    terminal(
      'Last login: today\r\n\r\n',
      (count) => `admin@fw-1(${count < 5 ? 'active' : 'non-functional'})> `,
      (command) => (command.startsWith('set cli') ? '' : (answers[command] ?? `\nUnknown command: ${command}\n`)),
    ),
  );
  expect(collected.failure).toBeNull();
  expect(collected.kinds).toMatchObject({
    static_routes: {
      outcome: 'ok',
      records: [{ network: '0.0.0.0/0', next_hop: '198.51.100.1', distance: 10, interface: 'ethernet1/1' }],
    },
    ospf_routes: { outcome: 'empty' },
    bgp_routes: { outcome: 'empty' },
    arp: { outcome: 'unsupported', error: expect.stringContaining('Unknown command') },
    cdp_neighbors: { outcome: 'unsupported' },
  });
});
