import type { Kind } from '../../../core/facts.ts';
import type { NtcRow } from './ntc.ts';

/** One command, the template that reads it and what must come out. */
export interface Check {
  command: string;
  /** Without the platform. */
  template: string;
  /** The kind whose truth the records must equal; without it the template must only find something. */
  kind?: Kind;
  /** Rows that belong to the kind. */
  where?: (row: NtcRow) => boolean;
  /** Columns given other names or forms before they become records. */
  mend?: (row: NtcRow) => Record<string, unknown>;
  /** Fields that the output shows and the template leaves out. */
  gaps?: string[];
  /** Records that the template does not read in full, by name, and the fields it leaves out there. */
  gapsIn?: { name: RegExp; fields: string[] };
  /** Lines that the template cannot read, taken out before it reads. */
  withoutLines?: RegExp;
  /** Rows with the same value here are one. */
  mergeBy?: string;
  /** Not asked of spines, whose empty answer the template does not know. */
  leavesOnly?: boolean;
  /** The rows must also equal those of the HTTP device API. */
  sameRows?: boolean;
  /** The template of 9.3.0 cannot read the real output: the error it must give. */
  fails?: string;
}
