import { createHash } from 'node:crypto';
import type { BackupWrite } from '../core/backups.ts';
import type { CommandOutput, KindResults } from '../core/collection.ts';
import { CONFIGURATION, KINDS, type JobKind } from '../core/facts.ts';
import type { DeviceOutcome, KindOutcome } from '../core/outcome.ts';
import { isAnswer } from '../core/outcome.ts';
import type { Database, Sql } from './database.ts';
import { arrayLiteral } from './text-array.ts';
import { keepFacts, knownFacts, replaceCaches, writeCacheState, type FactWrite, type KnownFact } from './write-facts.ts';
import { storableJson, storableText } from './storable-text.ts';
import { writeBackups } from './write-backups.ts';
import { tellChanges } from './webhook-events.ts';
import { writeDeadLetters } from './write-dead-letters.ts';
import { writeDetected } from './write-detected.ts';
import { writeHealth } from './write-health.ts';

/** Everything one device gave, to be written at once. */
export interface DeviceCommit {
  job_id: string;
  device_id: string;
  name: string;
  /** Fencing token of the lock it was collected under; null for a device that was never reached, and so never locked. */
  token: number | null;
  kinds: KindResults;
  outputs: CommandOutput[];
  /** Whether the caches are replaced (`cache_results`). */
  cache: boolean;
  /** The last word on the device; null puts it back to `pending` with these kinds done (pause, shutdown). */
  verdict: { status: 'completed' | 'failed' | 'cancelled'; outcome: DeviceOutcome; error: string | null } | null;
  /** SSH host keys seen, of the device and its jump host; each is pinned where none is yet. */
  host_keys: { device_id: string; host_key: string }[];
  /** Found at the login of a device whose platform was `auto`; becomes its platform. */
  detected_platform?: string | null;
  /** The row of the history of its configuration, where the job asks for one. */
  backup?: (BackupWrite & { actor: string }) | null;
  collected_at: Date;
}

/**
 * The checkpoint: outcomes, caches, raw outputs, status and the release of the lock of several devices, in one transaction.
 * A device whose lock was lost meanwhile is left out: its new holder speaks for it. Returns the ids that were written.
 */
export async function commitDevices({ sql }: Pick<Database, 'sql'>, commits: DeviceCommit[]): Promise<Set<string>> {
  const facts = commits.flatMap(factsOf);
  const answers = facts.filter((fact) => isAnswer(fact.outcome));
  return sql.begin(async (tx) => {
    const locked = commits.filter((commit) => commit.token !== null);
    // One pipeline, in this order: the statements travel together and are answered together.
    const [present, released, known] = await Promise.all([
      lockDevices(tx, commits),
      tx<{ device_id: string }[]>`
        delete from device_locks l using unnest(${locked.map((commit) => commit.device_id)}::uuid[],
          ${locked.map((commit) => commit.token)}::bigint[]) as h(device_id, token)
        where l.device_id = h.device_id and l.token = h.token returning l.device_id`,
      knownFacts(tx, answers),
    ]);
    const held = new Set(released.map((row) => row.device_id));
    for (const commit of commits) if (commit.token === null) held.add(commit.device_id);
    const mine = commits.filter((commit) => held.has(commit.device_id));
    if (mine.length === 0) return held;
    const own = facts.filter((fact) => held.has(fact.device_id));
    const there = own.filter((fact) => present.has(fact.device_id));
    const news = (is: (known: KnownFact) => boolean): FactWrite[] =>
      answers.filter((fact, at) => held.has(fact.device_id) && !is(known[at]!));
    // And a second one.
    await Promise.all([
      writeStatus(tx, mine),
      writeKinds(tx, [...own, ...configurationsOf(mine)]),
      ...keepFacts(
        tx,
        news(({ kept }) => kept),
      ),
      ...replaceCaches(
        tx,
        news(({ cached }) => cached).filter((fact) => fact.cache && present.has(fact.device_id)),
      ),
      ...writeCacheState(tx, there),
      ...writeOutputs(
        tx,
        mine.filter((commit) => present.has(commit.device_id)),
      ),
      ...writeHostKeys(tx, mine),
      ...writeDetected(tx, mine),
      ...writeBackups(
        tx,
        mine.filter((commit) => present.has(commit.device_id)),
      ),
      ...tellChanges(tx, mine),
      ...writeDeadLetters(tx, mine),
      ...writeHealth(
        tx,
        mine.filter((commit) => present.has(commit.device_id)),
      ),
      writeLog(tx, mine),
    ]);
    return held;
  });
}

