import type { AnswerOf, BodyIn } from '../contracts/endpoint.ts';
import { bulk } from '../contracts/http/bulk.ts';
import { EXIT, type Option } from './command.ts';
import type { CliContext } from './context.ts';
import { wrong, type Given } from './given.ts';
import { keyOf } from './selection.ts';
import { safeJson } from './text/safe.ts';
import { table } from './text/table.ts';
import { plural } from './text/words.ts';
import { watchJob } from './watch.ts';

export const BULK_OPTIONS = [
  { name: 'dry-run', about: 'only tell how many it would be, and the first of them' },
  { name: 'yes', about: 'do not ask' },
  { name: 'limit', value: 'count', about: 'do nothing where there are more than this (default 10000)' },
  { name: 'wait', about: 'follow the bulk job to its end' },
  { name: 'idempotency-key', value: 'key', about: 'the same key starts the job once, however often this is called' },
] as const satisfies Option[];

type Preview = Extract<AnswerOf<typeof bulk.bulkJobs>, { total: number }>;

type Wish =
  | { noun: 'job'; body: Omit<BodyIn<typeof bulk.bulkJobs>, 'dry_run'> }
  | { noun: 'device'; body: Omit<BodyIn<typeof bulk.bulkDevices>, 'dry_run'> };

/** Starts a bulk job after telling how many it is for and asking; with `--wait` follows it. Resolves with the exit code. */
export async function runBulk(context: CliContext, given: Given, wish: Wish): Promise<number> {
  const limit = given.number('limit');
  const call = async (dry_run: boolean, headers: { headers?: Record<string, string> }) => {
    const more = { dry_run, ...(limit === undefined ? {} : { limit }) };
    // Ctrl-C must not leave in doubt whether there is a job, so that the call itself is not given up.
    return wish.noun === 'job'
      ? (await context.client().call(bulk.bulkJobs, { body: { ...wish.body, ...more }, ...headers })).body
      : (await context.client().call(bulk.bulkDevices, { body: { ...wish.body, ...more }, ...headers })).body;
  };
  const told = await call(true, {});
  if (!('total' in told)) throw new TypeError('a dry run that started a job');
  if (given.flag('dry-run')) {
    context.out.write(context.json ? `${safeJson(told)}\n` : preview(context, told, wish.noun));
    return EXIT.ok;
  }
  if (!given.flag('yes') && told.total > 0 && !(await agreed(context, told, wish.noun))) return EXIT.interrupted;
  const job = await call(false, keyOf(given));
  if (!('job_id' in job)) throw new TypeError('a bulk job that is only a preview');
  const said = `${told.action} of ${plural(job.total_devices, wish.noun)} started: ${job.job_id}\n`;
  if (given.flag('wait')) {
    context.err.write(said);
    return watchJob(context, job.job_id);
  }
  context.out.write(context.json ? `${safeJson(job)}\n` : said);
  return EXIT.ok;
}

function preview({ out }: CliContext, { total, items }: Preview, noun: string): string {
  const columns = [
    { head: 'ID', of: (row: Preview['items'][number]) => row.target_id, whole: true as const },
    { head: 'NAME', of: (row: Preview['items'][number]) => row.name },
    { head: 'STATUS', of: (row: Preview['items'][number]) => row.status },
  ];
  const more = total > items.length ? `… and ${total - items.length} more\n` : '';
  return `it would be ${plural(total, noun)}\n${total === 0 ? '' : table(out, items, columns, '')}${more}`;
}

async function agreed({ ask, err }: CliContext, { action, total }: Preview, noun: string): Promise<boolean> {
  const answer = await ask(`${action}: ${plural(total, noun)}. Go on? [y/N] `);
  if (answer === null) return wrong('--yes', `is missing: this is for ${plural(total, noun)}, and there is nobody to ask`);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  err.write('Nothing was done.\n');
  return false;
}
