import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { unifiedDiff } from '../../artifacts/diff.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { withoutLines } from '../../artifacts/without-lines.ts';
import { AppError } from '../../core/errors.ts';
import type { BackupLogLine, BackupWrite, KeptVersion, LastVersion, SecretPolicy } from '../../core/backups.ts';
import type { KindOutcome } from '../../core/outcome.ts';
import type { ConfigCollected } from '../../devices/collect-config.ts';
import { comparableText } from '../../devices/comparable.ts';
import { lastChangedBy } from '../../devices/last-change.ts';
import type { Platform } from '../../devices/platform.ts';
import { replaceSecrets, scrub } from '../../devices/scrub.ts';
import type { WordSeal } from '../../stores/seal-words.ts';

export interface KeepDeps {
  store: ArtifactStore;
  secrets: SecretPolicy;
  seal: WordSeal;
}

/** A configuration of less than this share of the version before is suspicious. */
const LEAST_SHARE = 0.5;
const NEWLINE = 0x0a;
/** Waits before another try of a store that is away. */
const RETRY_MS = [500, 1000, 2000];

export interface Kept {
  configuration: KindOutcome;
  backup: BackupWrite;
}

/** What is left of a collected configuration to be kept: bytes, since a text that waits for the store is moved about by the collector. */
export interface Digest {
  duration_ms: number;
  told: Pick<BackupWrite, 'task_id' | 'platform' | 'timestamp' | 'log'>;
  changed_by: string | null;
  /** The outcome and its reason, `unchanged`, or what is to be stored. */
  content: { outcome: KindOutcome['outcome']; error: string } | 'unchanged' | NewContent;
}

interface NewContent {
  /** For the artifact store. */
  stored: Buffer;
  /** What the store gives back to those who may read it. */
  shown: Buffer;
  content_sha256: string;
  volatile_lines: number[];
}

/** What a collection comes to, beside the version before; everything that needs its text is done when this returns. */
export function digest(deps: KeepDeps, last: LastVersion | null, { result, platform, duration_ms }: ConfigCollected): Digest {
  const log = [...result.log];
  const told = { task_id: result.task_id, platform: platform?.name ?? '', timestamp: new Date(result.timestamp), log };
  if (result.status !== 'success' || result.device_config === null || platform === null) {
    const outcome = result.status === 'success' ? 'error' : result.status;
    const error = log.findLast((line) => line.level === 'error')?.message ?? 'the collector gave no configuration';
    return { duration_ms, told, changed_by: null, content: { outcome, error } };
  }
  const text = readable(deps, platform, result.device_config);
  const { text: comparable, volatile_lines } = comparableText(platform, text.shown);
  const content_sha256 = sha256(comparable);
  const changed_by = lastChangedBy(platform, text.shown).user;
  if (last?.content_sha256 === content_sha256) return { duration_ms, told, changed_by, content: 'unchanged' };
  const shown = Buffer.from(text.shown);
  const stored = text.stored === text.shown ? shown : Buffer.from(text.stored);
  return { duration_ms, told, changed_by, content: { stored, shown, content_sha256, volatile_lines } };
}

/**
 * Puts a collected configuration into the artifact store, where it is another one than the last. Whatever is less than complete
 * is not kept and is no version.
 */
