import type { Stack } from './stack.ts';

/** What PostgreSQL spent on one statement since `resetStatements`. */
export interface StatementTime {
  query: string;
  calls: number;
  /** Milliseconds of execution and planning, together. */
  ms: number;
}

export async function resetStatements({ database: { sql } }: Stack): Promise<void> {
  await sql`create extension if not exists pg_stat_statements`;
  await sql`select pg_stat_statements_reset()`;
}

/** The statements that took longest, the longest first. Needs a stack with `statements`. */
export async function statementTimes({ database: { sql } }: Stack, limit: number): Promise<StatementTime[]> {
  const rows = await sql<StatementTime[]>`
    select regexp_replace(query, '\\s+', ' ', 'g') as query, calls::int as calls, (total_exec_time + total_plan_time)::float8 as ms
    from pg_stat_statements order by 3 desc limit ${limit}`;
  return [...rows];
}
