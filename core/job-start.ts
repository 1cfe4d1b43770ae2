import { priorityKey } from './batches.ts';
import { isBulk } from './bulk.ts';
import { JOB_WORKFLOWS, type JobType } from './jobs.ts';

/** What a run of a job is called and how it queues. */
export interface StartingJob {
  type: JobType;
  owner: string;
  priority: number;
  total_devices: number;
  /** Of a job for one device; null for any other. */
  device_name: string | null;
}

/** Temporal's `SearchAttributePair`, as plain data. */
export interface KeywordAttribute {
  key: { name: string; type: 'KEYWORD' };
  value: string;
}

export function keyword(name: 'CairnJobType' | 'CairnOwner' | 'CairnDevice', value: string): KeywordAttribute {
  return { key: { name, type: 'KEYWORD' }, value };
}

/** As much of `text` as fits in so many bytes of UTF-8. */
function cut(text: string, limit: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes > limit) return kept;
    kept += character;
  }
  return text;
}

/** Temporal's fairness key takes 64 bytes. */
export const fairnessKeyOf = (owner: string): string => cut(owner, 64);

/** Temporal takes 400 bytes with what encodes them; the payload codec adds 100. */
export const summaryOf = (text: string): string => cut(text, 240);

/** When a run has its turn. Temporal takes 64 bytes of a fairness key. */
export const turnOf = (job: { priority: number; owner: string }): { priorityKey: number; fairnessKey: string } => ({
  priorityKey: priorityKey(job.priority),
  fairnessKey: cut(job.owner, 64),
});

/** The arguments of the workflow of a job. */
export const jobArguments = (jobId: string): [{ job_id: string; local: true }] => [{ job_id: jobId, local: true }];

/** How the workflow of a job is started, whoever starts it: the API, or the run of a schedule. */
export function jobStart(job: StartingJob) {
  const { type, owner, device_name } = job;
  return {
    workflowType: JOB_WORKFLOWS[type],
    typedSearchAttributes: [
      keyword('CairnJobType', type),
      keyword('CairnOwner', owner),
      ...(device_name === null ? [] : [keyword('CairnDevice', device_name)]),
    ],
    staticSummary: summaryOf(
      `${type}: ${device_name ?? `${job.total_devices} ${isBulk(type) ? 'targets' : 'devices'}`}, by ${owner}`,
    ),
    priority: turnOf(job),
  };
}
