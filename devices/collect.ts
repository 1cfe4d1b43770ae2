import type { Collected } from '../core/collection.ts';
import type { Credential, Device } from '../core/device.ts';
import type { Kind } from '../core/facts.ts';
import { collectByHttp } from './collect-http.ts';
import { collectBySession } from './collect-session.ts';
import { autoPlatform } from './detect.ts';
import { secretsOf, withoutSecrets } from './hide-secrets.ts';
import type { Observe } from './observe.ts';
import type { Platform } from './platform.ts';
import type { TemplateLibrary } from './template-library.ts';

export interface JumpHost {
  host: string;
  port: number;
  credential: Credential;
  /** `SHA256:<base64>`; null trusts the key that is shown. */
  pinnedHostKey: string | null;
  /** Told the key seen, so that it can be pinned. */
  onHostKey?: (fingerprint: string) => void;
}

export interface CollectLimits {
  /** All of the work on the device. */
  device_ms: number;
  /** Longest silence within one command; one that keeps sending may take four times as long. */
  command_ms: number;
  /** TCP connection, key exchange and authentication together. */
  connect_ms: number;
  /** Kept of one command's output; more makes it `truncated`. */
  output_bytes: number;
}

export interface CollectOptions {
  device: Device;
  /** `autoPlatform` where it is to be found out. */
  platform: Platform;
  /** Platforms that `auto` chooses from; the built-in ones where not given. */
  candidates?: Platform[];
  credential: Credential;
  kinds: Kind[];
  library: TemplateLibrary;
  limits: CollectLimits;
  /** `SHA256:<base64>`; null trusts the key that is shown. */
  pinnedHostKey: string | null;
  jump: JumpHost | null;
  /** Aborted: the session is closed at once, what is open is `cancelled`. */
  signal: AbortSignal;
  /** Asked before each kind: true closes the session (`Collected.stopped`). */
  shouldStop: () => boolean;
  /** The current task for progress: `login`, or a command. */
  onTask: (task: string) => void;
  /** For traces; absent where nobody looks, and then it costs nothing. */
  observe?: Observe | undefined;
}

/**
 * Logs in once and asks for every kind. Never rejects for what a device does: that is in the outcomes and in `failure`.
 * A login that fails leaves `kinds` empty; a session that is lost gives the kinds it did not reach the outcome of the loss.
 */
export async function collectFacts(options: CollectOptions): Promise<Collected> {
  if (options.platform === autoPlatform && options.device.transport === 'http') return notOverHttp();
  const collected = await (options.device.transport === 'http' ? collectByHttp(options) : collectBySession(options));
  const secrets = secretsOf(options);
  for (const kind of Object.values(collected.kinds)) if (kind.error !== null) kind.error = withoutSecrets(kind.error, secrets);
  if (collected.failure !== null) collected.failure.error = withoutSecrets(collected.failure.error, secrets);
  // A device API may repeat the bearer token. Passwords stay, for they may be words of the output.
  const { token } = options.credential;
  if (token !== null && token.length >= 8) {
    for (const output of collected.outputs) output.text = output.text.replaceAll(token, '***');
  }
  return collected;
}

function notOverHttp(): Collected {
  const error = 'the platform of an http device cannot be found out: set it';
  const failure = { outcome: 'unsupported', error, retryable: false } as const;
  return { kinds: {}, outputs: [], logged_in: false, host_key: null, failure, stopped: false };
}
