import type { RetryRequest } from '../contracts/retry.ts';
import type { Scope } from '../stores/scope.ts';
import { previewRetry as preview, retryJob as retry } from '../stores/steer/retry-job.ts';
import { steerDeps, type LaunchDeps } from './launch.ts';

/** As `stores/steer/retry-job.ts`. */
export const previewRetry = (deps: LaunchDeps, scope: Scope, jobId: string, wish: RetryRequest) =>
  preview(steerDeps(deps), scope, jobId, wish);

/** As `stores/steer/retry-job.ts`. */
export const retryJob = (deps: LaunchDeps, scope: Scope, jobId: string, wish: RetryRequest, origin: string | null) =>
  retry(steerDeps(deps), scope, jobId, wish, origin);
