import type { BackupWrite } from './backups.ts';
import type { Kind, Records } from './facts.ts';
import type { KindOutcome, Outcome } from './outcome.ts';

/** What one data kind of one device gave. `records` is empty unless the outcome is `ok`. */
export interface KindResult<K extends Kind = Kind> extends KindOutcome {
  records: Records[K][];
  /** The commands whose output the records were parsed from; their texts are in `Collected.outputs`. */
  commands: string[];
}

/** What each kind that was reached gave; a configuration itself is in `Collected.backup`. */
export type KindResults = { [K in Kind]?: KindResult<K> } & { configuration?: KindOutcome };

/** Raw output kept beside the rows, so that it can be parsed again without the device. */
export interface CommandOutput {
  /** As sent, or the path asked for (`http`). */
  command: string;
  text: string;
  /** e.g. `cisco_ios_show_ip_route.textfsm`; null where the output is structured or was not parsed. */
  template: string | null;
  /** e.g. `ntc-templates 9.3.0`, `cairn 0.1.0`. */
  template_version: string | null;
}

/** Why a device as a whole gave nothing, or nothing more. */
export interface DeviceFailure {
  outcome: Outcome;
  error: string;
  /** A transport error before login (refused, reset, timeout): another attempt may help. Never true for authentication. */
  retryable: boolean;
}

/** Everything one session with one device gave. Kinds that were not reached have no entry. */
export interface Collected {
  kinds: KindResults;
  outputs: CommandOutput[];
  /** True from the moment the device accepted our credentials; counts as the one login of the job. */
  logged_in: boolean;
  /** The host key seen, as `SHA256:<base64>` (ssh only). The caller pins it where none was pinned. */
  host_key: string | null;
  /** Set where the session ended before every kind was asked for. */
  failure: DeviceFailure | null;
  /** The platform found at the login of a device whose platform was `auto`. */
  detected_platform?: string;
  /** True where `shouldStop` ended the session between two kinds (pause, worker shutdown). */
  stopped: boolean;
  /** The configuration as it is to be recorded, where one was asked for and the device was reached. */
  backup?: BackupWrite;
  /** When the outputs were collected, where that was not just now (parsed again from the store). */
  collected_at?: Date;
}
