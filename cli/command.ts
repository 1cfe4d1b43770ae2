import type { CliContext } from './context.ts';
import type { Given } from './given.ts';

/** What a word of the command line names, for completion. */
export type Completes =
  | 'device'
  | 'job'
  | 'group'
  | 'schedule'
  | 'user'
  | 'token'
  | 'my-token'
  | 'fingerprint'
  | 'credential'
  | 'snapshot'
  | 'file';

export interface Arg {
  name: string;
  about: string;
  optional?: true;
  /** Any number of them, none too. */
  many?: true;
  completes?: Completes;
}

export interface Option {
  /** Without the dashes. */
  name: string;
  about: string;
  /** What it takes, as the help names it; without, it is a switch. */
  value?: string;
  /** May be given several times. */
  many?: true;
  choices?: readonly string[];
  completes?: Completes;
}

/** One row of the table of commands. */
export interface Command {
  /** `noun` or `noun verb`. */
  name: string;
  about: string;
  args?: readonly Arg[];
  options?: readonly Option[];
  /** It does not ask the API, and takes none of the options that are for that. */
  local?: true;
  /** Not for people: no help names it. */
  hidden?: true;
  /** Resolves with the exit code. */
  run: (context: CliContext, given: Given) => Promise<number>;
}

/** Exit codes beyond those of ERROR_CODES: how a job ended that was waited for, and Ctrl-C. */
export const EXIT = { ok: 0, job_failed: 8, job_partial: 9, job_cancelled: 10, interrupted: 130 } as const;
