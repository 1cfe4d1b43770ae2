import type { DeviceCommit } from './commit-devices.ts';
import type { Sql } from './database.ts';

/** Platforms found at the login become those of the devices, unless a person was quicker: only a row that still says `auto` changes. */
export function writeDetected(tx: Sql, commits: DeviceCommit[]): Promise<unknown>[] {
  const found = commits.flatMap(({ device_id, detected_platform }) =>
    detected_platform ? { device_id, detected_platform } : [],
  );
  if (found.length === 0) return [];
  return [
    tx`update devices d set platform = f.platform, updated_at = now()
       from unnest(${found.map((one) => one.device_id)}::uuid[], ${found.map((one) => one.detected_platform)}::text[]) as f(device_id, platform)
       where d.id = f.device_id and d.platform = 'auto'`,
  ];
}
