import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kind, Records } from '../../core/facts.ts';
import { KIND_ENDPOINTS } from '../../core/facts.ts';
import { toRecords } from '../../devices/records/index.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { collect, sorted } from './support/collect.ts';
import { openLibrary } from './support/library.ts';

/** The fleet of the benchmarks, which other people's tools are measured against. */
const FLEET = join(import.meta.dirname, '../../../shared/bench/fleet');
const here = existsSync(FLEET);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const address = server.address();
  await new Promise<void>((done) => server.close(() => done()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Counters {
  overlaps: unknown[];
  devices: Record<string, { logins: number; authFailures: number; commands: Record<string, number> }>;
}

interface Truth {
  user: string;
  password: string;
  token: string;
  http: string;
  devices: { name: string; host: string; port: number; neighbors: number; fail: string | null }[];
}

describe.skipIf(!here)(`the benchmark fleet${here ? '' : ' (../shared/bench/fleet is not here)'}`, () => {
  let library: TemplateLibrary;
  let fleet: ChildProcess;
  let folder: string;
  let truth: Truth;

  beforeAll(async () => {
    library = await openLibrary();
    // Beside our packages, for it needs ssh2.
    const cache = join(import.meta.dirname, '../../node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'fleet-'));
    cpSync(FLEET, folder, { recursive: true });
    const file = join(folder, 'truth.json');
    const ports = ['--port', String(await freePort()), '--http-port', String(await freePort())];
    fleet = spawn(process.execPath, [join(folder, 'fleet.mjs'), '--devices', '20', '--truth', file, ...ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (fleet.stdout !== null) await once(fleet.stdout, 'data');
    truth = JSON.parse(readFileSync(file, 'utf8'));
  });
  afterAll(async () => {
    const gone = once(fleet, 'exit');
    fleet.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  const rowsOf = async (name: string, kind: Kind): Promise<Records[Kind][]> => {
    const answer = await fetch(`${truth.http}/api/devices/${name}/${KIND_ENDPOINTS[kind]}?use_textfsm=true`, {
      headers: { authorization: `Bearer ${truth.token}` },
    });
    const { output }: { output: Record<string, unknown>[] } = JSON.parse(await answer.text());
    return toRecords(kind, output);
  };

  const countersOf = async (): Promise<Counters> => JSON.parse(await (await fetch(`${truth.http}/counters`)).text());

  const KINDS_OF_BOTH: Kind[] = ['static_routes', 'ospf_routes', 'bgp_routes', 'mac_table', 'cdp_neighbors'];

  test('SSH gives the same records as its device API, and what it does not know is unsupported', async () => {
    for (const device of [truth.devices[0], truth.devices[7]]) {
      if (device === undefined) throw new Error('no device');
      const ssh = await collect(library, {
        ...device,
        platform: 'cisco_xe',
        credential: { username: truth.user, password: truth.password },
      });
      const http = await collect(library, {
        ...device,
        host: truth.http,
        platform: 'cisco_ios',
        transport: 'http',
        credential: { token: truth.token },
      });
      expect([ssh.failure, http.failure]).toEqual([null, null]);
      for (const kind of KINDS_OF_BOTH) {
        const expected = sorted<unknown>(await rowsOf(device.name, kind));
        // The first spine of a fleet of one pod has no BGP routes, which is an answer too.
        if (kind !== 'bgp_routes') expect(expected.length).toBeGreaterThan(0);
        else expect(ssh.kinds[kind]?.outcome).toBe(expected.length > 0 ? 'ok' : 'empty');
        expect(sorted<unknown>(ssh.kinds[kind]?.records ?? []), `${device.name} ${kind}`).toEqual(expected);
        expect(sorted<unknown>(http.kinds[kind]?.records ?? []), `${device.name} ${kind}`).toEqual(expected);
      }
      expect(ssh.kinds.lldp_neighbors).toMatchObject({ outcome: 'ok', rows: device.neighbors });
      for (const kind of ['arp', 'interfaces'] as const) {
        expect(ssh.kinds[kind]).toMatchObject({ outcome: 'unsupported', error: expect.stringContaining('Invalid input') });
        expect(http.kinds[kind]).toMatchObject({ outcome: 'unsupported', error: expect.stringContaining('404') });
      }
    }
    const counters = await countersOf();
    expect(counters.overlaps).toEqual([]);
    const one = counters.devices[truth.devices[0]?.name ?? ''];
    expect(one?.logins).toBe(1);
    expect(Object.values(one?.commands ?? {}).every((count) => count === 1)).toBe(true);
  });

  test('a wrong password is one attempt', async () => {
    const device = truth.devices[3];
    if (device === undefined) throw new Error('no device');
    const collected = await collect(library, {
      ...device,
      platform: 'cisco_ios',
      credential: { username: truth.user, password: 'wrong' },
    });
    expect(collected.failure).toMatchObject({ outcome: 'auth_failed', retryable: false });
    const counters = await countersOf();
    expect(counters.devices[device.name]?.authFailures).toBe(1);
  });
});
