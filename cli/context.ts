import type { Client } from '../api/client.ts';

/** One of the two outputs of the process. */
export interface Screen {
  write: (text: string) => void;
  /** Whether a person looks at it. */
  terminal: boolean;
  /** Columns; Infinity where it is no terminal. */
  width: number;
  color: boolean;
}

/** What a command may use of the process. */
export interface CliContext {
  env: Record<string, string | undefined>;
  out: Screen;
  err: Screen;
  /** Whether the answer of the API is printed as it is. */
  json: boolean;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** @throws AppError where address or token cannot be had */
  client: () => Client;
  /** What a person answers; null where nobody is there to ask. */
  ask: (question: string) => Promise<string | null>;
  /** The text of a file; of standard input for `-`. */
  read: (file: string) => Promise<string>;
}
