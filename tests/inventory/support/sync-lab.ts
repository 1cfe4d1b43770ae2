import { afterAll, beforeAll, beforeEach } from 'vitest';
import { collectionGroups } from '../../../contracts/http/collection-groups.ts';
import { credentials } from '../../../contracts/http/credentials.ts';
import { jobs } from '../../../contracts/http/jobs.ts';
import type { Job } from '../../../contracts/job.ts';
import type { InventoryRequest } from '../../../core/inventory.ts';
import { startCluster, type ApiProcess, type Cluster } from '../../support/cluster.ts';
import { netboxDevice, netboxList } from './netbox-data.ts';
import { startSourceServer, type Answer, type Asked, type SourceServer } from './source-server.ts';

/** What the NetBox of the tests knows us by. */
export const TOKEN = 'token-that-nobody-may-see-4711';

export type Told = Omit<InventoryRequest, 'source'> & { job_time_limit?: number };

export interface SyncLab {
  cluster: Cluster;
  api: ApiProcess;
  box: SourceServer;
  /** What the NetBox has: three devices before each test. */
  list: Record<string, unknown>[];
  /** How it answers: with the list, unless a test says otherwise. */
  answer: (asked: Asked) => Answer | Promise<Answer>;
}

/** A cluster without devices and a NetBox, for the tests of a file. */
export function useSyncLab() {
  const lab = {} as SyncLab;

  beforeAll(async () => {
    lab.cluster = await startCluster();
    [lab.api] = await Promise.all([lab.cluster.startApi(), lab.cluster.startWorker()]);
    lab.box = await startSourceServer((asked) => lab.answer(asked));
    const { client } = lab.api;
    await client.call(credentials.createCredential, { body: { name: 'netbox', token: TOKEN } });
    await client.call(credentials.createCredential, { body: { name: 'lab', username: 'u', password: 'p' } });
    await client.call(collectionGroups.createCollectionGroup, { body: { name: 'berlin', queue_id: 'berlin' } });
  });

  afterAll(async () => {
    await lab.cluster?.stop();
    await lab.box?.stop();
  });

  beforeEach(async () => {
    await lab.cluster.database.sql`delete from devices`;
    lab.list = [netboxDevice(1), netboxDevice(2), netboxDevice(3)];
    lab.answer = (asked) => netboxList(lab.list, asked);
  });

  const source = () => ({ type: 'netbox' as const, name: 'box', url: lab.box.url, credential: 'netbox' });

  async function start(told: Told = {}): Promise<string> {
    const body = { type: 'inventory.sync' as const, params: { source: source(), ...told } };
    return (await lab.api.client.call(jobs.createJob, { body })).body.job_id;
  }

  async function ended(id: string): Promise<Job> {
    await lab.cluster.wait(id);
    return (await lab.api.client.call(jobs.getJob, { params: { id } })).body;
  }

  return { lab, source, start, ended, sync: async (told: Told = {}): Promise<Job> => ended(await start(told)) };
}
