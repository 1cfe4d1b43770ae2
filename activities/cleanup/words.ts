import type { CleanupCounts } from '../../core/cleanup.ts';

/** Counts that are neither rows nor texts that were removed. */
const OTHERS = ['artifacts', 'shown', 'hidden'];

const number = (n: number): string => n.toLocaleString('en-US');

/** `12 jobs, 3,400 job_log`; tables with nothing are left out. */
export function saysCounts(counts: CleanupCounts): string {
  const told = Object.entries(counts).filter(([, n]) => n > 0);
  return told.length === 0 ? 'nothing' : told.map(([name, n]) => `${number(n)} ${name}`).join(', ');
}

/** The sum of rows over all tables. `versions` are rows of `backups`, told apart. */
export function rowsOf(counts: CleanupCounts): number {
  return Object.entries(counts).reduce((sum, [name, n]) => (OTHERS.includes(name) ? sum : sum + n), 0);
}

/** The message of a job: `1,234 rows and 17 artifacts removed, 3 problems`. */
export function saysResult(counts: CleanupCounts, problems: number, dryRun: boolean): string {
  const what = `${number(rowsOf(counts))} rows and ${number(counts['artifacts'] ?? 0)} artifacts`;
  const told = problems === 0 ? '' : `, ${number(problems)} problem${problems === 1 ? '' : 's'}`;
  return dryRun ? `dry run: ${what} would be removed${told}` : `${what} removed${told}`;
}
