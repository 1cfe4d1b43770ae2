import { randomUUID } from 'node:crypto';
import type { Side, World } from './scope-world.ts';

type Noun = 'device' | 'group' | 'credential' | 'job' | 'schedule' | 'preset' | 'hold' | 'fingerprint';

/** What an endpoint does for a caller who may see some of the devices only. */
export type ScopeClass =
  /** Its path names a thing: a foreign one is answered as one that is not there. `works`: what the owner gets for his own. */
  | { names: Noun; of?: 'ended'; body?: object; query?: string; works?: number; rest?: (side: Side) => Record<string, string> }
  /** Its body names things: foreign ones are answered as ones that are not there. */
  | { tells: ((side: Side) => object)[] }
  /** It answers many things: none that is foreign. `own` is a text that the caller finds of his own. */
  | { lists: (world: World) => string[]; own: RegExp | null }
  /** It is about Cairn as a whole: 403. The field `allDevices` of its contract says so. */
  | 'whole'
  /** Nothing of a device, a job or a schedule is in it, or it needs no token. */
  | 'open'
  /** The caller himself and his tokens. */
  | 'self';

const device = { names: 'device' } as const;
const cached = { names: 'device', query: '?cached=true', works: 200 } as const;
const job = { names: 'job' } as const;
const schedule = { names: 'schedule' } as const;
const preset = { names: 'preset' } as const;
const version = ({ backup }: Side) => ({ task_identifier: backup, other: backup });
const lists = (...paths: string[]): ScopeClass => ({ lists: () => paths, own: /bravob/ });
const reading = <C extends object>(base: C) => ({ ...base, works: 200 });

/** Parameters of a job in each way that devices can be chosen. */
const CHOSEN = [
  (side: Side) => ({ device_ids: [side.device] }),
  (side: Side) => ({ device_ids: [`${side.word}-sw1`] }),
  (side: Side) => ({ group: side.group }),
  (side: Side) => ({ group: `${side.word}-group` }),
  (side: Side) => ({ tag: `${side.word}-tag` }),
  (side: Side) => ({ site: `${side.word}-site` }),
];
const started = (type: object): ScopeClass => ({
  tells: CHOSEN.map((params) => (side: Side) => ({ ...type, params: params(side) })),
});
const discovered: ScopeClass = { tells: CHOSEN };
const NEW = { host: '127.0.0.1', platform: 'cisco_ios' };

