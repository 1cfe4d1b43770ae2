import type { CleanupCounts } from '../../core/cleanup.ts';
import type { Database, Sql } from '../database.ts';
import { storableJson, storableText } from '../storable-text.ts';

type Has = { sql: Sql };

export interface CleanupLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  data: { step: string } & Record<string, unknown>;
}

export async function tellCleanup({ sql }: Has, jobId: string, { level, message, data }: CleanupLine): Promise<void> {
  await sql`insert into job_log (job_id, event, level, message, data)
    values (${jobId}, 'log', ${level}, ${storableText(message)}, ${storableJson(data)}::text::json)`;
}

/** The last line of a step: told once, even where the step is run again. */
export async function tellStepDone({ sql }: Has, jobId: string, line: CleanupLine): Promise<void> {
  const data = storableJson({ ...line.data, done: true });
  await sql`insert into job_log (job_id, event, level, message, data)
    select ${jobId}, 'log', ${line.level}, ${storableText(line.message)}, ${data}::text::json
    where not exists (select 1 from job_log where job_id = ${jobId} and event = 'log' and data ->> 'step' = ${line.data.step}
      and data ->> 'done' = 'true')`;
}

/** What the transactions of a step have removed so far, whoever ran them. */
export async function removedSoFar({ sql }: Has, jobId: string, step: string): Promise<CleanupCounts> {
  const rows = await sql<{ name: string; n: number }[]>`
    select c.key as name, sum(c.value::bigint)::float8 as n from job_log l, json_each_text(l.data -> 'removed') c
    where l.job_id = ${jobId} and l.event = 'log' and l.data ->> 'step' = ${step} and l.data -> 'removed' is not null group by c.key`;
  return Object.fromEntries(rows.map((row) => [row.name, row.n]));
}

/** What a cleanup came to: counts of every step, and what went wrong. */
export async function cleanupResult(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
): Promise<{ counts: CleanupCounts; problems: string[] }> {
  const rows = await sql<{ step: string; counts: CleanupCounts | null; problem: boolean; message: string }[]>`
    select data ->> 'step' as step, data -> 'counts' as counts, coalesce(data ->> 'problem' = 'true', false) as problem, message
    from job_log where job_id = ${jobId} and event = 'log' and (data ->> 'done' = 'true' or data ->> 'problem' = 'true') order by id`;
  const counts: CleanupCounts = {};
  for (const row of rows)
    for (const [name, n] of Object.entries(row.counts ?? {})) if (n > 0) counts[name] = (counts[name] ?? 0) + n;
  return { counts, problems: rows.filter((row) => row.problem).map((row) => row.message) };
}
