import type { JobEngine } from '../../core/job-engine.ts';
import type { Database } from '../database.ts';

/** What starts and steers jobs, in the API and in a worker. */
export interface SteerDeps {
  database: Database;
  engine: JobEngine;
  log: { warn(about: object, message: string): void };
}
