import type { Collected, KindResult, KindResults } from '../../core/collection.ts';
import { CONFIGURATION, type JobKind } from '../../core/facts.ts';
import type { JobParams } from '../../core/jobs.ts';
import type { StoredCredential } from '../../core/secret-reference.ts';
import { deviceVerdict, type KindOutcome, type Outcome } from '../../core/outcome.ts';
import type { BatchDevice } from '../../stores/plan-batches.ts';
import type { DeviceCommit } from '../../stores/commit-devices.ts';
import { returnDevices } from '../../stores/device-locks.ts';
import type { FleetDeps } from './deps.ts';
import type { Taken } from './lock-keeper.ts';
import { backoffMs, MAX_ATTEMPTS } from './backoff.ts';
import { commitAndCount } from './count-device.ts';
import { forgetSecrets, loginSecrets, type LoginSecrets } from './login-secrets.ts';
import { noBackup } from './keep-configuration.ts';
import { takeDevice } from './take-device.ts';

/** What a batch tells each of its devices. */
export interface BatchRun {
  job_id: string;
  params: JobParams;
  /** Who asked for the job. */
  owner: string;
  /** 0 (last) to 10 (first), as it was when the batch began. */
  priority: number;
  /** What is done with a device, and whether that takes a login. */
  work: { type: 'topology.discover' | 'topology.reparse' | 'fleet.collect'; login: boolean; collect: FleetDeps['collect'] };
  /** Aborted by cancel, by the job's deadline and at the end of a worker's grace. */
  signal: AbortSignal;
  /** False once no new device is to be started: pause, shutdown, the soft deadline. */
  mayStart(): boolean;
  /** True once a running device is to end after the kind it is in. */
  shouldStop(): boolean;
  /** With references: what they stand for is read for each login. */
  credentials: Map<string, StoredCredential>;
}

/** Runs one device from its lock to its checkpoint. What the device does is an outcome; only our own faults are thrown. */
export async function runDevice(deps: FleetDeps, run: BatchRun, device: BatchDevice): Promise<void> {
  const problem = unreachableByUs(run, device);
  if (problem !== null) return conclude(deps, run, device, 'error', problem);
  const place = await takeDevice(deps, run, device);
  if (place === null) return;
  if ('left' in place) return conclude(deps, run, device, place.left, place.why);
  const { grant, leave } = place;
  try {
    await collectAndCommit(deps, run, device, grant, leave);
  } finally {
    leave();
  }
}

/** What keeps a device from being tried at all: an error in the inventory. */
function unreachableByUs(run: BatchRun, device: BatchDevice): string | null {
  if (device.host === null) return 'the device was deleted after the job was started';
  if (!run.work.login) return null;
  if (device.credential_id === null) return 'the device has no credential: set credential_id';
  if (!run.credentials.has(device.credential_id)) return 'the credential of the device does not exist';
  const jump = device.jump;
  if (jump !== null && (jump.credential_id === null || !run.credentials.has(jump.credential_id))) {
    return `the jump host ${jump.name} has no credential`;
  }
  return null;
}

async function collectAndCommit(
  deps: FleetDeps,
  run: BatchRun,
  device: BatchDevice,
  grant: Taken,
  leave: () => void,
): Promise<void> {
  const token = grant.token!;
  const session = new AbortController();
  let lost: string | null = null;
  let jumpKey: string | null = null;
  const release = deps.locks.hold(device.device_id, token, (reason) => {
    lost = reason;
    session.abort(new Error(reason));
  });
  let collected: Collected;
  try {
    const secrets = await loginSecrets(deps, run, device);
    if ('problem' in secrets) {
      release();
      await returnDevices(deps.database, [{ ...heldOf(run, device, token), due_ms: 0, error: null }]);
      // A fault of ours and not of the device, which nobody has tried.
      if (lost === null && !run.signal.aborted) await conclude(deps, run, device, 'error', secrets.problem);
      return;
    }
    const began = performance.now();
    collected = await run.work.collect(
      callOf(deps, run, device, secrets, {
        signal: AbortSignal.any([run.signal, session.signal]),
        onJumpKey: (fingerprint) => (jumpKey = fingerprint),
        // Its place is free, while the lock stays until the result is committed.
        onClosed: leave,
      }),
    );
    const platform = collected.detected_platform ?? device.platform;
    deps.metrics.session({ type: run.work.type, platform }, (performance.now() - began) / 1000);
  } catch (error) {
    release();
    await returnDevices(deps.database, [{ ...heldOf(run, device, token), due_ms: 0, error: null }]);
    throw error;
  }
  leave();
  try {
    await settle(deps, run, device, grant, { collected, lost, jumpKey });
  } finally {
    release();
  }
}

