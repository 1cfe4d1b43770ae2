import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { openFilesystemStore } from '../../../artifacts/filesystem.ts';
import { KINDS } from '../../../core/facts.ts';
import { DEFAULT_LIMITS, type JobParams } from '../../../core/jobs.ts';
import type { Role } from '../../../core/roles.ts';
import { createJob } from '../../../stores/create-job.ts';
import { loadNetwork } from '../../../stores/network.ts';
import { saveSnapshot } from '../../../stores/topology-snapshots.ts';
import { buildTopology } from '../../../topology/graph.ts';
import type { Answered, TestApi } from '../harness.ts';

/** Everything of one collection group. Whatever can be named has the group's word in it. */
export interface Side {
  word: string;
  group: string;
  device: string;
  credential: string;
  /** Of its device alone: one that is open, one that is over. */
  job: string;
  ended: string;
  hold: string;
  schedule: string;
  preset: string;
  /** Of dead letters that only its device has. */
  fingerprint: string;
  backup: string;
}

export interface World {
  a: Side;
  b: Side;
  /** A device without a group, and a job of it. */
  none: { device: string; job: string };
  /** A job of the devices of both groups. */
  mixed: string;
  /** The older one first. */
  snapshots: string[];
  /** What no answer to somebody without the first group may hold. */
  markers: string[];
  /** Admins who may see one group each; the schedule and the preset of the group are theirs. */
  ofA: Caller;
  ofB: Caller;
  as(groups: readonly string[] | null, role?: Role): Promise<Caller>;
}

/** Sends requests with one token. */
export type Caller = <T = unknown>(method: string, path: string, body?: unknown) => Promise<Answered<T>>;

/** The same error that devices of both groups have. */
export const SHARED = 'f'.repeat(16);
const PARAMS: JobParams = { ...DEFAULT_LIMITS, kinds: [...KINDS], cache_results: true, snapshot: true };

