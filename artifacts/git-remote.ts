import { coalesce } from './coalesce.ts';
import { textOf } from './errors.ts';
import { joinBranches } from './git-join.ts';
import { gitComplaint, type GitAnswer, type GitRun } from './git-run.ts';

const FETCH_LIMIT_MS = 2 * 60_000;
const PUSH_LIMIT_MS = 10 * 60_000;
const MAX_ROUNDS = 5;
const RETRY_MS = 5000;
const MAX_RETRY_MS = 10 * 60_000;
const CLOSE_MS = 10_000;
/** What the remote is known to have. */
const KNOWN = 'refs/cairn/remote';
const REFUSED = /\[(remote )?rejected\]|fetch first|non-fast-forward|cannot lock ref/;

export interface RemoteOptions {
  run: GitRun;
  url: string;
  branch: string;
  head: () => Promise<string | null>;
  log: { warn(fields: object, message: string): void };
}

/** The repository that ours is pushed to: in the background, as often as needed, until it is there. */
export function gitRemote({ run, url, branch, head, log }: RemoteOptions) {
  const abort = new AbortController();
  const ref = `refs/heads/${branch}`;
  let failures = 0;
  let timer: NodeJS.Timeout | null = null;
  let ssh: Promise<string[]> | null = null;

  /** Without a prompt, whatever ssh would like to know; who has set up Git's ssh otherwise knows what they do. */
  async function settings(): Promise<string[]> {
    const { stdout } = await run(['config', 'core.sshCommand']);
    return stdout.length > 0 ? [] : ['core.sshCommand=ssh -o BatchMode=yes -o ConnectTimeout=15'];
  }

  async function remotely(args: string[], timeLimitMs: number): Promise<GitAnswer> {
    const config = await (ssh ??= settings());
    return await run(args, { timeLimitMs, config, signal: abort.signal });
  }

  /** Brings everything of the remote branch here; false where it has no such branch yet. */
  async function fetchOnce(): Promise<boolean> {
    const answer = await remotely(
      ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', url, `+${ref}:${KNOWN}`],
      FETCH_LIMIT_MS,
    );
    if (answer.code === 0) return true;
    if (/couldn't find remote ref/.test(answer.stderr)) return false;
    throw new Error(`cannot fetch from the remote: ${gitComplaint(answer)}`);
  }
  const fetch = coalesce(fetchOnce);

  async function known(): Promise<string | null> {
    const { code, stdout } = await run(['rev-parse', '--verify', '--quiet', KNOWN]);
    return code === 0 ? stdout.toString('latin1').trim() : null;
  }

  async function push(): Promise<void> {
    for (let round = 1; ; round += 1) {
      const ours = await head();
      if (ours === null || ours === (await known())) return;
      const answer = await remotely(['push', '--quiet', url, `${ours}:${ref}`], PUSH_LIMIT_MS);
      if (answer.code === 0) {
        await run(['update-ref', KNOWN, ours]);
        return;
      }
      if (!REFUSED.test(answer.stderr) || round === MAX_ROUNDS) throw new Error(`cannot push: ${gitComplaint(answer)}`);
      // Somebody else pushed, most likely another worker.
      if (await fetch()) await join();
    }
  }

  async function join(): Promise<void> {
    const theirs = await known();
    if (theirs === null) return;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) if (await joinBranches(run, branch, await head(), theirs)) return;
    throw new Error('cannot push: the branch here moves all the time');
  }

  /** Null when the remote has everything; else why not. */
  const pushed = coalesce(async (): Promise<string | null> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    try {
      await push();
      failures = 0;
      return null;
    } catch (error) {
      if (abort.signal.aborted) return null;
      failures += 1;
      const wait = Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
      log.warn({ err: textOf(error), failures, retry_ms: wait }, 'the Git artifact store was not pushed');
      timer = setTimeout(schedule, wait);
      timer.unref();
      return textOf(error);
    }
  });

  function schedule(): void {
    if (!abort.signal.aborted) void pushed();
  }

  /** Begins where the remote is, so that a new worker does not begin a history of its own. */
  async function adopt(): Promise<void> {
    try {
      if ((await head()) === null && (await fetch())) await join();
    } catch (error) {
      log.warn({ err: textOf(error) }, 'the remote of the Git artifact store does not answer: going on without');
    }
    schedule();
  }

  /** Lets a push that is under way end, for some seconds. */
  async function close(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    const limit = setTimeout(() => abort.abort(), CLOSE_MS);
    if (failures === 0) await pushed();
    clearTimeout(limit);
    abort.abort();
    if (timer !== null) clearTimeout(timer);
  }

  return { adopt, schedule, fetch, pushed, close };
}
