import type { ArtifactStore } from '../../artifacts/store.ts';
import { AppError } from '../../core/errors.ts';
import { configurationName } from '../../core/file-names.ts';
import { countUnpublished, forgetRemoved, showAgain } from '../../stores/cleanup/shown-names.ts';
import { newestVersions } from '../../stores/versions.ts';
import type { CleanupCounts } from '../../core/cleanup.ts';
import type { CleanupDeps, StepRun } from './deps.ts';

/**
 * Brings what the artifact store shows in line with the rows: versions that are not shown yet, or that it lost, are shown, and names
 * that no device has any more are not.
 */
export async function publishAll(deps: CleanupDeps, run: StepRun): Promise<CleanupCounts> {
  const { database, store, publisher } = deps;
  const { dry_run } = run.scope.params;
  let shown = dry_run ? await countUnpublished(database) : await publisher.publishNow(null);
  run.beat();
  // In this order: a device that appears in between is known below.
  const published = await store.published();
  const newest = await newestVersions(database);
  const names = new Map(newest.map((version) => [configurationName(version.device_name), version]));
  // Without a single version the store may be that of another database.
  const removed = newest.length === 0 ? [] : [...published.keys()].filter((name) => !names.has(name));
  const stale: string[] = [];
  for (const { device_name, artifact } of newest) {
    if (published.get(configurationName(device_name)) === artifact) continue;
    run.beat();
    if (await has(store, artifact)) stale.push(device_name);
  }
  run.beat();
  const again = await showAgain(database, stale, dry_run);
  shown += again;
  if (dry_run) return { shown, hidden: removed.length };
  await forgetRemoved(database);
  if (again > 0) await publisher.publishNow(null);
  if (removed.length > 0) {
    const message = `${removed.length} name${removed.length === 1 ? '' : 's'} without a device\n\njob: ${run.job_id}\n`;
    await store.publish({ message, actor: 'cairn', files: [], removed });
  }
  return { shown, hidden: removed.length };
}

/** A text that the store has lost is told by its sweep; it must not keep the others from being shown. */
async function has(store: ArtifactStore, artifact: string): Promise<boolean> {
  try {
    await store.get(artifact);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'artifact_missing') return false;
    throw error;
  }
}
