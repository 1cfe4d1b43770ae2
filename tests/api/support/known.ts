import type { Simulator } from '../../../simulator/simulator.ts';
import type { Cluster } from '../../support/cluster.ts';

/** What can stand in the place of a parameter: things to look at and to change, and things that may be deleted. */
export interface Known {
  keep: string[];
  spare: string[];
}

/** Calls the API as its admin; the JSON of the answer. */
export type Send = <T>(method: string, path: string, body?: object) => Promise<T>;

interface Page {
  items: Record<string, string>[];
}

const SPARES = 8;
/** POST with `{n}` replaced: what can be deleted or changed. */
const NOUNS: Record<string, { path: string; body: object; id: string }> = {
  credential: { path: '/api/credentials', id: 'id', body: { name: 'known-{n}', username: 'u', password: 'p' } },
  group: { path: '/api/collection-groups', id: 'id', body: { name: 'known-{n}', queue_id: 'known{n}' } },
  device: { path: '/api/devices', id: 'id', body: { name: 'edge-{n}', host: '127.0.0.1', platform: 'cisco_ios' } },
  preset: {
    path: '/api/presets',
    id: 'id',
    body: { name: 'known-{n}', type: 'fleet.collect', params: { all: true }, priority: 5 },
  },
  schedule: {
    path: '/api/schedules',
    id: 'id',
    body: {
      name: 'known-{n}',
      type: 'fleet.collect',
      params: { all: true },
      spec: { cron: ['0 3 1 1 *'] },
      paused: true,
    },
  },
  hold: { path: '/api/holds', id: 'id', body: { kind: 'maintenance', reason: 'n {n}', starts_at: '2999-01-01T00:00:00Z' } },
  user: { path: '/api/users', id: 'id', body: { name: 'known-user-{n}', role: 'viewer' } },
  token: { path: '/api/tokens', id: 'id', body: { name: 'known-{n}', role: 'viewer' } },
  webhook: { path: '/api/webhooks', id: 'id', body: { name: 'known-{n}', url: 'http://127.0.0.1:1/', events: ['job.failed'] } },
  job: { path: '/api/jobs', id: 'job_id', body: { type: 'fleet.collect', params: { all: true } } },
  discovery: { path: '/api/jobs', id: 'job_id', body: { type: 'topology.discover', params: { all: true } } },
};

/**
 * Fills an API with one of everything that it can show: devices that were discovered and backed up twice, one that failed,
 * snapshots, dead letters, jobs that are over and jobs that wait, a few of each noun. No worker runs afterwards.
 */
export async function addKnown(cluster: Cluster, simulator: Simulator, send: Send): Promise<Record<string, Known>> {
  const worker = await cluster.startWorker();
  const [broken, changed, ...others] = simulator.devices.map((device) => device.name);
  await simulator.setFault(broken!, 'auth');
  const ids = await cluster.addDevices(simulator.devices);
  const over: string[] = [];
  for (const kind of ['discover', 'collect', 'collect', 'discover'] as const) {
    const job = await cluster[kind](ids);
    over.push(job);
    await cluster.wait(job);
    simulator.change(changed!, { kind: 'edit_config' });
  }
  await worker.stop();

  const known: Record<string, Known> = {
    over: { keep: over, spare: over },
  };
  for (const [noun, { path, id, body }] of Object.entries(NOUNS)) {
    const made: string[] = [];
    for (let n = 1; n <= SPARES + 2; n += 1) {
      const text = JSON.stringify(body).replaceAll('{n}', String(n));
      made.push((await send<Record<string, string>>('POST', path, JSON.parse(text)))[id]!);
    }
    known[noun] = { keep: made.slice(0, 2), spare: made.slice(2) };
  }
  known.discovery!.keep = [over[0]!, over[3]!];
  known.job!.keep.push(...over);
  known.device!.keep = [ids.get(broken!)!, ids.get(changed!)!, ...others.map((name) => ids.get(name)!)];

  const list = async (path: string, field: string): Promise<Known> => {
    const found = (await send<Page>('GET', path)).items.map((item) => item[field]!);
    if (found.length === 0) throw new Error(`${path} shows nothing`);
    return { keep: found, spare: found };
  };
  const [hook] = known.webhook!.keep;
  await send('POST', `/api/webhooks/${hook}/ping`);
  known.delivery = await list(`/api/webhooks/${hook}/deliveries`, 'id');
  known.letter = await list('/api/dead-letters', 'fingerprint');
  known.snapshot = await list('/api/topology/snapshots', 'id');
  known.backup = await list(`/api/devices/${ids.get(changed!)}/backups`, 'task_identifier');
  return known;
}
