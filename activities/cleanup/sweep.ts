import { AppError } from '../../core/errors.ts';
import { SWEEP_GRACE_MS } from '../../core/cleanup.ts';
import type { StoredArtifact } from '../../artifacts/store.ts';
import { openArtifactRows, type ArtifactRows, type MissingText } from '../../stores/cleanup/artifact-rows.ts';
import type { CleanupDeps, StepRun } from './deps.ts';

const PAGE = 1_000;
/** Texts that are missing by the list of the store and are asked for once more, one by one. */
const ASK_AGAIN = 1_000;

export interface Swept {
  /** Texts that were looked at, and their bytes. */
  listed: number;
  bytes: number;
  /** Texts removed, or in a dry run to be removed, and their bytes. */
  removed: number;
  removed_bytes: number;
  /** Referred to by no row and left, because the store cannot take them out (the history of a Git repository). */
  kept: number;
  missing: { texts: number; rows: number; some: MissingText[] };
  /** No row refers to any text, so that nothing is removed: the store may be that of another database. */
  foreign: boolean;
}

/**
 * Removes the texts that no row refers to and that are older than `graceMs` and than every collection that is under way. Counts
 * rows whose text is gone; those are left alone. Nothing is removed in a dry run.
 */
export async function sweepArtifacts(deps: CleanupDeps, run: StepRun, graceMs = SWEEP_GRACE_MS): Promise<Swept> {
  const rows = await openArtifactRows(run.scope, graceMs);
  try {
    const swept: Swept = {
      listed: 0,
      bytes: 0,
      removed: 0,
      removed_bytes: 0,
      kept: 0,
      missing: { texts: 0, rows: 0, some: [] },
      foreign: !rows.any,
    };
    let page: StoredArtifact[] = [];
    for await (const artifact of deps.store.list()) {
      page.push(artifact);
      if (page.length < PAGE) continue;
      await sweepPage(deps, run, rows, page, swept);
      page = [];
    }
    await sweepPage(deps, run, rows, page, swept);
    swept.missing = await confirm(deps, run, await rows.missing(ASK_AGAIN));
    return swept;
  } finally {
    await rows.close();
  }
}

async function sweepPage(deps: CleanupDeps, run: StepRun, rows: ArtifactRows, page: StoredArtifact[], sum: Swept): Promise<void> {
  run.beat();
  sum.listed += page.length;
  for (const { bytes } of page) sum.bytes += bytes;
  if (sum.foreign) return;
  const unreferenced = new Set(await rows.unreferenced(page.map(({ address }) => address)));
  const orphans = page.filter(({ address, stored_at }) => unreferenced.has(address) && stored_at < rows.horizon);
  if (orphans.length === 0) return;
  const asked = orphans.map(({ address }) => address);
  const gone = new Set(run.scope.params.dry_run ? asked : await deps.store.remove(asked, rows.horizon));
  sum.removed += gone.size;
  sum.kept += asked.length - gone.size;
  for (const { address, bytes } of orphans) if (gone.has(address)) sum.removed_bytes += bytes;
}

/** Without those that were only missed: a list of a store is not of one moment. */
async function confirm({ store }: CleanupDeps, run: StepRun, found: Swept['missing']): Promise<Swept['missing']> {
  const missing: Swept['missing'] = { ...found, some: [] };
  for (const text of found.some) {
    run.beat();
    try {
      await store.get(text.artifact);
      missing.texts -= 1;
      missing.rows -= text.rows;
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'artifact_missing')) throw error;
      missing.some.push(text);
    }
  }
  return missing;
}
