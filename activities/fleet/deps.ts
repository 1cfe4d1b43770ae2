import type { Context } from '@temporalio/activity';
import type { LastVersion } from '../../core/backups.ts';
import type { Collected } from '../../core/collection.ts';
import type { Credential, Device } from '../../core/device.ts';
import type { Observe } from '../../devices/observe.ts';
import type { JobKind } from '../../core/facts.ts';
import type { StoredCredential } from '../../core/secret-reference.ts';
import type { Database } from '../../stores/database.ts';
import type { Logger } from '../../runtime/log.ts';
import type { TraceSpan, Tracing } from '../../runtime/tracing.ts';
import type { FleetMetrics } from '../../runtime/metrics-fleet.ts';
import type { SecretSources } from '../../runtime/secret-sources/sources.ts';
import type { BatchEnds } from './batch-ends.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { JobWatch } from './job-watch.ts';
import type { LockKeeper } from './lock-keeper.ts';
import type { Publisher } from './publisher.ts';
import type { SessionGate } from './session-gate.ts';

/** One session with one device; what `devices/collect.ts` gives. Never throws for what a device does. */
export interface CollectCall {
  device: Device;
  credential: Credential;
  kinds: JobKind[];
  /** Name of the collector of a configuration; null takes that of the transport. */
  collector: string | null;
  /** What a configuration is compared with. */
  lastVersion: LastVersion | null;
  limits: { device_ms: number; command_ms: number };
  pinnedHostKey: string | null;
  jump: {
    host: string;
    port: number;
    credential: Credential;
    pinnedHostKey: string | null;
    onHostKey: (fingerprint: string) => void;
  } | null;
  signal: AbortSignal;
  shouldStop(): boolean;
  onTask(task: string): void;
  /** The session is over, and what came of it is still to be kept. */
  onClosed(): void;
  observe?: Observe | undefined;
}

/** What the fleet engine of one worker process stands on. */
export interface FleetDeps {
  database: Database;
  log: Logger;
  gate: SessionGate;
  locks: LockKeeper;
  checkpoint: Checkpoint;
  ends: BatchEnds;
  watch: JobWatch;
  /** Shown as the holder of locks. */
  workerName: string;
  /** True once the process is asked to end: devices finish the kind they are in and go back to `pending`. */
  stopping: () => boolean;
  /** Decrypted credentials by id; an id that is not there has no entry. */
  openCredentials: (ids: string[]) => Promise<Map<string, StoredCredential>>;
  /** What credentials that refer to a secret elsewhere are completed with, just before a login. */
  secrets: SecretSources;
  collect: (call: CollectCall) => Promise<Collected>;
  /** The same from stored output, without the device. */
  reparse: (call: CollectCall) => Promise<Collected>;
  /** The configuration, kept in the artifact store where it is a new one. */
  backUp: (call: CollectCall) => Promise<Collected>;
  publisher: Publisher;
  metrics: FleetMetrics;
  /** Null: nothing is traced. */
  traces: { tracing: Tracing; spanOf: (context: Context) => TraceSpan | null } | null;
}
