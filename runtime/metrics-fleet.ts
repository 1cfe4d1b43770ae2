import type { Metrics } from './metrics.ts';

/** What the fleet engine of a worker counts. Labels come from small sets: no name of a device, no id of a job. */
export interface FleetMetrics {
  /** The end of a device in a job. `platform` may be any text: what is no platform of Cairn counts as `other`. */
  device(labels: { type: string; platform: string; outcome: string }): void;
  /** One session, from its login to its end. */
  session(labels: { type: string; platform: string }, seconds: number): void;
  kind(kind: string, outcome: string): void;
  /** A row of the history of configurations, and whether it is a new version. */
  backup(status: string, isVersion: boolean): void;
  /** From the wish for a device to its lock. */
  lockWait(seconds: number): void;
  /** What a login waited for the rate of its group. */
  loginWait(seconds: number): void;
  checkpoint(devices: number, seconds: number): void;
  parse(seconds: number): void;
  /** One call of the artifact store; `error` is the code of its failure. */
  artifact(operation: string, seconds: number, error: string | null): void;
}

export interface FleetMetricsOptions {
  sessions: () => { open: number; waiting: number; limit: number };
  /** The name of a platform that Cairn has; null for any other text. */
  platformName: (text: string) => string | null;
}

/** Seconds; parsing is far faster than anything that goes over a network. */
const PARSE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32];

export function createFleetMetrics(metrics: Metrics, { sessions, platformName }: FleetMetricsOptions): FleetMetrics {
  const devices = metrics.counter('devices_total', 'Devices of jobs by what came of them', ['type', 'platform', 'outcome']);
  const durations = metrics.histogram('device_duration_seconds', 'Sessions with devices', ['type', 'platform']);
  const kinds = metrics.counter('kinds_total', 'Data kinds of devices by outcome', ['kind', 'outcome']);
  const backups = metrics.counter('backups_total', 'Configurations asked for, by status', ['status']);
  const versions = metrics.counter('versions_total', 'New versions of configurations');
  const lockWaits = metrics.histogram('lock_wait_seconds', 'Waits for the lock of a device');
  const loginWaits = metrics.histogram('login_wait_seconds', 'Waits for the login rate of a group');
  const sizes = metrics.histogram('checkpoint_devices', 'Devices committed together', [], GROUP_BUCKETS);
  const commits = metrics.histogram('checkpoint_duration_seconds', 'Commits of finished devices');
  const parses = metrics.histogram('parse_duration_seconds', 'Parsing of one output with its template', [], PARSE_BUCKETS);
  const artifacts = metrics.histogram('artifact_duration_seconds', 'Calls of the artifact store', ['operation']);
  const errors = metrics.counter('artifact_errors_total', 'Failed calls of the artifact store', ['operation', 'code']);
  for (const state of ['open', 'waiting', 'limit'] as const)
    metrics.gauge(`sessions_${state}`, SESSIONS[state], [], (gauge) => gauge.set(sessions()[state]));
  const known = (platform: string): string => platformName(platform) ?? 'other';
  return {
    device: ({ type, platform, outcome }) => devices.inc({ type, platform: known(platform), outcome }),
    session: ({ type, platform }, seconds) => durations.observe({ type, platform: known(platform) }, seconds),
    kind: (kind, outcome) => kinds.inc({ kind, outcome }),
    backup(status, isVersion) {
      backups.inc({ status });
      if (isVersion) versions.inc();
    },
    lockWait: (seconds) => lockWaits.observe(seconds),
    loginWait: (seconds) => loginWaits.observe(seconds),
    checkpoint(count, seconds) {
      sizes.observe(count);
      commits.observe(seconds);
    },
    parse: (seconds) => parses.observe(seconds),
    artifact(operation, seconds, error) {
      artifacts.observe({ operation }, seconds);
      if (error !== null) errors.inc({ operation, code: error });
    },
  };
}

const SESSIONS = {
  open: 'Sessions open with devices',
  waiting: 'Devices that wait for a session',
  limit: 'Most sessions at once (CAIRN_MAX_SESSIONS)',
};
