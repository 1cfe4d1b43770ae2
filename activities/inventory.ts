import { ApplicationFailure, Context } from '@temporalio/activity';
import type { InventoryActivities } from '../core/activities.ts';
import { createRuleBook, namesInRules } from '../core/inventory-rules.ts';
import type { InventoryRequest, SourceProblem, SourceRecord } from '../core/inventory.ts';
import { isTerminalJob } from '../core/jobs.ts';
import { reconcile } from '../core/reconcile.ts';
import type { StoredCredential } from '../core/secret-reference.ts';
import { createPlatformMap } from '../inventory/platforms.ts';
import { defaultStatuses, readSource } from '../inventory/read.ts';
import { READ_LIMITS, SourceError, type SourceSecret } from '../inventory/source.ts';
import type { SecretSources } from '../runtime/secret-sources/sources.ts';
import { isConnectionError, type Database } from '../stores/database.ts';
import { applyInventory, inventoryNames, inventoryResult, type InventoryNames } from '../stores/inventory.ts';
import { endJob, readJobState } from '../stores/job-state.ts';
import { countsOf, reportLines, saysCounts, type SyncResult } from './inventory/words.ts';

const BEAT_MS = 2_000;
const TIME_IS_UP = 'the time limit of the job was reached before the inventory was read and written';
/** Of what neither a database that is away nor a server explains: a name that was taken meanwhile, or a fault of ours. */
const ATTEMPTS = 5;

export interface InventoryDeps {
  database: Database;
  openCredentials(ids: string[]): Promise<Map<string, StoredCredential>>;
  secrets: SecretSources;
  /** The name of a platform that Cairn has, or that a user has, by its name or alias; `auto` for itself; null for none. */
  platformName: (text: string) => string | null;
}

/** The parts of an `inventory.sync` job. All are idempotent: what a job has written is not written again. */
export function createInventoryActivities(deps: InventoryDeps): InventoryActivities {
  const { database } = deps;
  return {
    async syncInventory({ job_id, deadline }) {
      const job = await readJobState(database, job_id);
      const request = job?.params.inventory;
      if (job === null || isTerminalJob(job.status)) return;
      if (request === undefined) throw failure(`job ${job_id} is no inventory sync`);
      if ((await inventoryResult(database, job_id)) !== null) return;
      const context = Context.current();
      const heart = setInterval(() => context.heartbeat(), BEAT_MS);
      const over = AbortSignal.timeout(Math.max(0, deadline - Date.now()));
      const signal = AbortSignal.any([context.cancellationSignal, over]);
      try {
        await sync(deps, job_id, request, signal);
      } catch (error) {
        if (over.aborted || Date.now() >= deadline)
          throw failure(`${TIME_IS_UP}${context.info.attempt > 1 ? `: ${wordsOf(error)}` : ''}`);
        if (context.cancellationSignal.aborted || isConnectionError(error) || context.info.attempt < ATTEMPTS) throw error;
        throw failure(wordsOf(error));
      } finally {
        clearInterval(heart);
      }
    },

    async finishInventory({ job_id, end, error }) {
      const result = await inventoryResult<SyncResult>(database, job_id);
      // A cancel that came when all was written came too late.
      const cancelled = end === 'cancelled' && result === null;
      const failed = result === null || result.refused !== null;
      const status = cancelled ? 'cancelled' : failed ? 'failed' : 'completed';
      const message = result === null ? (error ?? 'the inventory was not read') : saysCounts(result);
      return endJob(database, job_id, {
        status: cancelled ? 'cancelled' : null,
        rest: { status: 'cancelled', outcome: 'cancelled', error: message },
        error: result?.refused ?? (result === null && !cancelled ? message : null),
        whole: { status, partial: status === 'completed' && result !== null && result.problems > 0, message, data: result ?? {} },
      });
    },
  };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const failure = (message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, 'inventory');

async function sync(deps: InventoryDeps, job_id: string, request: InventoryRequest, signal: AbortSignal): Promise<void> {
  const { source, rules = [] } = request;
  const names = await inventoryNames(deps.database);
  checkRules(rules, names, deps);
  const secret = await openSecret(deps, source.credential ?? null, names);
  const records = await readAll(request, secret, signal);
  const options = {
    source: source.name,
    rules: createRuleBook(rules),
    statuses: source.statuses === undefined ? defaultStatuses(source) : source.statuses,
    adopt: request.adopt ?? false,
    remove_after_days: request.remove_after_days ?? null,
    force: request.force ?? false,
    now: Date.now(),
  };
  const platform = createPlatformMap(deps.platformName);
  await applyInventory(deps.database, {
    job_id,
    source: source.name,
    records,
    dry_run: request.dry_run ?? false,
    decide: (current, fresh) => reconcile(current, records, { ...options, known: { platform, ...fresh } }),
    report: (result, ids) => reportLines(result, countsOf(result, records.length), request.dry_run ?? false, names, ids),
    beforeWrite: () => signal.throwIfAborted(),
  });
}

/** A rule that names what is not there is wrong as a whole, not for each record that it matches. */
function checkRules(
  rules: NonNullable<InventoryRequest['rules']>,
  { credentials, groups }: InventoryNames,
  { platformName }: InventoryDeps,
): void {
  const known = {
    credential: (name: string) => credentials.has(name),
    collection_group: (name: string) => groups.has(name),
    platform: (name: string) => platformName(name) === name,
  };
  for (const noun of ['credential', 'collection_group', 'platform'] as const) {
    const wrong = namesInRules(rules, noun).find(({ name }) => !known[noun](name));
    if (wrong === undefined) continue;
    throw failure(`${wrong.path} names the ${noun.replace('_', ' ')} "${wrong.name}", which is not there`);
  }
}

async function openSecret(
  deps: InventoryDeps,
  reference: string | null,
  { credentials }: InventoryNames,
): Promise<SourceSecret | null> {
  if (reference === null) return null;
  const id = credentials.get(reference);
  const secret = id === undefined ? undefined : (await deps.openCredentials([id])).get(id);
  if (secret === undefined) throw failure(`the source names the credential "${reference}", which is not there`);
  const resolved = await deps.secrets.resolve(secret);
  if ('problem' in resolved) throw failure(`credential "${reference}": ${resolved.problem}`);
  const { username, password, token } = resolved.credential;
  return { username, password, token };
}

async function readAll(
  { source }: InventoryRequest,
  secret: SourceSecret | null,
  signal: AbortSignal,
): Promise<(SourceRecord | SourceProblem)[]> {
  const records: (SourceRecord | SourceProblem)[] = [];
  try {
    for await (const record of readSource(source, { secret, signal, limits: READ_LIMITS })) records.push(record);
    return records;
  } catch (error) {
    if (error instanceof SourceError)
      throw failure(withoutSecret(`the source ${source.name} cannot be read: ${error.message}`, secret));
    throw error;
  }
}

/** A server may say back what it was shown. */
function withoutSecret(message: string, secret: SourceSecret | null): string {
  const words = [secret?.token, secret?.password].filter((word) => typeof word === 'string' && word !== '');
  return words.reduce<string>((text, word) => text.replaceAll(word!, '***'), message);
}
