import { isGrpcServiceError, type Client } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { Stats } from '../contracts/http/stats.ts';
import type { QueueDescription } from './queues.ts';

type WorkerState = Stats['workers'][number];

/** gRPC UNIMPLEMENTED: servers before 1.30 keep no list of workers, and newer ones may have it off. */
const UNIMPLEMENTED = 12;
const WORKERS = 1000;

/** When each worker process was started, by identity; empty where the server keeps no list. */
export async function readStarts(temporal: Client, namespace: string): Promise<Map<string, number>> {
  const starts = new Map<string, number>();
  try {
    const { workersInfo } = await temporal.workflowService.listWorkers({ namespace, pageSize: WORKERS });
    for (const { workerHeartbeat: beat } of workersInfo ?? []) {
      const started = optionalTsToMs(beat?.startTime);
      const identity = beat?.workerIdentity ?? '';
      // A process has one worker for each queue, all started together.
      if (started !== undefined) starts.set(identity, Math.min(started, starts.get(identity) ?? Infinity));
    }
  } catch (error) {
    const code: number = isGrpcServiceError(error) ? error.code : 0;
    if (code !== UNIMPLEMENTED) throw error;
  }
  return starts;
}

/**
 * One entry for each worker process that asked for work in the last minute, by identity. `held` counts the devices that each
 * works on, by `host:pid`.
 */
export function workersOf(queues: QueueDescription[], starts: Map<string, number>, held: Map<string, number>): WorkerState[] {
  const known = new Map<string, { queues: Set<string>; seen: number }>();
  for (const { queue, pollers } of queues) {
    for (const { identity, seen_at } of pollers) {
      const worker = known.get(identity) ?? { queues: new Set(), seen: 0 };
      worker.queues.add(queue);
      worker.seen = Math.max(worker.seen, seen_at);
      known.set(identity, worker);
    }
  }
  return [...known]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([identity, worker]) => {
      const [, pid, host] = identity.match(/^(\d{1,10})@(.+)$/) ?? [];
      const started = starts.get(identity);
      return {
        identity,
        host: host ?? null,
        pid: pid === undefined ? null : Number(pid),
        queues: [...worker.queues].toSorted(),
        started_at: started === undefined ? null : new Date(started).toISOString(),
        last_heartbeat_at: new Date(worker.seen).toISOString(),
        slots: { used: held.get(`${host}:${pid}`) ?? 0, free: null },
      };
    });
}
