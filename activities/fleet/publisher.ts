import type { ArtifactStore } from '../../artifacts/store.ts';
import { AppError } from '../../core/errors.ts';
import { configurationName } from '../../core/file-names.ts';
import { groupBy } from '../../core/group-by.ts';
import type { Database } from '../../stores/database.ts';
import { markPublished, oneAtATime, unpublishedVersions, type UnpublishedVersion } from '../../stores/versions.ts';
import type { Logger } from '../../runtime/log.ts';

/** Shows new versions in the artifact store, those of many batches in one go: a job of 1,000 devices makes a few commits. */
export interface Publisher {
  /**
   * Shows what the job has stored within a few seconds; with `now` at once, where that was not done a few seconds ago. What cannot be
   * shown is logged, and tried again at the end of the job.
   */
  publishSoon(jobId: string, now: boolean): void;
  /** Shows what the job has stored, or all there is: @throws AppError `artifact_store_unavailable`. Returns how many versions it was. */
  publishNow(jobId: string | null): Promise<number>;
  /** What is still to be shown soon is shown before this resolves. */
  close(): Promise<void>;
}

/** Told of each time that versions of a job are shown; `done` settles with it. Must not throw. */
export type ObservePublish = (jobId: string, versions: number, done: Promise<void>) => void;

/** A spawned Git costs as much as several devices. */
const SOON_MS = 3_000;

const MOST = 5_000;
const NAMED = 20;

export function createPublisher({
  database,
  store,
  log,
  observe,
}: {
  database: Database;
  store: ArtifactStore;
  log: Logger;
  observe?: ObservePublish | undefined;
}): Publisher {
  let running: Promise<unknown> = Promise.resolve();
  const waiting = new Map<string | null, Promise<number>>();
  const soon = new Map<string, NodeJS.Timeout>();
  /** Jobs of which something was shown in the last `SOON_MS`. */
  const lately = new Set<string>();

  async function run(jobId: string | null): Promise<number> {
    const count = await oneAtATime(database, () => publishPage(jobId));
    return count < MOST ? count : count + (await run(jobId));
  }

  async function publishPage(jobId: string | null): Promise<number> {
    const found = await unpublishedVersions(database, jobId, MOST);
    for (const versions of groupBy(found, (version) => version.job_id).values()) {
      const shown = versions.filter((version) => version.newest);
      const showing = show(shown);
      observe?.(versions[0]!.job_id, shown.length, showing);
      await showing;
      await markPublished(
        database,
        versions.map((version) => version.id),
      );
    }
    return found.length;
  }

  /** A version whose text is gone is told, and costs no other one. */
  async function show(versions: UnpublishedVersion[]): Promise<void> {
    if (versions.length === 0) return;
    try {
      await store.publish(publicationOf(versions));
    } catch (error) {
      if (!isMissing(error)) throw error;
      const there = await Promise.all(versions.map((version) => has(version.artifact)));
      const lost = versions.filter((_version, at) => !there[at]);
      if (lost.length === 0) throw error;
      log.error(
        { job_id: lost[0]!.job_id, devices: lost.map((version) => version.device_name) },
        'texts of versions are not in the artifact store any more',
      );
      await show(versions.filter((_version, at) => there[at]));
    }
  }

  async function has(artifact: string): Promise<boolean> {
    try {
      await store.get(artifact);
      return true;
    } catch (error) {
      if (!isMissing(error)) throw error;
      return false;
    }
  }

  function publishNow(jobId: string | null): Promise<number> {
    const known = waiting.get(jobId);
    if (known !== undefined) return known;
    if (jobId !== null) begin(jobId);
    const next = running.then(() => {
      waiting.delete(jobId);
      return run(jobId);
    });
    waiting.set(jobId, next);
    running = next.catch(() => undefined);
    return next;
  }

  /** What was to be shown soon is in what is shown now. */
  function begin(jobId: string): void {
    clearTimeout(soon.get(jobId));
    soon.delete(jobId);
    lately.add(jobId);
    setTimeout(() => lately.delete(jobId), SOON_MS).unref();
  }

  async function attempt(jobId: string): Promise<void> {
    try {
      await publishNow(jobId);
    } catch (error) {
      log.warn({ err: error, job_id: jobId }, 'new versions are stored, but the artifact store does not show them yet');
    }
  }

  return {
    publishNow,
    publishSoon(jobId, now) {
      if (now && !lately.has(jobId)) void attempt(jobId);
      else if (!soon.has(jobId))
        soon.set(
          jobId,
          setTimeout(() => void attempt(jobId), SOON_MS),
        );
    },
    async close() {
      await Promise.all([...soon.keys()].map(attempt));
      await running;
    },
  };
}

const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'artifact_missing';

function publicationOf(versions: UnpublishedVersion[]): Parameters<ArtifactStore['publish']>[0] {
  const [first] = versions;
  const names = versions.map((version) => version.device_name);
  const by = versions.length === 1 && first?.changed_by ? `, changed by ${first.changed_by}` : '';
  const title = versions.length === 1 ? `${names[0]}${by}` : `${versions.length} configurations`;
  const more = names.length > NAMED ? [`and ${names.length - NAMED} more`] : [];
  const body = [`job: ${first?.job_id}`, `actor: ${first?.actor}`, '', ...names.slice(0, NAMED), ...more];
  return {
    message: `${title}\n\n${body.join('\n')}\n`,
    actor: first?.actor ?? 'cairn',
    files: versions.map(({ device_name, artifact }) => ({ name: configurationName(device_name), address: artifact })),
    removed: [],
  };
}
