import type { Client } from '../../api/client.ts';
import { backups } from '../../contracts/http/backups.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { follow } from './follow.ts';
import { table } from './render.ts';

type Say = (text: string) => void;

/** Backs up the configurations, changes one device behind Cairn's back, and shows what the next collection makes of it. */
export async function backUpNetwork(options: { client: Client; simulator: Simulator; say: Say; redraw: Say }): Promise<void> {
  const { client, simulator, say, redraw } = options;
  const { body: started } = await client.call(jobs.createJob, { body: { type: 'fleet.collect', params: { all: true } } });
  say(`\nPOST /api/jobs {"type":"fleet.collect"}: job ${started.job_id}`);
  const job = await follow(client, started.job_id, redraw);
  say(`The backup is ${job.status}${job.partial ? ' (partial)' : ''}: ${job.message ?? ''}`);
  const rows: string[][] = [];
  for (const device of simulator.devices) {
    const { body: history } = await client.call(backups.listBackups, { params: { id: device.name }, query: { limit: 1 } });
    const [newest] = history.items;
    const sum = newest?.sha256?.slice(0, 12) ?? '';
    rows.push([device.name, newest?.status ?? 'none', newest?.bytes == null ? '' : String(newest.bytes), sum]);
  }
  say(table([['configuration', 'status', 'bytes', 'sha256'], ...rows]));
  const edited = simulator.devices[0]!.name;
  simulator.change(edited, { kind: 'edit_config' });
  const { body: again } = await client.call(backups.collectDevice, { params: { id: edited }, body: {} });
  await follow(client, again.job_id, redraw);
  const query = { limit: 2, changed: 'true' };
  const { body: versions } = await client.call(backups.listBackups, { params: { id: edited }, query });
  const [to, from] = versions.items;
  if (from === undefined || to === undefined) throw new Error(`${edited} was changed, and no second version came`);
  const difference = await client.call(backups.diffBackups, {
    params: { id: edited, task_identifier: from.task_identifier, other: to.task_identifier },
    query: { context: 1 },
  });
  say(`\nSomebody changed ${edited}. POST /api/devices/${edited}/collect, then the difference of its two versions:`);
  say(difference.body.trimEnd().replaceAll(/^/gm, '  '));
}
