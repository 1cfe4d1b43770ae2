/** What a command may use of the process. */
export interface CliContext {
  args: string[];
  env: Record<string, string | undefined>;
  out: (line: string) => void;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
