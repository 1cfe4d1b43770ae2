import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { publishAll } from '../../activities/cleanup/publish.ts';
import { sweepArtifacts, type Swept } from '../../activities/cleanup/sweep.ts';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { CleanupRequest } from '../../core/cleanup.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { addBackup, addDevice, cleanupDeps, daysAgo, startRun } from '../support/cleanup.ts';
import { createTestDatabase } from '../support/database.ts';

let drop: () => Promise<void>;
let database: Database;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  database = openDatabase(test.url, { max: 8 });
});
afterAll(async () => {
  await database.close();
  await drop();
});

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe.each(['file', 'git+file'])('the sweep of a %s store', (scheme) => {
  let folder: string;
  let store: ArtifactStore;
  let device: string;

  beforeEach(async () => {
    await database.sql`truncate devices, device_locks cascade`;
    folder = await mkdtemp(join(tmpdir(), 'cairn-sweep-'));
    const { href } = pathToFileURL(join(folder, scheme === 'file' ? 'texts' : 'texts.git'));
    store = (await openArtifactStore(href.replace('file:', `${scheme}:`), { dataDir: folder })).store;
    device = await addDevice(database, 'sw1');
    await version('kept');
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const put = (text: string): Promise<string> => store.put(Buffer.from(`${text}\n`));
  const has = (address: string): Promise<boolean> =>
    store.get(address).then(
      () => true,
      () => false,
    );
  async function version(text: string): Promise<string> {
    const artifact = await put(text);
    await addBackup(database, device, { at: new Date(), changed: true, artifact, published: false });
    return artifact;
  }
  async function sweep(graceMs: number, request: CleanupRequest = {}): Promise<Swept> {
    // What was put before is older than now, by the clock of the file system too.
    await settle();
    return sweepArtifacts(cleanupDeps(database, store), await startRun(database, request), graceMs);
  }
  const publish = async (request: CleanupRequest = {}) =>
    publishAll(cleanupDeps(database, store), await startRun(database, request));

  it('a text whose row was never written goes after the grace, and not before', async () => {
    const orphan = await put('the worker died before the row');
    expect(await sweep(3_600_000)).toMatchObject({ listed: 2, removed: 0 });
    expect(await has(orphan)).toBe(true);
    expect(await sweep(0, { dry_run: true })).toMatchObject({ removed: 1 });
    expect(await has(orphan)).toBe(true);
    expect(await sweep(0)).toMatchObject({ removed: 1, kept: 0, missing: { texts: 0 } });
    expect(await has(orphan)).toBe(false);
    expect(await sweep(0)).toMatchObject({ listed: 1, removed: 0 });
  });

  it('a text whose collection is under way stays, however short the grace', async () => {
    await database.sql`insert into device_locks (device_id, holder, job_id, expires_at) values (${device}, 'w', ${uuidv7()}, now())`;
    await settle();
    const coming = await put('stored under the lock');
    expect(await sweep(0)).toMatchObject({ removed: 0 });
    expect(await has(coming)).toBe(true);
    await database.sql`truncate device_locks`;
    expect(await sweep(0)).toMatchObject({ removed: 1 });
  });

  it('a text that is stored again while the sweep runs survives', async () => {
    for (let round = 0; round < 3; round++) {
      const addresses = await Promise.all(Array.from({ length: 20 }, (_, n) => put(`round ${round}, text ${n}`)));
      await settle();
      const again = (async () => {
        for (let n = 0; n < 20; n++) {
          await database.sql`insert into device_locks (device_id, holder, job_id, expires_at) values (${device}, 'w', ${uuidv7()}, now() + interval '1 minute')
            on conflict (device_id) do update set acquired_at = now()`;
          const artifact = await put(`round ${round}, text ${n}`);
          expect(artifact).toBe(addresses[n]);
          await addBackup(database, device, { at: new Date(), artifact });
          await database.sql`truncate device_locks`;
        }
      })();
      const [swept] = await Promise.all([sweep(0), again]);
      for (const address of addresses) expect([round, await has(address)]).toEqual([round, true]);
      expect(swept.listed).toBeGreaterThan(0);
    }
    expect(await sweep(0)).toMatchObject({ removed: 0, missing: { texts: 0 } });
  });

  it('a text that two rows refer to stays until both are gone', async () => {
    const other = await addDevice(database, 'sw2');
    const shared = await version('the same on both');
    await addBackup(database, other, { at: new Date(), changed: true, artifact: shared });
    await database.sql`delete from devices where id = ${other}`;
    expect(await sweep(0)).toMatchObject({ removed: 0 });
    expect(await has(shared)).toBe(true);
  });

  it('rows whose text is gone are counted and stay', async () => {
    const lost = await put('lost');
    await settle();
    expect(await store.remove([lost], new Date())).toEqual([lost]);
    for (let n = 0; n < 3; n++) await addBackup(database, device, { at: daysAgo(1), artifact: lost });
    const { missing } = await sweep(0);
    expect(missing).toMatchObject({ texts: 1, rows: 3, some: [{ artifact: lost, rows: 3, device_name: 'sw1' }] });
    const rows = await database.sql`select 1 from backups where artifact = ${lost}`;
    expect(rows).toHaveLength(3);
  });

  it('nothing goes where no row refers to any text', async () => {
    await database.sql`truncate devices cascade`;
    expect(await sweep(0)).toMatchObject({ foreign: true, listed: 1, removed: 0 });
    expect(await publish()).toEqual({ shown: 0, hidden: 0 });
  });

  it('what is shown follows the rows: new versions, renamed devices, deleted ones, and what the store has lost', async () => {
    const other = await addDevice(database, 'sw2');
    const second = await put('second');
    await addBackup(database, other, { at: new Date(), changed: true, artifact: second, published: false });
    expect(await publish({ dry_run: true })).toEqual({ shown: 2, hidden: 0 });
    expect(await store.published()).toEqual(new Map());
    expect(await publish()).toEqual({ shown: 2, hidden: 0 });
    expect([...(await store.published()).keys()].sort()).toEqual(['sw1.cfg', 'sw2.cfg']);
    expect(await publish()).toEqual({ shown: 0, hidden: 0 });
    await database.sql`update devices set name = 'new-name' where id = ${other}`;
    expect(await publish({ dry_run: true })).toEqual({ shown: 1, hidden: 1 });
    expect(await publish()).toEqual({ shown: 1, hidden: 1 });
    expect((await store.published()).get('new-name.cfg')).toBe(second);
    // Of a device that goes before it is shown nothing is left to be shown.
    await addBackup(database, other, { at: new Date(), changed: true, artifact: second, published: false });
    await database.sql`delete from devices where id = ${other}`;
    expect(await publish({ dry_run: true })).toEqual({ shown: 0, hidden: 1 });
    expect(await database.sql`select 1 from unpublished_versions`).toHaveLength(1);
    expect(await publish()).toEqual({ shown: 0, hidden: 1 });
    expect(await database.sql`select 1 from unpublished_versions`).toHaveLength(0);
    expect([...(await store.published()).keys()]).toEqual(['sw1.cfg']);
    // A text that the history of a Git repository shows cannot go; any other store lets it go now.
    expect(await sweep(0)).toMatchObject(scheme === 'file' ? { removed: 1, kept: 0 } : { removed: 0, kept: 1 });
    await store.publish({ message: 'by hand', actor: 'x', files: [], removed: ['sw1.cfg'] });
    expect(await publish()).toEqual({ shown: 1, hidden: 0 });
    await addBackup(database, device, {
      at: new Date(),
      changed: true,
      artifact: scheme === 'file' ? 'f'.repeat(64) : 'f'.repeat(40),
    });
    expect(await publish()).toEqual({ shown: 0, hidden: 0 });
    expect((await sweep(0)).missing).toMatchObject({ texts: 1, rows: 1 });
  });
});
