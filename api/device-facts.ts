import type { CachedKind } from '../stores/facts-views.ts';

export interface FactsAnswer {
  found: CachedKind | null;
  raw: { text: string; collected_at: string; job_id: string } | null;
  cached: boolean;
}

const MEDIA = 'application/json; charset=utf-8';

/** The answer of a device route; the records pass through as text. `answer` is null while the job still runs. */
export function factsReply(answer: FactsAnswer | null, structured: boolean, jobId?: string) {
  const found = answer?.found ?? null;
  const raw = answer?.raw ?? null;
  const output = structured ? (found?.records ?? null) : raw === null ? null : JSON.stringify(raw.text);
  const head = {
    success: output !== null,
    outcome: found?.outcome ?? null,
    error: answer === null ? 'the device has not answered yet; the job goes on' : errorOf(found, output),
    cached: answer?.cached ?? false,
    collected_at: output === null ? null : structured ? (found?.collected_at ?? null) : (raw?.collected_at ?? null),
    job_id: jobId ?? found?.job_id ?? null,
  };
  const json = `${JSON.stringify(head).slice(0, -1)},"output":`;
  const headers: Record<string, string> = answer === null && jobId !== undefined ? { Location: `/api/jobs/${jobId}` } : {};
  return {
    status: answer === null ? (202 as const) : (200 as const),
    chunks: [json, output ?? 'null', '}'],
    media: MEDIA,
    headers,
  };
}

function errorOf(found: CachedKind | null, output: string | null): string | null {
  if (found === null) return 'this was never collected from the device';
  return found.error ?? (output === null ? 'the text of the device was not kept' : null);
}
