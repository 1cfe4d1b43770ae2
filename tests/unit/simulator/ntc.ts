import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export type NtcRow = Record<string, string | string[] | null>;
export interface NtcJob {
  /** File name in ntc-templates without `.textfsm`. */
  template: string;
  text: string;
}

const SCRIPT = fileURLToPath(new URL('parse-with-ntc.py', import.meta.url));

function python(args: string[], input?: string): string {
  const done = spawnSync('python3', args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout;
}

/** Why Python's ntc-templates cannot be asked here; null where it can. */
export function whyNoNtc(): string | null {
  try {
    python(['-c', 'import ntc_templates, textfsm']);
    return null;
  } catch (error) {
    return `python3 with ntc-templates and textfsm is not on PATH: ${String(error).split('\n').at(-2) ?? String(error)}`;
  }
}

const Answers = z.array(
  z.union([z.array(z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]))), z.object({ error: z.string() })]),
);

/** Rows by Python's own TextFSM; what a template rejects comes back as its error. */
export function parseWithNtc(jobs: NtcJob[]): (NtcRow[] | { error: string })[] {
  return Answers.parse(JSON.parse(python([SCRIPT], JSON.stringify(jobs))));
}
