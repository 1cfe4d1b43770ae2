import type { PayloadCodec } from '@temporalio/common';
import type { ArtifactReader } from './artifact-reader.ts';
import type { Stats } from '../contracts/http/stats.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Scope } from '../stores/scope.ts';
import type { Keyring } from '../stores/seal.ts';
import type { EventHub } from './events.ts';
import type { LaunchDeps } from './launch.ts';
import type { Oidc } from './oidc.ts';
import type { QueueWatch } from './queues.ts';
import type { WaitWatch } from './waiting.ts';

/** What every handler works with. */
export interface ApiDeps extends LaunchDeps {
  keyring: Keyring;
  /** What Temporal keeps is encrypted with. */
  codec: PayloadCodec;
  /** The first token, role admin. */
  adminToken: string;
  /** Whose tokens are accepted besides ours; null: nobody's. */
  oidc: Oidc | null;
  maxDevicesPerRequest: number;
  /** Base address of the Temporal Web UI, without a slash at its end; null where none is known. */
  temporalUi: string | null;
  /** Configurations by their address in the artifact store, with sealed secrets opened. */
  artifacts: ArtifactReader;
  /** Webhooks may lead to private addresses and this host (`CAIRN_WEBHOOK_ALLOW_PRIVATE`). */
  privateTargets: boolean;
  metrics: Metrics;
  events: EventHub;
  /** Who serves which queue. */
  queues: QueueWatch;
  waits: WaitWatch;
  /** What goes on: `GET /api/stats`. */
  stats: (scope: Scope) => Promise<Stats>;
}
