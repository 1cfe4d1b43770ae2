import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { tsToMs } from '@temporalio/common/lib/time.js';

/** One activity as the history of a workflow tells it. Times in epoch milliseconds. */
export interface ActivityRun {
  type: string;
  summary: string | null;
  scheduled: number;
  closed: number;
  /** From 1; more than 1 where Temporal itself tried again. */
  attempt: number;
  queue: string;
  /** Identity of the worker that ran it last: `<pid>@<host>`. */
  worker: string;
}

/** Every activity of the first run of a workflow, in the order they were scheduled. */
export async function runsOf(client: Client, workflowId: string): Promise<ActivityRun[]> {
  const history: History = await client.workflow.getHandle(workflowId).fetchHistory();
  const events = history.events ?? [];
  const runs = new Map<string, ActivityRun>();
  const idOf = (value: unknown): string => String(value);
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const { loadedDataConverter } = client.options;
      const summary = await decodeOptionalSinglePayload<string>(loadedDataConverter, event.userMetadata?.summary);
      runs.set(idOf(event.eventId), {
        type: scheduled.activityType?.name ?? '',
        summary: summary ?? null,
        scheduled: tsToMs(event.eventTime),
        closed: Number.NaN,
        attempt: 0,
        queue: scheduled.taskQueue?.name ?? '',
        worker: '',
      });
    }
    const started = event.activityTaskStartedEventAttributes;
    const run = started && runs.get(idOf(started.scheduledEventId));
    if (started && run) Object.assign(run, { attempt: started.attempt ?? 0, worker: started.identity ?? '' });
    const closed =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const ended = closed && runs.get(idOf(closed.scheduledEventId));
    if (ended) ended.closed = tsToMs(event.eventTime);
  }
  return [...runs.values()];
}