/** Every endpoint, by its name. One that is not here fails the test: whoever adds one says what it tells whom. */
export const SCOPES: Record<string, ScopeClass> = {
  discoverAsync: discovered,
  discoverSync: discovered,
  discover: discovered,
  discoverProgress: reading(job),
  discoverResult: reading(job),
  discoverCancel: { ...job, of: 'ended', works: 409 },
  createJob: {
    tells: [
      ...CHOSEN.map((params) => (side: Side) => ({ type: 'fleet.collect', params: params(side) })),
      (side) => ({ type: 'device.collect', params: { device_id: side.device } }),
      (side) => ({ type: 'fleet.collect', preset: side.preset }),
      (side) => ({ type: 'fleet.collect', preset: `${side.word}-plan` }),
    ],
  },
  launchTask: started({ task_type: 'topology.discover' }),
  listJobs: lists('/jobs', '/jobs?group=zulua-group', '/jobs?device_id=zulua-sw1', '/jobs?owner=somebody'),
  getJob: reading(job),
  getJobStatus: reading(job),
  listJobDevices: reading(job),
  listJobLog: reading(job),
  // The stream of a job that is over ends.
  streamJobEvents: { ...job, of: 'ended', works: 200 },
  updateJob: { ...job, body: { priority: 1 } },
  retryJob: { ...job, of: 'ended', body: { dry_run: true }, works: 200 },
  pauseJob: job,
  resumeJob: job,
  cancelJob: job,
  getTask: reading(job),
  revokeTask: { ...job, of: 'ended', works: 409 },
  retryTask: { ...job, of: 'ended', body: { dry_run: true }, works: 200 },
  bulkJobs: { tells: [(side) => ({ action: 'cancel', job_ids: [side.job], dry_run: true })] },
  bulkDevices: {
    tells: [
      (side) => ({ action: 'disable', device_ids: [side.device], dry_run: true }),
      (side) => ({ action: 'set_group', collection_group: `${side.word}-group`, all: true, dry_run: true }),
      (side) => ({ action: 'set_credential', credential: `${side.word}-login`, all: true, dry_run: true }),
      (side) => ({ action: 'add_tag', tag: 'x', filter: { q: side.word }, dry_run: true }),
    ],
  },
  listBulkItems: reading(job),
  cancelCollectionGroup: { names: 'group' },
  cancelSystem: 'whole',
  getTopology: lists('/topology'),
  listSnapshots: { lists: () => ['/topology/snapshots'], own: /"nodes":null,"links":null/ },
  getSnapshot: { lists: ({ snapshots }) => snapshots.map((id) => `/topology/snapshots/${id}`), own: /bravob-sw1/ },
  diffTopology: { lists: () => ['/topology/diff'], own: /"unchanged":true/ },
  findTopologyPath: lists('/topology/path?from=bravob-sw1&to=the-uplink'),
  topologyStatistics: lists('/topology/statistics'),
  exportTopology: lists(...['graphml', 'dot', 'mermaid', 'json'].map((format) => `/topology/export?format=${format}`)),
  importDevices: {
    tells: [
      (side) => ({ devices: [{ ...NEW, name: 'imp', collection_group: `${side.word}-group` }] }),
      (side) => ({ devices: [{ ...NEW, name: 'imp', collection_group_id: side.group }] }),
      (side) => ({ devices: [{ ...NEW, name: 'imp', collection_group: 'bravob-group', credential: `${side.word}-login` }] }),
      (side) => ({ devices: [{ ...NEW, name: 'imp', collection_group: 'bravob-group', jump_device_id: side.device }] }),
    ],
  },
  listDevices: lists(
    '/devices',
    '/devices?q=zulua',
    '/devices?group=zulua-group',
    '/devices?tag=zulua-tag',
    '/devices?site=zulua-site',
  ),
  createDevice: {
    tells: [
      (side) => ({ ...NEW, name: 'made', collection_group_id: side.group }),
      (side) => ({ ...NEW, name: 'made', collection_group_id: '$own', jump_device_id: side.device }),
      (side) => ({ ...NEW, name: 'made', collection_group_id: '$own', credential_id: side.credential }),
    ],
  },
  getDevice: reading(device),
  replaceDevice: { ...device, body: { ...NEW, name: 'replaced' } },
  updateDevice: { ...device, body: { site: 'x' } },
  deleteDevice: device,
  static_routes: cached,
  ospf_routes: cached,
  bgp_routes: cached,
  mac_table: cached,
  arp: cached,
  interfaces: cached,
  cdp_neighbors: cached,
  lldp_neighbors: cached,
  getDeviceHealth: reading(device),
  resetDeviceCircuit: { ...device, works: 200 },
  collectDevice: { ...device, body: {} },
  listBackups: reading(device),
  getBackup: { ...reading(device), rest: version },
  diffBackups: { ...reading(device), rest: version },
  runningConfig: cached,
  listChanges: lists('/backups/changes', '/backups/changes?group=bravob-group'),
  listCredentials: lists('/credentials'),
  getCredential: { names: 'credential', works: 200 },
  createCredential: 'whole',
  replaceCredential: 'whole',
  updateCredential: 'whole',
  deleteCredential: 'whole',
  listCollectionGroups: lists('/collection-groups'),
  getCollectionGroup: { names: 'group', works: 200 },
  createCollectionGroup: 'whole',
  replaceCollectionGroup: { names: 'group', body: { name: 'renamed', queue_id: 'renamed' } },
  updateCollectionGroup: { names: 'group', body: { max_sessions: 3 } },
  deleteCollectionGroup: 'whole',
  search: lists(
    ...[
      'common words',
      'zulua',
      '02:00:00:00:10:01',
      '02:00:00:00:10:77',
      '10.10.0.1',
      '10.10.0.9',
      '10.10.0.0/16',
      'is silent',
    ].map((q) => `/search?q=${encodeURIComponent(q)}`),
    '/search?q=192.0.2.0%2F24',
    '/search?q=uplink',
  ),
  listPresets: lists('/presets'),
  createPreset: 'open',
  getPreset: reading(preset),
  replacePreset: { ...preset, body: { name: 'p2', type: 'fleet.collect', params: {} } },
  updatePreset: { ...preset, body: { priority: 1 } },
  deletePreset: preset,
  listTaskTypes: 'open',
  readStats: lists('/stats'),
  listHolds: lists('/holds', '/holds?all=true'),
  createHold: { tells: [(side) => ({ kind: 'pause', group: `${side.word}-group`, reason: 'x' })] },
  deleteHold: { names: 'hold' },
  pauseCollectionGroup: { names: 'group', body: {} },
  resumeCollectionGroup: { names: 'group' },
  pauseSystem: 'whole',
  resumeSystem: 'whole',
  listDeadLetters: lists('/dead-letters'),
  listDeadLettersOfGroup: { names: 'fingerprint', works: 200 },
  replayDeadLetters: { tells: [(side) => ({ fingerprint: side.fingerprint })] },
  resolveDeadLetters: { names: 'fingerprint' },
  ignoreDeadLetters: 'whole',
  reopenDeadLetters: 'whole',
  getMe: 'self',
  listMyTokens: 'self',
  createMyToken: 'self',
  deleteMyToken: 'self',
  listUsers: 'whole',
  createUser: 'whole',
  getUser: 'whole',
  updateUser: 'whole',
  deleteUser: 'whole',
  listTokens: 'whole',
  createToken: 'whole',
  getToken: 'whole',
  updateToken: 'whole',
  deleteToken: 'whole',
  listAudit: 'whole',
  listWebhooks: 'whole',
  createWebhook: 'whole',
  getWebhook: 'whole',
  replaceWebhook: 'whole',
  updateWebhook: 'whole',
  deleteWebhook: 'whole',
  pingWebhook: 'whole',
  listDeliveries: 'whole',
  redeliver: 'whole',
  listSchedules: lists('/schedules'),
  createSchedule: {
    tells: CHOSEN.map((params) => (side: Side) => ({
      name: 's',
      type: 'fleet.collect',
      params: params(side),
      spec: { cron: '0 3 1 1 *' },
    })),
  },
  getSchedule: reading(schedule),
  updateSchedule: { ...schedule, body: { priority: 1 } },
  deleteSchedule: schedule,
  pauseSchedule: schedule,
  unpauseSchedule: schedule,
  triggerSchedule: schedule,
  backfillSchedule: { ...schedule, body: { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' } },
  previewSchedule: 'open',
  decodePayloads: 'whole',
  encodePayloads: 'whole',
  healthz: 'open',
  readyz: 'open',
  metrics: 'open',
  openapi: 'open',
};

/** The ways to name a thing: by id, and by name where it has one. */
export function references(side: Side, noun: Noun, of?: 'ended'): string[] {
  const id = side[of ?? noun];
  const names: Partial<Record<Noun, string>> = {
    device: `${side.word}-sw1`,
    group: `${side.word}-group`,
    credential: `${side.word}-login`,
    schedule: `${side.word}-plan`,
    preset: `${side.word}-plan`,
  };
  const name = names[noun];
  return name === undefined ? [id] : [id, name];
}

/** A side that is not there: each of its ids is new, its word is nobody's. */
export function nobody(like: Side): Side {
  const word = 'noxone';
  const fresh = Object.keys(like).map((key) => [key, key === 'fingerprint' ? '0'.repeat(16) : randomUUID()]);
  return { ...like, ...Object.fromEntries(fresh), word, backup: `${word}-2` };
}