function callOf(
  deps: FleetDeps,
  run: BatchRun,
  device: BatchDevice,
  secrets: LoginSecrets,
  { signal, onJumpKey, onClosed }: { signal: AbortSignal; onJumpKey: (fingerprint: string) => void; onClosed: () => void },
): Parameters<FleetDeps['collect']>[0] {
  const { jump } = device;
  return {
    device: { ...device, id: device.device_id, host: device.host! },
    credential: secrets.device,
    kinds: run.params.kinds.filter((kind) => device.kinds[kind] === undefined),
    collector: run.params.collector ?? null,
    lastVersion: device.last_version,
    limits: { device_ms: run.params.device_time_limit * 1000, command_ms: run.params.command_time_limit * 1000 },
    pinnedHostKey: device.host_key,
    jump:
      jump === null || secrets.jump === null
        ? null
        : {
            host: jump.host,
            port: jump.port,
            credential: secrets.jump,
            pinnedHostKey: jump.host_key,
            onHostKey: onJumpKey,
          },
    signal,
    shouldStop: () => run.shouldStop(),
    onTask: (task) => deps.watch.task(run.job_id, device.device_id, task),
    onClosed,
  };
}

const heldOf = (run: BatchRun, device: BatchDevice, token: number): { job_id: string; device_id: string; token: number } => ({
  job_id: run.job_id,
  device_id: device.device_id,
  token,
});

/** Decides what the session comes to: done, another attempt, to be continued, or nothing (cancelled, lock lost). */
async function settle(
  deps: FleetDeps,
  run: BatchRun,
  device: BatchDevice,
  grant: Taken,
  { collected, lost, jumpKey }: { collected: Collected; lost: string | null; jumpKey: string | null },
): Promise<void> {
  const held = heldOf(run, device, grant.token!);
  if (run.signal.aborted || lost !== null) {
    await returnDevices(deps.database, [{ ...held, due_ms: 0, error: lost }]);
    return;
  }
  const { failure } = collected;
  if (failure?.outcome === 'auth_failed') forgetSecrets(deps, run, device);
  if (failure?.retryable && !collected.logged_in && grant.attempts < MAX_ATTEMPTS) {
    const due = backoffMs(grant.attempts);
    await returnDevices(deps.database, [{ ...held, due_ms: due, error: `attempt ${grant.attempts}: ${failure.error}` }]);
    return;
  }
  const done: { [K in JobKind]?: KindOutcome } = { ...device.kinds, ...collected.kinds };
  const left = run.params.kinds.filter((kind) => done[kind] === undefined);
  const kinds = { ...collected.kinds };
  if (!collected.stopped || left.length === 0) {
    const rest = failed(failure?.outcome ?? 'error', failure?.error ?? 'the session ended before this was asked for');
    for (const kind of left) Object.assign(kinds, { [kind]: rest });
  }
  const all = { ...done, ...kinds };
  const open = collected.stopped && left.length > 0;
  const verdict = open ? null : deviceVerdict(all);
  await commitAndCount(deps, run, device, {
    ...held,
    name: device.name,
    kinds,
    outputs: collected.outputs,
    cache: run.params.cache_results,
    verdict,
    host_keys: hostKeys(device, collected.host_key, jumpKey),
    detected_platform: collected.detected_platform ?? null,
    backup: open ? null : backupOf(run, device, kinds, collected),
    collected_at: collected.collected_at ?? new Date(),
  });
}

/** The row of the history of the device's configuration; one that never came has a row that says why. */
function backupOf(run: BatchRun, device: BatchDevice, kinds: KindResults, collected: Collected | null): DeviceCommit['backup'] {
  const { configuration } = kinds;
  if (configuration === undefined || !run.params.kinds.includes(CONFIGURATION)) return null;
  const backup = collected?.backup ?? noBackup(device.platform, configuration);
  return { ...backup, changed_by: run.params.changed_by ?? backup.changed_by, actor: run.owner };
}

/** Keys to pin: of the device, and of the jump host that led to it, where they have none. */
function hostKeys(device: BatchDevice, own: string | null, jump: string | null): DeviceCommit['host_keys'] {
  return [
    ...(own === null || device.host_key !== null ? [] : [{ device_id: device.device_id, host_key: own }]),
    ...(jump === null || device.jump === null || device.jump.host_key !== null
      ? []
      : [{ device_id: device.jump.id, host_key: jump }]),
  ];
}

function failed(outcome: Outcome, error: string): KindResult {
  return { outcome, rows: 0, duration_ms: 0, error, records: [], commands: [] };
}

/** The last word on a device that was never reached. */
async function conclude(deps: FleetDeps, run: BatchRun, device: BatchDevice, outcome: Outcome, error: string): Promise<void> {
  const kinds = Object.fromEntries(
    run.params.kinds.filter((kind) => device.kinds[kind] === undefined).map((kind) => [kind, failed(outcome, error)]),
  ) as KindResults;
  await commitAndCount(deps, run, device, {
    job_id: run.job_id,
    device_id: device.device_id,
    name: device.name,
    token: null,
    kinds,
    outputs: [],
    cache: run.params.cache_results,
    verdict: deviceVerdict({ ...device.kinds, ...kinds }),
    host_keys: [],
    backup: backupOf(run, device, kinds, null),
    collected_at: new Date(),
  });
}
