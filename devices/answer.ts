import { DeviceError } from './device-error.ts';

/** What a device answered to one command. */
export interface Answer {
  command: string;
  /** `\n` line ends; without echo, pagers, escape sequences and prompt. May still grow until the next command is answered. */
  text: string;
  /** As received. */
  bytes: number;
  /** More came than `outputBytes`; `text` is the beginning. */
  truncated: boolean;
  /** `exec` only. */
  exitCode: number | null;
  stderr: string;
}

/** A login at its prompt. `run` rejects with a `DeviceError`; the session is of no use after that. */
export interface Session {
  run(command: string): Promise<Answer>;
  /** After the last command: waits a moment for what may still belong to its answer, which then grows. */
  settle?(): Promise<void>;
}

export interface SessionLimits {
  /** Longest silence within a command, in ms. A command that keeps sending may take four times as long. */
  commandMs: number;
  /** Kept of one command's output. */
  outputBytes: number;
}

/** A command that keeps sending may take this many times `commandMs`; the device limit holds besides. */
export const BUSY_FACTOR = 4;

export function expiry(why: 'silence' | 'too long', command: string, bytes: number, limits: SessionLimits): DeviceError {
  const seconds = why === 'silence' ? limits.commandMs / 1000 : (limits.commandMs * BUSY_FACTOR) / 1000;
  const what = why === 'silence' ? `no answer for ${seconds} s` : `not finished after ${seconds} s`;
  return new DeviceError('timeout', `${what} in the middle of "${command}", after ${bytes} bytes`);
}

/** Says in which command a connection was lost. */
export function inCommand(cause: unknown, command: string, bytes: number): unknown {
  if (!(cause instanceof DeviceError) || cause.outcome !== 'truncated') return cause;
  return new DeviceError('truncated', `${cause.message} in the middle of "${command}", after ${bytes} bytes`);
}
