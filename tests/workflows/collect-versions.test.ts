import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifactReader } from '../../api/artifact-reader.ts';
import { createLogger } from '../../runtime/log.ts';
import { ensureSecretKey } from '../../runtime/secrets.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { complaintOf, git, rowsOf, type BackupRow } from '../support/backups.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { startConfigApi, type ConfigApi } from '../support/config-api.ts';

const PLATFORMS = ['cisco_ios', 'arista_eos', 'cisco_nxos', 'juniper_junos', 'fortinet', 'mikrotik_routeros'];

/** Puts a secret into a configuration of the platform, where such a device has it. */
const PLANT: Record<string, (text: string, secret: string) => string> = {
  cisco_ios: (text, secret) => text.replace(/^snmp-server community .*$/m, `snmp-server community ${secret} RO`),
  arista_eos: (text, secret) => text.replace(/\nend\n/, `\nsnmp-server community ${secret} ro\n!\nend\n`),
  cisco_nxos: (text, secret) => `${text.trimEnd()}\nsnmp-server community ${secret} group network-operator\n`,
  juniper_junos: (text, secret) =>
    text.replace(/^system \{\n/m, `system {\n    root-authentication {\n        encrypted-password "${secret}";\n    }\n`),
  fortinet: (text, secret) =>
    `${text.trimEnd()}\nconfig user local\n    edit "op"\n        set passwd ENC ${secret}\n    next\nend\n`,
  mikrotik_routeros: (text, secret) => `${text.trimEnd()}\n/ppp secret\nadd name=op password=${secret}\n`,
};

let cluster: Cluster;
let api: ConfigApi;
let simulator: Simulator;
let worker: WorkerProcess;

beforeAll(async () => {
  [cluster, api, simulator] = await Promise.all([
    startCluster(),
    startConfigApi(),
    startSimulator({ devices: 6, seed: 9, platforms: PLATFORMS, host: '127.42.0.1', accessRules: 60 }),
  ]);
});

afterAll(async () => {
  await cluster?.stop();
  await api?.stop();
  await simulator?.stop();
});

/** What a device of the platform prints. */
function configOf(platform: string): string {
  const device = simulator.devices.find((one) => one.platform === platform);
  if (device === undefined) throw new Error(`no device of ${platform}`);
  return simulator.configuration(device.name).text;
}

async function collect(ids: Map<string, string>, more: Parameters<Cluster['collect']>[1] = {}, owner = 'test') {
  const job = await cluster.collect(ids, { command_time_limit: 10, ...more }, { owner });
  await cluster.wait(job);
  const rows = new Map((await rowsOf(cluster, job)).map((row) => [row.name, row]));
  const devices = new Map((await cluster.devices(job)).map((row) => [row.name, row]));
  return { job, rows, devices, told: await cluster.job(job) };
}

describe.sequential('versions, in a Git store that is pushed', () => {
  let repository: string;
  let mirror: string;
  const commits = async (where = repository): Promise<number> => Number(await git(where, 'rev-list', '--count', 'main'));

  beforeAll(async () => {
    repository = join(cluster.dataDir, 'configurations.git');
    mirror = join(cluster.dataDir, 'mirror.git');
    await git(mirror, 'init', '--quiet', '--bare');
    worker = await cluster.startWorker({
      CAIRN_ARTIFACTS: `git+${pathToFileURL(repository).href}?push=${encodeURIComponent(pathToFileURL(mirror).href)}`,
    });
  });

  afterAll(() => worker.stop());

  it('over HTTP: the text as it is, one commit by who asked, pushed', async () => {
    const ids = await api.addDevices(
      cluster,
      PLATFORMS.map((platform) => ({ name: `http ${platform}`, platform })),
    );
    for (const platform of PLATFORMS) api.texts.set(`http ${platform}`, configOf(platform));
    const { job, rows, told } = await collect(ids, {}, 'alice');
    expect(told).toMatchObject({ status: 'completed', partial: false });
    for (const row of rows.values())
      expect([row.name, row.status, row.changed, row.actor]).toEqual([row.name, 'success', true, 'alice']);
    expect(await commits()).toBe(1);
    const [author, ...body] = (await git(repository, 'log', '-1', '--format=%an%n%B', 'main')).split('\n');
    expect([author, body[0]]).toEqual(['alice', '6 configurations']);
    expect(body.join('\n')).toContain(job);
    const names = (await git(repository, 'ls-tree', '--name-only', '-z', 'main')).split('\0').filter((name) => name !== '');
    expect(names).toHaveLength(6);
    const shown = names.find((name) => name.includes('cisco_ios'))!;
    expect((await git(repository, 'show', `main:${shown}`)).trimEnd()).toBe(configOf('cisco_ios').trimEnd());
    await until(
      'the mirror has it',
      async () => (await git(mirror, 'for-each-ref')).includes('refs/heads/main') && (await commits(mirror)) === 1,
    );
    expect(await git(mirror, 'show', `main:${shown}`)).toBe(await git(repository, 'show', `main:${shown}`));
  });

  it('makes no version of lines that change by themselves, and one of a real line', async () => {
    const ids = await api.addDevices(cluster, [{ name: 'volatile', platform: 'cisco_ios' }]);
    api.texts.set('volatile', configOf('cisco_ios'));
    const { rows: first } = await collect(ids);
    api.texts.set(
      'volatile',
      configOf('cisco_ios').replace(
        /^! Last configuration change at .*$/m,
        '! Last configuration change at 23:59:59 UTC Fri Jan 2 2026 by eve',
      ),
    );
    expect(api.texts.get('volatile')).not.toBe(configOf('cisco_ios'));
    const before = await commits();
    const { rows: second } = await collect(ids);
    expect(second.get('volatile')).toMatchObject({
      status: 'success',
      changed: false,
      lines_added: 0,
      sha256: first.get('volatile')!.sha256,
    });
    expect(await commits()).toBe(before);
    api.texts.set('volatile', api.texts.get('volatile')!.replace('no service pad\n', 'no service pad\nno ip http server\n'));
    const { rows: third } = await collect(ids);
    expect(third.get('volatile')).toMatchObject({ changed: true, lines_added: 1, lines_removed: 0, changed_by: 'eve' });
    expect(await git(repository, 'log', '-1', '--format=%s', 'main')).toContain('volatile, changed by eve');
  });

  it('less than half is kept and flagged, and a version only when it comes again; failures in between do not count', async () => {
    const ids = await api.addDevices(cluster, [{ name: 'shrunk', platform: 'cisco_ios' }]);
    const whole = configOf('cisco_ios');
    const short = whole.replace(/^ permit .*\n/gm, '');
    expect(short.length).toBeLessThan(whole.length / 2);
    const step = async (text: string | null): Promise<BackupRow & { told: string | null | undefined; partial: boolean }> => {
      api.texts.set('shrunk', text);
      const { rows, devices, told } = await collect(ids);
      return {
        ...rows.get('shrunk')!,
        told: devices.get('shrunk')?.outcome,
        partial: told.status !== 'completed' || told.partial,
      };
    };
    const versions = async (): Promise<number> =>
      (await cluster.database.sql`select 1 from backups where device_id = ${ids.get('shrunk')!} and changed`).length;
    expect(await step(whole)).toMatchObject({ changed: true, told: 'ok' });
    const flagged = await step(short);
    expect(flagged).toMatchObject({ status: 'truncated', suspicious: true, changed: false, told: 'truncated', partial: true });
    expect(complaintOf(flagged)).toMatch(/suspiciously short: \d+ bytes after \d+/);
    expect((await git(repository, 'cat-file', 'blob', flagged.artifact!)).trimEnd()).toBe(short.trimEnd());
    expect((await git(repository, 'show', 'main:shrunk.cfg')).trimEnd()).toBe(whole.trimEnd());
    // The old length again is nothing new.
    expect(await step(whole)).toMatchObject({ status: 'success', changed: false, suspicious: false, told: 'ok' });
    expect(await step(short)).toMatchObject({ status: 'truncated', suspicious: true });
    expect(await step(null)).toMatchObject({ artifact: null, suspicious: false, changed: false });
    expect(await step(short)).toMatchObject({ status: 'success', suspicious: false, changed: true, told: 'ok', partial: false });
    expect(await versions()).toBe(2);
    expect((await git(repository, 'show', 'main:shrunk.cfg')).trimEnd()).toBe(short.trimEnd());
    expect(await step(short)).toMatchObject({ status: 'success', changed: false });
    expect(await step(whole)).toMatchObject({ status: 'success', changed: true, suspicious: false });
  }, 90_000);

  it('a cut-off answer is no version; noop touches no device; an unknown collector is told', async () => {
    const ids = await api.addDevices(cluster, [{ name: 'cut', platform: 'cisco_ios' }]);
    api.texts.set('cut', configOf('cisco_ios').slice(0, -30));
    const { rows, told } = await collect(ids);
    expect(rows.get('cut')).toMatchObject({ status: 'truncated', suspicious: false, artifact: null, sha256: null });
    expect(told).toMatchObject({ status: 'failed' });
    const before = api.asked();
    const { rows: noop } = await collect(ids, { collector: 'noop' });
    expect(noop.get('cut')).toMatchObject({ status: 'success', changed: true });
    const { rows: unknown, devices } = await collect(ids, { collector: 'telepathy' });
    expect(unknown.get('cut')).toMatchObject({ status: 'unsupported', artifact: null });
    expect(devices.get('cut')!.error).toMatch(/no collector "telepathy"; there are ssh, http, noop/);
    expect(api.asked()).toBe(before);
  });

  it('a store that is away is told, claims no version, and the next run is fine', async () => {
    const ids = await api.addDevices(cluster, [{ name: 'homeless', platform: 'cisco_ios' }]);
    api.texts.set('homeless', configOf('cisco_ios'));
    await rename(repository, `${repository}-away`);
    const { rows, devices, told } = await collect(ids);
    await rename(`${repository}-away`, repository);
    expect(rows.get('homeless')).toMatchObject({ status: 'error', changed: false, artifact: null, sha256: null });
    expect(devices.get('homeless')).toMatchObject({ status: 'failed', outcome: 'error' });
    expect(devices.get('homeless')!.error).toMatch(/the configuration came, but it could not be stored: /);
    expect(told).toMatchObject({ status: 'failed' });
    const { rows: again } = await collect(ids);
    expect(again.get('homeless')).toMatchObject({ status: 'success', changed: true });
    expect((await git(repository, 'show', 'main:homeless.cfg')).trimEnd()).toBe(configOf('cisco_ios').trimEnd());
    await git(repository, 'fsck', '--strict');
  });
});

describe.sequential.each(['scrub', 'encrypt'] as const)('secrets=%s', (policy) => {
  const secretOf = (platform: string, salt = ''): string => `Pl4nted${policy}${platform.replaceAll('_', '')}${salt}`;
  let folder: string;
  let url: string;
  let ids: Map<string, string>;

  beforeAll(async () => {
    folder = join(cluster.dataDir, policy);
    url = `${pathToFileURL(folder).href}?secrets=${policy}`;
    worker = await cluster.startWorker({ CAIRN_ARTIFACTS: url });
    ids = await api.addDevices(
      cluster,
      PLATFORMS.map((platform) => ({ name: `${policy} ${platform}`, platform })),
    );
    for (const platform of PLATFORMS)
      api.texts.set(`${policy} ${platform}`, PLANT[platform]!(configOf(platform), secretOf(platform)));
  });

  afterAll(() => worker.stop());

  /** Everything in the folder of the store, as one text. */
  async function everything(): Promise<string> {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))).join('\n');
  }

  it('no planted secret is in the store, whatever the platform', async () => {
    const { rows, told } = await collect(ids);
    expect(told).toMatchObject({ status: 'completed', partial: false });
    const stored = await everything();
    for (const platform of PLATFORMS) {
      expect([platform, api.texts.get(`${policy} ${platform}`)!.includes(secretOf(platform))]).toEqual([platform, true]);
      expect([platform, stored.includes(secretOf(platform))]).toEqual([platform, false]);
    }
    expect(stored).toContain(policy === 'scrub' ? '<removed>' : '<encrypted:');
    const { dataDir } = cluster;
    const log = createLogger({ level: 'fatal', name: 'test' });
    const reader = createArtifactReader({ artifacts: url, dataDir }, ensureSecretKey({ secretKey: null, dataDir }), log);
    for (const [platform, text] of PLATFORMS.map((one): [string, string] => [one, api.texts.get(`${policy} ${one}`)!])) {
      const read = await reader.text(rows.get(`${policy} ${platform}`)!.artifact!);
      // Encrypted: who may read it gets it as the device prints it. Scrubbed: gone for good.
      if (policy === 'encrypt') expect([platform, read.trimEnd()]).toEqual([platform, text.trimEnd()]);
      else expect([platform, read.includes(secretOf(platform)), read.includes('<removed>')]).toEqual([platform, false, true]);
    }
    await reader.close();
  });

  it('secrets that did not change make no version; a new one makes one where it is kept', async () => {
    const { rows } = await collect(ids);
    expect([...rows.values()].filter((row) => row.changed)).toEqual([]);
    for (const platform of PLATFORMS)
      api.texts.set(`${policy} ${platform}`, PLANT[platform]!(configOf(platform), secretOf(platform, 'New')));
    const { rows: after } = await collect(ids);
    const changed = [...after.values()].filter((row) => row.changed).map((row) => row.name);
    // FortiOS salts what it encrypts anew each time: that is no change.
    const kept = PLATFORMS.filter((platform) => platform !== 'fortinet').map((platform) => `${policy} ${platform}`);
    expect(changed.toSorted()).toEqual(policy === 'encrypt' ? kept.toSorted() : []);
  });
});
