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

/** How secrets in a configuration are kept in the artifact store. */
export const SECRET_POLICIES = ['keep', 'scrub', 'encrypt'] as const;
export type SecretPolicy = (typeof SECRET_POLICIES)[number];
