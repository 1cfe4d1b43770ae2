import { TERMINAL_DEVICE_STATUSES } from '../core/outcome.ts';
import type { Database } from '../stores/database.ts';
import { listResults, type DeviceResult, type JobView } from '../stores/job-views.ts';

/** Devices read at once; their records pass through as text. */
const DEVICES_A_PAGE = 25;

/** The head that every answer about a discovery shares. */
export function resultHead(job: JobView) {
  return {
    job_id: job.job_id,
    status: job.status,
    total_devices: job.total_devices,
    successful_devices: job.completed_devices,
    failed_devices: job.failed_devices,
    duration_seconds: Math.round(job.duration_seconds * 1000) / 1000,
  };
}

/**
 * The JSON text of a result, in pieces: the records are never parsed here. `errors` has every device that failed, was
 * cancelled or gave only a part, and those whose records are no longer kept.
 */
export async function* resultJson(database: Pick<Database, 'sql'>, job: JobView): AsyncGenerator<string> {
  yield `${JSON.stringify(resultHead(job)).slice(0, -1)},"devices_data":{`;
  const errors: Record<string, string> = {};
  const outcomes: string[] = [];
  let comma = '';
  for (let position = -1; ;) {
    const devices = await listResults(database, job.job_id, position, DEVICES_A_PAGE);
    for (const device of devices) {
      const error = errorOf(device);
      if (error !== null) errors[device.device_id] = error;
      outcomes.push(`"${device.device_id}":${device.outcomes}`);
      if (device.data === null) continue;
      yield `${comma}"${device.device_id}":`;
      yield device.data;
      comma = ',';
    }
    if (devices.length < DEVICES_A_PAGE) break;
    position = devices.at(-1)!.position;
  }
  yield `},"errors":${JSON.stringify(errors)},"outcomes":{${outcomes.join(',')}}}`;
}

/** What is missing of a device that is over; the error of one that is still tried is not its last word. */
function errorOf({ status, outcome, error, lost }: DeviceResult): string | null {
  const over = (TERMINAL_DEVICE_STATUSES as readonly string[]).includes(status) && outcome !== 'ok';
  const parts = [
    ...(over ? [error ?? outcome ?? status] : []),
    ...(lost.length === 0 ? [] : [`the records of ${lost.join(', ')} are no longer kept`]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}
