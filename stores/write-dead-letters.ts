import { createHash } from 'node:crypto';
import { normaliseError } from '../core/normalise-error.ts';
import type { DeviceCommit } from './commit-devices.ts';
import type { Sql } from './database.ts';
import { storableText } from './storable-text.ts';
import { arrayLiteral } from './text-array.ts';

/** Not failures of a device: it was asked to be left. */
const NO_LETTER = ['cancelled'];
const ERROR_LENGTH = 4000;

/** Names an error that several devices may have. */
export function fingerprintOf(outcome: string, normalised: string): string {
  return createHash('sha256').update(`${outcome}\n${normalised}`).digest('hex').slice(0, 16);
}

type Ended = Pick<DeviceCommit, 'job_id' | 'device_id' | 'name' | 'verdict'>;

/**
 * A dead letter for each device that failed for good; one of a group that is ignored is ignored. Letters of devices that worked are
 * resolved for this type of job.
 */
export function writeDeadLetters(tx: Sql, commits: Ended[]): Promise<unknown>[] {
  const failed = commits.flatMap(({ job_id, device_id, name, verdict }) => {
    if (verdict?.status !== 'failed' || NO_LETTER.includes(verdict.outcome)) return [];
    const error = storableText(verdict.error ?? verdict.outcome).slice(0, ERROR_LENGTH);
    const normalised = normaliseError(name, error);
    const { outcome } = verdict;
    return { job_id, device_id, name, outcome, error, normalised, fingerprint: fingerprintOf(outcome, normalised) };
  });
  const worked = commits.filter((commit) => commit.verdict?.status === 'completed');
  const column = (value: (row: (typeof failed)[number]) => string): string => arrayLiteral(failed.map(value));
  return [
    ...(failed.length === 0
      ? []
      : [
          tx`
    insert into dead_letters (fingerprint, job_id, job_type, device_id, device_name, outcome, error, normalised, state)
    select l.fingerprint, l.job_id, j.type, l.device_id, l.name, l.outcome, l.error, l.normalised,
      case when exists (select 1 from dead_letters i where i.fingerprint = l.fingerprint and i.state = 'ignored') then 'ignored' else 'open' end
    from unnest(${column((row) => row.fingerprint)}::text[], ${column((row) => row.job_id)}::uuid[], ${column((row) => row.device_id)}::uuid[],
      ${column((row) => row.name)}::text[], ${column((row) => row.outcome)}::text[], ${column((row) => row.error)}::text[],
      ${column((row) => row.normalised)}::text[]) as l(fingerprint, job_id, device_id, name, outcome, error, normalised)
    join jobs j on j.id = l.job_id`,
        ]),
    ...(worked.length === 0
      ? []
      : [
          tx`
    update dead_letters l set state = 'resolved', settled_at = now()
    from unnest(${arrayLiteral(worked.map((commit) => commit.device_id))}::uuid[], ${arrayLiteral(worked.map((commit) => commit.job_id))}::uuid[])
      as w(device_id, job_id) join jobs j on j.id = w.job_id
    where l.device_id = w.device_id and l.job_type = j.type and l.state in ('open', 'replayed')`,
        ]),
  ];
}
