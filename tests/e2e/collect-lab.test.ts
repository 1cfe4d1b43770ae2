import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { unifiedDiff } from '../../artifacts/diff.ts';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { complaintOf, rowsOf, type BackupRow } from '../support/backups.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { NoLab, raiseLab, type Lab } from '../support/lab.ts';

const run = promisify(execFile);

describe.sequential('FRR routers of a real network, backed up over SSH', () => {
  let lab: Lab | null = null;
  let missing = 'NOT RUN';
  let cluster: Cluster;
  let store: ArtifactStore;
  let ids: Map<string, string>;
  let rows: Map<string, BackupRow>;

  beforeAll(async () => {
    try {
      lab = await raiseLab({ seed: 3, routers: 4 });
    } catch (error) {
      if (!(error instanceof NoLab)) throw error;
      missing = `NOT RUN: ${error.message}`;
      return;
    }
    const { truth, password } = lab;
    cluster = await startCluster();
    await cluster.startWorker();
    ({ store } = await openArtifactStore(pathToFileURL(join(cluster.dataDir, 'artifacts')).href, { dataDir: cluster.dataDir }));
    const routers = truth.devices.filter((device) => device.role === 'router');
    const login = { port: truth.access.port, username: 'lab', password, platform: 'frr' };
    ids = await cluster.addDevices(routers.map((device) => ({ ...login, name: device.name, host: device.mgmt_ip })));
  }, 900_000);

  afterAll(async () => {
    await store?.close();
    await cluster?.stop();
    await lab?.down();
  }, 120_000);

  const needsLab = (context: TestContext): Lab => lab ?? context.skip(missing);

  /** vtysh in the namespaces of the router, not over SSH. */
  async function vtysh(router: string, ...commands: string[]): Promise<string> {
    const processes: Record<string, { pid: number }> = JSON.parse(await readFile('/tmp/lab/processes.json', 'utf8'));
    const outer = processes[router]?.pid;
    const [inner] = (await readFile(`/proc/${outer}/task/${outer}/children`, 'utf8')).split(' ');
    const inside = ['-t', inner!, '-n', '-m', '-u', '-p', 'vtysh'];
    const words = [...inside, ...commands.flatMap((command) => ['-c', command])];
    const { stdout } = await run('nsenter', words, { maxBuffer: 1 << 24 });
    return stdout;
  }

  async function collect(only = ids, limits = {}): Promise<Map<string, BackupRow>> {
    const job = await cluster.collect(only, limits);
    expect(['completed', 'failed']).toContain(await cluster.wait(job));
    return new Map((await rowsOf(cluster, job)).map((row) => [row.name, row]));
  }

  const textOf = async (row: BackupRow): Promise<string> => (await store.get(row.artifact ?? '')).toString();

  /** The configuration alone: vtysh says before it that it builds one. */
  const configuration = (text: string): string => text.slice(text.indexOf('frr version')).trimEnd();

  it('each configuration is what vtysh prints', async (context) => {
    needsLab(context);
    rows = await collect();
    expect(rows.size).toBe(4);
    for (const [name, row] of rows) {
      expect(row).toMatchObject({ status: 'success', changed: true, suspicious: false });
      const printed = await vtysh(name, 'show running-config');
      expect(printed).toContain(`hostname ${name}`);
      expect([name, (await textOf(row)).trimEnd()]).toEqual([name, printed.trim()]);
    }
  });

  it('one line changed on a router is one version with exactly that difference; collected again, none', async (context) => {
    needsLab(context);
    await vtysh('r2', 'configure terminal', 'ip route 198.18.77.0/24 blackhole');
    const after = await collect();
    expect([...after.values()].filter((row) => row.changed).map((row) => row.name)).toEqual(['r2']);
    const changed = after.get('r2')!;
    expect(changed).toMatchObject({ status: 'success', lines_added: 1, lines_removed: 0 });
    const [was, is] = [configuration(await textOf(rows.get('r2')!)), configuration(await textOf(changed))];
    const { diff, added, removed } = unifiedDiff(`${was}\n`, `${is}\n`, { a: 'before', b: 'after' }, 0);
    expect([added, removed]).toEqual([1, 0]);
    expect(diff).toMatch(/^\+ip route 198\.18\.77\.0\/24 blackhole$/m);
    const again = await collect();
    expect([...again.values()].filter((row) => row.changed || row.status !== 'success')).toEqual([]);
    // Taken back, it is another version: that of before.
    await vtysh('r2', 'configure terminal', 'no ip route 198.18.77.0/24 blackhole');
    const back = await collect(new Map([['r2', ids.get('r2')!]]));
    expect(back.get('r2')).toMatchObject({ changed: true, lines_added: 0, lines_removed: 1, sha256: rows.get('r2')!.sha256 });
    expect(back.get('r2')!.artifact).toBe(rows.get('r2')!.artifact);
  });

  it('a router that hangs and one that stalls are told, cost nobody else, and make no version', async (context) => {
    const network = needsLab(context);
    await network.fault('hang', 'r1');
    await network.fault('stall', 'r3');
    const told = await collect(ids, { command_time_limit: 3, device_time_limit: 5 });
    for (const name of ['r1', 'r3']) {
      expect(told.get(name)).toMatchObject({ status: 'timeout', changed: false, artifact: null, sha256: null });
      expect(complaintOf(told.get(name))).toMatch(/a prompt did not come in 3 s|no answer for 3 s|SSH handshake in time/);
    }
    for (const name of ['r2', 'r4']) expect(told.get(name)).toMatchObject({ status: 'success', changed: false });
    await network.fault('heal');
    const healed = await collect();
    expect([...healed.values()].filter((row) => row.changed || row.status !== 'success')).toEqual([]);
  });
});
