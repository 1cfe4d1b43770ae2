import type { Outcome } from './outcome.ts';

/** How the collection of one configuration ended. Only `success` is a version that later ones are compared with. */
export type BackupStatus = 'success' | Outcome;

export interface BackupLogLine {
  /** RFC 3339, UTC. */
  at: string;
  level: 'info' | 'warn' | 'error';
  message: string;
}

/** What every collector gives back, whatever it did. `device_config` goes to the artifact store only. */
export interface CollectorResult {
  /** UUID of this collection. */
  task_id: string;
  status: BackupStatus;
  /** RFC 3339, UTC: when the device had answered. */
  timestamp: string;
  log: BackupLogLine[];
  /** The complete text with `\n` line ends and one at its end; null unless `status` is `success`. */
  device_config: string | null;
}

/** A configuration that was kept, as its row tells of it. */
export interface KeptVersion {
  /** Address in the artifact store. */
  artifact: string;
  /** Of the text that the artifact gives back. */
  sha256: string;
  /** Of the text without what changes by itself; two versions with the same are one. */
  content_sha256: string;
  bytes: number;
  /** Numbers (from 1) of lines that change by themselves. */
  volatile_lines: number[];
}

/** One row of the history of a device, to be written with its checkpoint. */
export interface BackupWrite {
  task_id: string;
  platform: string;
  status: BackupStatus;
  timestamp: Date;
  log: BackupLogLine[];
  /** Who changed the configuration, where the text itself tells. */
  changed_by: string | null;
  /** Null where nothing was kept. */
  version: KeptVersion | null;
  /** Complete by every sign, but less than half of the version before: kept, and no version until it comes again. */
  suspicious: boolean;
  /** Against the version before. */
  lines_added: number;
  lines_removed: number;
}

/** What a collection is compared with: the newest version, and what was flagged after it. */
export interface LastVersion extends KeptVersion {
  /** `content_sha256` of the newest text that came if it was flagged as suspicious. */
  flagged: string | null;
}

/** How secrets in a configuration are kept in the artifact store. */
export const SECRET_POLICIES = ['keep', 'scrub', 'encrypt'] as const;
export type SecretPolicy = (typeof SECRET_POLICIES)[number];