export async function keepConfiguration(deps: KeepDeps, last: LastVersion | null, found: Digest): Promise<Kept> {
  const { told, changed_by, content } = found;
  const { log } = told;
  const nothing = { ...told, changed_by, version: null, suspicious: false, lines_added: 0, lines_removed: 0 };
  if (content === 'unchanged') {
    say(log, 'info', 'unchanged');
    return { configuration: ok(found), backup: { ...nothing, status: 'success', version: versionOf(last!) } };
  }
  if ('outcome' in content) {
    return { configuration: failed(content.outcome, content.error, found), backup: { ...nothing, status: content.outcome } };
  }
  const { stored, shown, content_sha256, volatile_lines } = content;
  const bytes = shown.length;
  try {
    const artifact = await put(deps.store, stored);
    const version = { artifact, sha256: sha256(shown), content_sha256, bytes, volatile_lines };
    const lines = await difference(deps, last, content, log);
    const kept = { ...nothing, version, ...lines };
    if (last !== null && bytes < last.bytes * LEAST_SHARE && last.flagged !== content_sha256) {
      const error = `suspiciously short: ${bytes} bytes after ${last.bytes}; kept and flagged, and a version once it comes again`;
      say(log, 'warn', error);
      return { configuration: failed('truncated', error, found), backup: { ...kept, status: 'truncated', suspicious: true } };
    }
    say(
      log,
      'info',
      last === null ? `first version, ${bytes} bytes` : `changed: +${lines.lines_added} -${lines.lines_removed} lines`,
    );
    return { configuration: ok(found), backup: { ...kept, status: 'success' } };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const error = `the configuration came, but it could not be stored: ${cause.detail}`;
    say(log, 'error', error);
    return { configuration: failed('error', error, found), backup: { ...nothing, status: 'error' } };
  }
}

/** The row of a device that gave nothing. */
export function noBackup(platform: string, { outcome, error }: KindOutcome): BackupWrite {
  const timestamp = new Date();
  const log: BackupLogLine[] = [];
  say(log, 'error', error ?? outcome);
  return {
    task_id: randomUUID(),
    platform,
    status: outcome === 'ok' ? 'error' : outcome,
    timestamp,
    log,
    changed_by: null,
    version: null,
    suspicious: false,
    lines_added: 0,
    lines_removed: 0,
  };
}

function say(log: BackupLogLine[], level: BackupLogLine['level'], message: string): void {
  log.push({ at: new Date().toISOString(), level, message });
}

/** What goes into the store, and what comes back out of it for those who may read it. */
function readable({ secrets, seal }: KeepDeps, platform: Platform, text: string): { stored: string; shown: string } {
  if (secrets === 'encrypt') return { stored: replaceSecrets(platform, text, (secret) => seal.seal(secret)), shown: text };
  const stored = secrets === 'scrub' ? scrub(platform, text) : text;
  return { stored, shown: stored };
}

async function put(store: ArtifactStore, text: Buffer): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await store.put(text);
    } catch (error) {
      const away = error instanceof AppError && error.code === 'artifact_store_unavailable';
      if (!away || attempt >= RETRY_MS.length) throw error;
      await sleep(RETRY_MS[attempt]);
    }
  }
}

/** Lines against the version before, without those that change by themselves. */
async function difference(
  { store, seal }: KeepDeps,
  last: LastVersion | null,
  now: Pick<NewContent, 'shown' | 'volatile_lines'>,
  log: BackupLogLine[],
): Promise<{ lines_added: number; lines_removed: number }> {
  if (last === null) return allNew(now);
  try {
    const before = withoutLines(seal.open((await store.get(last.artifact)).toString()), last.volatile_lines);
    const after = withoutLines(now.shown.toString(), now.volatile_lines);
    const { added, removed } = unifiedDiff(before, after, { a: 'before', b: 'after' }, 0);
    return { lines_added: added, lines_removed: removed };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say(log, 'warn', `the version before could not be read: ${error.detail}`);
    return allNew(now);
  }
}

function allNew({ shown, volatile_lines }: Pick<NewContent, 'shown' | 'volatile_lines'>): {
  lines_added: number;
  lines_removed: number;
} {
  return { lines_added: countLines(shown) - volatile_lines.length, lines_removed: 0 };
}

const versionOf = ({ flagged: _flagged, ...version }: LastVersion): KeptVersion => version;

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

function ok({ duration_ms }: Digest): KindOutcome {
  return { outcome: 'ok', rows: 0, duration_ms, error: null };
}

function failed(outcome: KindOutcome['outcome'], error: string, { duration_ms }: Digest): KindOutcome {
  return { outcome, rows: 0, duration_ms, error };
}
