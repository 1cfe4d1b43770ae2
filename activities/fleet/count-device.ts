import type { BatchDevice } from '../../stores/plan-batches.ts';
import type { DeviceCommit } from '../../stores/commit-devices.ts';
import type { FleetDeps } from './deps.ts';
import type { BatchRun } from './run-device.ts';

/** Commits a device and, where its result was ours to tell, counts what came of it. */
export async function commitAndCount(deps: FleetDeps, run: BatchRun, device: BatchDevice, commit: DeviceCommit): Promise<void> {
  const written = await deps.checkpoint.commit(commit);
  if (!written) return;
  const { metrics } = deps;
  for (const [kind, result] of Object.entries(commit.kinds)) metrics.kind(kind, result.outcome);
  if (commit.backup) metrics.backup(commit.backup.status, isVersion(device, commit.backup));
  const { verdict } = commit;
  const platform = commit.detected_platform ?? device.platform;
  if (verdict === null) return;
  const { outcome } = verdict;
  metrics.device({ type: run.work.type, platform, outcome });
  deps.log.debug({ job_id: run.job_id, device_id: device.device_id, device: device.name, outcome }, 'device done');
}

function isVersion({ last_version }: BatchDevice, { status, version }: NonNullable<DeviceCommit['backup']>): boolean {
  return status === 'success' && version !== null && version.content_sha256 !== last_version?.content_sha256;
}