/** Two groups with a device each, of which everything is known that can be, and one device without a group. */
export async function plant(api: TestApi): Promise<World> {
  const { sql } = api.database;
  const as: World['as'] = async (groups, role = 'admin') => {
    const secret = randomBytes(16).toString('hex');
    const hash = createHash('sha256').update(secret).digest('hex');
    await sql`insert into api_tokens (id, name, role, groups, token_hash, created_by)
      values (${randomUUID()}, ${`caller ${hash.slice(0, 8)}`}, ${role}, ${groups === null ? null : [...groups]}::uuid[], ${hash}, 'test')`;
    const headers = { Authorization: `Bearer ${secret}` };
    return (method, path, body) =>
      api.send(method, `/api${path}`, {
        as: null,
        headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(body === undefined ? {} : { raw: JSON.stringify(body) }),
      });
  };
  const groups = { a: await makeGroup(api, 'zulua'), b: await makeGroup(api, 'bravob') };
  const devices = { a: await makeDevice(api, 'zulua', groups.a, 10), b: await makeDevice(api, 'bravob', groups.b, 20) };
  const lone = await must(
    api.send<{ id: string }>('POST', '/api/devices', {
      body: { name: 'zulua-lone', host: 'zulua-lone.example', platform: 'cisco_ios' },
    }),
  );
  // The neighbour that the second device names is the first one, under another name.
  await sql`insert into lldp_neighbors (device_id, position, local_interface, neighbor_name, neighbor_interface, neighbor_address, platform, capabilities, chassis_id)
    values (${devices.b.id}, 0, 'GigabitEthernet0/1', 'the-uplink', 'Gi0/1', null, null, '{}', '02:00:00:00:30:01'),
           (${devices.b.id}, 1, 'GigabitEthernet0/2', 'bravob-phone', 'Port 1', null, null, '{}', '02:00:00:00:99:01'),
           (${devices.a.id}, 0, 'GigabitEthernet0/2', 'zulua-phone', 'Port 1', null, null, '{}', '02:00:00:00:98:01')`;
  await sql`insert into interfaces (device_id, position, name, admin_status, oper_status, mac, addresses, mtu)
    values (${devices.a.id}, 1, 'GigabitEthernet0/3', 'up', 'up', '02:00:00:00:30:01', '{}', 1500)`;
  const jobOf = async (owner: string, ids: { id: string; name: string }[], status: string): Promise<string> => {
    const id = uuidv7();
    const chosen = ids.map((device) => ({ ...device, queue_id: null }));
    await createJob(api.deps.database, {
      id,
      type: 'topology.discover',
      owner,
      priority: 5,
      params: PARAMS,
      devices: chosen,
      retry_of: null,
      schedule_id: null,
    });
    if (status === 'pending') return id;
    await sql`update jobs set status = ${status}, completed_at = now(), error = ${ids.map((device) => device.name).join()} where id = ${id}`;
    await sql`update job_devices set status = 'failed', outcome = 'timeout', error = name || ' is silent' where job_id = ${id}`;
    await sql`insert into job_log (job_id, device_id, event, level, message, data)
      select ${id}, device_id, 'device', 'warn', name || ' is silent', '{"status":"failed"}' from job_devices where job_id = ${id}`;
    return id;
  };
  const mixed = await jobOf('somebody', [devices.a, devices.b], 'failed');
  const none = { device: lone.id, job: await jobOf('somebody', [{ id: lone.id, name: 'zulua-lone' }], 'failed') };
  const [ofA, ofB] = [await as([groups.a.id]), await as([groups.b.id])];
  const sides = { a: await plantSide('a'), b: await plantSide('b') };
  const snapshots: string[] = [];
  for (const job of [mixed, sides.a.ended]) {
    snapshots.push(await saveSnapshot(api.deps.database, job, buildTopology({ devices: await loadNetwork(api.deps.database) })));
    await sql`update interfaces set description = description || ' again'`;
  }
  await must(
    api.send('POST', '/api/webhooks', { body: { name: 'zulua-hook', url: 'http://zulua.example/', events: ['job.failed'] } }),
  );
  // What holds the second device is a job of the first.
  await sql`insert into device_locks (device_id, holder, job_id, expires_at)
    values (${devices.b.id}, ${`job ${sides.a.job} on zulua-worker:1`}, ${sides.a.job}, now() + interval '1 hour')`;
  const ids = Object.entries(sides.a).flatMap(([key, value]) => (key === 'word' ? [] : [value]));
  return {
    ...sides,
    none,
    mixed,
    snapshots,
    ofA,
    ofB,
    as,
    markers: ['zulua', '02:00:00:00:10', '10.10.0.', '02:00:00:00:98', ...ids, ...Object.values(none)],
  };

  async function plantSide(side: 'a' | 'b'): Promise<Side> {
    const [group, device] = [groups[side], devices[side]];
    const { word } = group;
    const owner = side === 'a' ? ofA : ofB;
    const body = { name: `${word}-plan`, type: 'fleet.collect', params: { tag: `${word}-tag` } };
    const schedule = await must(owner<{ id: string }>('POST', '/schedules', { ...body, spec: { cron: '0 3 1 1 *' } }));
    const preset = await must(owner<{ id: string }>('POST', '/presets', body));
    const hold = await must(
      owner<{ id: string }>('POST', `/collection-groups/${group.name}/pause`, { reason: `${word} is moved` }),
    );
    const [job, ended] = [await jobOf('somebody', [device], 'pending'), await jobOf('somebody', [device], 'failed')];
    const fingerprint = createHash('sha256').update(word).digest('hex').slice(0, 16);
    await sql`insert into dead_letters (fingerprint, job_id, job_type, device_id, device_name, outcome, error, normalised)
      select f, ${ended}, 'topology.discover', ${device.id}, ${device.name}, 'timeout', ${`${word} is silent`}, 'is silent'
      from unnest(${[fingerprint, SHARED]}::text[]) f`;
    const backup = await plantFacts(api, device, ended);
    return {
      word,
      group: group.id,
      device: device.id,
      credential: device.credential,
      job,
      ended,
      hold: hold.id,
      schedule: schedule.id,
      preset: preset.id,
      fingerprint,
      backup,
    };
  }
}

