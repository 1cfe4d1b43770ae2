import { commitDevices, type DeviceCommit } from '../../stores/commit-devices.ts';
import { isConnectionError, type Database } from '../../stores/database.ts';
import type { Logger } from '../../runtime/log.ts';
import { KINDS, type Kind } from '../../core/facts.ts';
import type { KindResult } from '../../core/collection.ts';

/** Commits finished devices in groups: whatever is ready while the last group was being written goes together. */
export interface Checkpoint {
  /** True once it is committed; false where the lock was lost, so that the result is not ours to tell. */
  commit(device: DeviceCommit): Promise<boolean>;
}

const MAX_GROUP = 32;
const RETRY_MS = [250, 500, 1000, 2000];

interface Waiting {
  commit: DeviceCommit;
  resolve(written: boolean): void;
  reject(error: unknown): void;
}

/** Nothing of what the device gave is in it: there is nothing left to leave out. */
function isBare({ outputs, kinds, backup }: DeviceCommit): boolean {
  const { configuration: _none, ...facts } = kinds;
  return outputs.length === 0 && Object.values(facts).every((kind) => kind.records.length === 0) && !backup;
}

/** `told` gets the size of each group that was committed, and how long that took. */
export function createCheckpoint({
  database,
  log,
  told,
}: {
  database: Database;
  log: Logger;
  told: (devices: number, seconds: number) => void;
}): Checkpoint {
  const queue: Waiting[] = [];
  let writers = 0;

  async function drain(): Promise<void> {
    // A second writer where a whole group waits; for less it only makes two small groups of one.
    if (writers >= 2 || (writers === 1 && queue.length < MAX_GROUP)) return;
    writers += 1;
    try {
      for (let group = queue.splice(0, MAX_GROUP); group.length > 0; group = queue.splice(0, MAX_GROUP)) await write(group);
    } finally {
      writers -= 1;
    }
  }

  /** The database being away is waited out; bad data costs only the device that brought it. */
  async function write(group: Waiting[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const began = performance.now();
      try {
        const written = await commitDevices(
          database,
          group.map((item) => item.commit),
        );
        told(group.length, (performance.now() - began) / 1000);
        for (const item of group) item.resolve(written.has(item.commit.device_id));
        return;
      } catch (error) {
        if (isConnectionError(error)) {
          log.warn({ err: error, devices: group.length, attempt }, 'checkpoint waits for the database');
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
        } else if (group.length > 1) {
          log.warn({ err: error, devices: group.length }, 'checkpoint of a group failed, writing its devices one by one');
          for (const item of group) await write([item]);
          return;
        } else {
          await writeFailure(group[0]!, error);
          return;
        }
      }
    }
  }

  async function writeFailure(item: Waiting, error: unknown): Promise<void> {
    const reason = `the results could not be stored: ${error instanceof Error ? error.message : String(error)}`;
    const { job_id, device_id, name } = item.commit;
    log.error({ err: error, job_id, device_id, device: name }, 'the results of a device could not be stored');
    if (isBare(item.commit)) {
      item.reject(error);
      return;
    }
    const kinds = Object.fromEntries(
      KINDS.filter((kind) => item.commit.kinds[kind] !== undefined).map((kind): [Kind, KindResult] => [
        kind,
        { outcome: 'error', rows: 0, duration_ms: 0, error: reason, records: [], commands: [] },
      ]),
    );
    const verdict = { status: 'failed' as const, outcome: 'error' as const, error: reason };
    const { configuration } = item.commit.kinds;
    if (configuration !== undefined)
      Object.assign(kinds, { configuration: { ...configuration, outcome: 'error', error: reason } });
    // No row of the history can be written: the job tells why.
    await write([{ ...item, commit: { ...item.commit, kinds, outputs: [], backup: null, verdict } }]);
  }

  return {
    commit(commit) {
      return new Promise((resolve, reject) => {
        queue.push({ commit, resolve, reject });
        setImmediate(() => void drain());
      });
    },
  };
}
