import type { ArtifactStore } from '../../artifacts/store.ts';
import type { Logger } from '../../runtime/log.ts';
import type { CleanupScope } from '../../stores/cleanup/step.ts';
import type { Database } from '../../stores/database.ts';
import type { Publisher } from '../fleet/publisher.ts';

/** What the cleanup of one worker process stands on. */
export interface CleanupDeps {
  database: Database;
  publisher: Publisher;
  store: ArtifactStore;
  log: Logger;
}

/** One run of a part of a cleanup. */
export interface StepRun {
  job_id: string;
  scope: CleanupScope;
  /** Throws where the activity is to end (cancel, shutdown). Called often; heartbeats. */
  beat(): void;
}
