import type { Client } from '../../api/client.ts';
import { credentials } from '../../contracts/http/credentials.ts';
import { deviceImport } from '../../contracts/http/device-import.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { topology } from '../../contracts/http/topology.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { follow } from './follow.ts';
import { linkTable, outcomeTable } from './render.ts';

type Say = (text: string) => void;

/** Everything the demo does with Cairn, through the public API alone: credentials, import, discovery, outcomes, topology. */
export async function discoverNetwork(options: {
  client: Client;
  simulator: Simulator;
  say: Say;
  /** Draws over the line before. */
  redraw: Say;
}): Promise<void> {
  const { client, simulator, say, redraw } = options;
  const { body: credential } = await client.call(credentials.createCredential, {
    body: { name: 'demo', username: simulator.devices[0]!.username, ...secretsOf(simulator) },
  });
  const platforms = new Map(simulator.devices.map((device) => [device.name, device.platform]));
  const { body: imported } = await client.call(deviceImport.importDevices, {
    body: {
      devices: simulator.devices.map(({ name, host, port, platform }) => ({
        name,
        host,
        port,
        platform,
        transport: 'ssh',
        credential_id: credential.id,
        site: name.split('-')[0]!,
      })),
    },
  });
  say(`POST /api/devices/import: ${imported.created} devices created, ${imported.failed.length} refused`);
  const { body: started } = await client.call(discovery.discoverAsync, {
    body: { device_ids: simulator.devices.map((device) => device.name) },
  });
  say(`POST /api/topology/discover-async: job ${started.job_id}`);
  const job = await follow(client, started.job_id, redraw);
  const seconds = (Date.parse(job.completed_at ?? '') - Date.parse(job.started_at ?? job.created_at)) / 1000;
  say(
    `The job is ${job.status}${job.partial ? ' (partial: something asked for is missing)' : ''} after ${seconds.toFixed(1)} s: ${job.message ?? ''}`,
  );
  const { body: devices } = await client.call(jobs.listJobDevices, { params: { id: job.job_id }, query: { limit: 100 } });
  say(`\nRecords of each kind, or what happened instead:\n${outcomeTable(devices.items, platforms)}`);
  for (const device of devices.items)
    if (device.status === 'failed')
      say(`  ${device.device_name} failed after ${device.attempts} attempts: ${device.error ?? ''}`);
  const { body: graph } = await client.call(topology.getTopology, {});
  say(`\nTopology: ${graph.nodes.length} nodes, ${graph.links.length} links\n${linkTable(graph)}`);
  if (job.temporal.url !== null) say(`\nThis run in the Temporal Web UI: ${job.temporal.url}`);
}

function secretsOf(simulator: Simulator): { password: string; enable_password?: string } {
  const enable = simulator.devices.find((device) => device.enable_password !== null)?.enable_password;
  return { password: simulator.devices[0]!.password, ...(enable ? { enable_password: enable } : {}) };
}
