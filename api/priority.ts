import { reprioritise as steered } from '../stores/steer/prioritise-job.ts';
import { steerDeps, type LaunchDeps } from './launch.ts';

/** As `stores/steer/prioritise-job.ts`. */
export const reprioritise = (deps: LaunchDeps, jobId: string, priority: number, actor: string): Promise<void> =>
  steered(steerDeps(deps), jobId, priority, actor);