/** The devices that are still there, and stay so until the end of the transaction. In the order of their ids, as everywhere. */
async function lockDevices(tx: Sql, commits: DeviceCommit[]): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    select id from devices where id = any(${commits.map((commit) => commit.device_id)}::uuid[]) order by id for key share`;
  return new Set(rows.map((row) => row.id));
}

function factsOf(commit: DeviceCommit): FactWrite[] {
  return KINDS.flatMap((kind) => {
    const result = commit.kinds[kind];
    if (result === undefined) return [];
    const records = isAnswer(result.outcome) ? result.records : null;
    const json = records === null ? null : storableJson(records);
    return {
      job_id: commit.job_id,
      device_id: commit.device_id,
      kind,
      outcome: result.outcome,
      rows: result.rows,
      duration_ms: Math.round(result.duration_ms),
      error: result.error === null ? null : storableText(result.error),
      commands: result.commands,
      records,
      json,
      sha256: json === null ? null : createHash('sha256').update(json).digest('hex'),
      cache: commit.cache,
      collected_at: commit.collected_at.toISOString(),
    };
  });
}

/** What a row of `job_device_kinds` says. */
interface KindWrite extends KindOutcome {
  job_id: string;
  device_id: string;
  kind: JobKind;
  sha256: string | null;
  collected_at: string;
}

function configurationsOf(commits: DeviceCommit[]): KindWrite[] {
  return commits.flatMap(({ job_id, device_id, kinds: { configuration }, collected_at }) => {
    if (configuration === undefined) return [];
    const error = configuration.error === null ? null : storableText(configuration.error);
    const duration_ms = Math.round(configuration.duration_ms);
    return {
      ...configuration,
      job_id,
      device_id,
      kind: CONFIGURATION,
      error,
      duration_ms,
      sha256: null,
      collected_at: collected_at.toISOString(),
    };
  });
}

function writeStatus(tx: Sql, commits: DeviceCommit[]): Promise<unknown> {
  return tx`
    update job_devices jd set status = c.status, outcome = c.outcome, error = c.error, current_task = null, next_attempt_at = null,
           completed_at = case when c.status = 'pending' then null else now() end
    from unnest(${commits.map((commit) => commit.job_id)}::uuid[], ${commits.map((commit) => commit.device_id)}::uuid[],
      ${commits.map((commit) => commit.verdict?.status ?? 'pending')}::text[], ${commits.map((commit) => commit.verdict?.outcome ?? null)}::text[],
      ${commits.map((commit) => errorOf(commit))}::text[]) as c(job_id, device_id, status, outcome, error)
    where jd.job_id = c.job_id and jd.device_id = c.device_id and jd.status in ('pending', 'in_progress')`;
}

function errorOf(commit: DeviceCommit): string | null {
  const error = commit.verdict?.error ?? null;
  return error === null ? null : storableText(error).slice(0, 4000);
}

function writeKinds(tx: Sql, facts: KindWrite[]): Promise<unknown> {
  return tx`
    insert into job_device_kinds (job_id, device_id, kind, outcome, rows, duration_ms, error, facts_sha256, collected_at)
    select * from unnest(${facts.map((fact) => fact.job_id)}::uuid[], ${facts.map((fact) => fact.device_id)}::uuid[],
      ${facts.map((fact) => fact.kind)}::text[], ${facts.map((fact) => fact.outcome)}::text[], ${facts.map((fact) => fact.rows)}::int[],
      ${facts.map((fact) => fact.duration_ms)}::int[], ${facts.map((fact) => fact.error)}::text[],
      ${facts.map((fact) => fact.sha256)}::text[], ${facts.map((fact) => fact.collected_at)}::timestamptz[])
    on conflict (job_id, device_id, kind) do update set outcome = excluded.outcome, rows = excluded.rows,
      duration_ms = excluded.duration_ms, error = excluded.error, facts_sha256 = excluded.facts_sha256, collected_at = excluded.collected_at`;
}

function writeOutputs(tx: Sql, commits: DeviceCommit[]): Promise<unknown>[] {
  const rows = commits.filter((commit) => commit.cache).flatMap((commit) => commit.outputs.map((output) => ({ commit, output })));
  if (rows.length === 0) return [];
  const column = (value: (row: (typeof rows)[number]) => string | null): string => arrayLiteral(rows.map(value));
  return [
    tx`
    insert into command_outputs (device_id, command, output, template, template_version, job_id, collected_at)
    select * from unnest(${column(({ commit }) => commit.device_id)}::uuid[], ${column(({ output }) => output.command)}::text[],
      ${column(({ output }) => output.text)}::text[], ${column(({ output }) => output.template)}::text[],
      ${column(({ output }) => output.template_version)}::text[], ${column(({ commit }) => commit.job_id)}::uuid[],
      ${column(({ commit }) => commit.collected_at.toISOString())}::timestamptz[])
    on conflict (device_id, command) do update set output = excluded.output, template = excluded.template,
      template_version = excluded.template_version, job_id = excluded.job_id, collected_at = excluded.collected_at`,
  ];
}

function writeHostKeys(tx: Sql, commits: DeviceCommit[]): Promise<unknown>[] {
  const rows = commits.flatMap((commit) => commit.host_keys);
  if (rows.length === 0) return [];
  return [
    tx`update devices d set host_key = k.host_key
       from unnest(${rows.map((row) => row.device_id)}::uuid[], ${rows.map((row) => row.host_key)}::text[]) as k(device_id, host_key)
       where d.id = k.device_id and d.host_key is null`,
  ];
}

function writeLog(tx: Sql, commits: DeviceCommit[]): Promise<unknown> {
  const lines = commits.map((commit) => {
    const kinds = Object.fromEntries(Object.entries(commit.kinds).map(([kind, result]) => [kind, result.outcome]));
    const status = commit.verdict?.status ?? 'pending';
    const outcome = commit.verdict?.outcome ?? null;
    const found = commit.detected_platform ? ` (platform found: ${commit.detected_platform})` : '';
    return {
      level: outcome === 'ok' || outcome === null ? 'info' : 'warn',
      message: `${commit.name}: ${outcome ?? 'put back, to be continued'}${found}${commit.verdict?.error ? `: ${commit.verdict.error}` : ''}`,
      data: storableJson({ device_id: commit.device_id, device_name: commit.name, status, outcome, kinds }),
    };
  });
  return tx`
    insert into job_log (job_id, device_id, event, level, message, data)
    select l.job_id, l.device_id, 'device', l.level, l.message, l.data::json
    from unnest(${commits.map((commit) => commit.job_id)}::uuid[], ${commits.map((commit) => commit.device_id)}::uuid[],
      ${lines.map((line) => line.level)}::text[], ${lines.map((line) => storableText(line.message).slice(0, 4000))}::text[],
      ${lines.map((line) => line.data)}::text[]) as l(job_id, device_id, level, message, data)`;
}