async function must<T>(sent: Promise<Answered<T>>): Promise<T> {
  const answer = await sent;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
}

async function makeGroup(api: TestApi, word: string) {
  const name = `${word}-group`;
  const { id } = await must(
    api.send<{ id: string }>('POST', '/api/collection-groups', { body: { name, queue_id: `${word}-q` } }),
  );
  return { word, id, name };
}

async function makeDevice(api: TestApi, word: string, group: { id: string }, net: number) {
  const { id: credential } = await must(
    api.send<{ id: string }>('POST', '/api/credentials', {
      body: { name: `${word}-login`, username: `${word}-user`, password: 'x' },
    }),
  );
  const name = `${word}-sw1`;
  const body = {
    name,
    host: `${word}-host.example`,
    platform: 'cisco_ios',
    site: `${word}-site`,
    tags: [`${word}-tag`],
    credential_id: credential,
    collection_group_id: group.id,
  };
  const { id } = await must(api.send<{ id: string }>('POST', '/api/devices', { body }));
  const { sql } = api.database;
  const mac = `02:00:00:00:${net}:01`;
  await sql`insert into interfaces (device_id, position, name, description, admin_status, oper_status, mac, addresses, mtu, speed, vrf)
    values (${id}, 0, 'GigabitEthernet0/1', ${`${word} uplink`}, 'up', 'up', ${mac}, ${[`10.${net}.0.1/24`]}, 1500, null, null)`;
  return { id, name, word, credential, net, mac };
}

/** Facts, raw outputs, health and two versions of the configuration; returns the name of the newer one. */
async function plantFacts(api: TestApi, device: Awaited<ReturnType<typeof makeDevice>>, job: string): Promise<string> {
  const { sql } = api.database;
  const { id, word, net, mac } = device;
  await sql`insert into mac_entries (device_id, position, mac, vlan, interface, type) values (${id}, 0, ${`02:00:00:00:${net}:77`}, 7, ${`${word}-port`}, 'dynamic')`;
  await sql`insert into arp_entries (device_id, position, address, mac, interface) values (${id}, 0, ${`10.${net}.0.9`}, ${mac}, ${`${word}-vlan`})`;
  await sql`insert into static_routes (device_id, position, network, next_hop, interface, selected, blackhole)
    values (${id}, 0, '192.0.2.0/24', ${`10.${net}.0.254`}, ${`${word}-vlan`}, true, false)`;
  await sql`insert into device_kinds (device_id, kind, outcome, attempted_at, job_id, collected_at, commands)
    select ${id}, k, 'ok', now(), ${job}, now(), array['show ' || k] from unnest(${[...KINDS]}::text[]) k`;
  await sql`insert into command_outputs (device_id, command, output, job_id, collected_at)
    select ${id}, 'show ' || k, ${`${word} raw`}, ${job}, now() from unnest(${[...KINDS]}::text[]) k`;
  await sql`insert into device_health (device_id, failures, last_outcome, last_error, open_until, open_seconds) values (${id}, 5, 'timeout', ${`${word} is silent`}, now() + interval '1 hour', 60)`;
  const store = await openFilesystemStore({ path: api.artifactsDir });
  for (const version of [1, 2]) {
    const text = `hostname ${word}-sw1\nbanner common words ${word} ${version}\nend\n`;
    const address = await store.put(Buffer.from(text));
    await sql`insert into backups (task_id, task_identifier, device_id, job_id, actor, platform, status, timestamp, log, artifact, sha256, content_sha256, bytes, changed)
      values (${randomUUID()}, ${`${word}-${version}`}, ${id}, ${version === 1 ? randomUUID() : job}, ${word}, 'cisco_ios', 'success', now(), '[]', ${address}, ${word}, ${word}, ${text.length}, true)`;
  }
  await store.close();
  return `${word}-2`;
}
