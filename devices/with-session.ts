import type { DeviceFailure } from '../core/collection.ts';
import type { Session } from './answer.ts';
import type { CollectOptions } from './collect.ts';
import { autoPlatform, openDetected } from './detect.ts';
import { asDeviceError, DeviceError } from './device-error.ts';
import { observed } from './observe.ts';
import type { Platform } from './platform.ts';
import { platforms } from './platforms/index.ts';
import { openSession } from './session.ts';
import { connectSsh } from './transports/ssh.ts';
import type { SshConnection } from './transports/ssh.ts';

/** What it takes to log in to a device and to be at its prompt. */
export type SessionOptions = Pick<
  CollectOptions,
  'device' | 'platform' | 'candidates' | 'credential' | 'limits' | 'pinnedHostKey' | 'jump' | 'signal' | 'onTask' | 'observe'
>;

/** How one login went. */
export interface Talk {
  /** True from the moment the device accepted our credentials. */
  logged_in: boolean;
  host_key: string | null;
  /** The platform found at the login of a device whose platform was `auto`. */
  detected_platform?: string;
  /** Null where the work came to its end. Retryable only before the login. */
  failure: DeviceFailure | null;
  /** Resolves when the connection is closed; never rejects. */
  closed: Promise<void>;
}

/**
 * The one way to a device by SSH: logs in (through the jump host), finds out the platform where it is `auto`, does `work`, and closes.
 * `limits.device_ms` counts from the login. Never rejects: what the device or `work` throws is in `failure`.
 */
export async function withSession(
  options: SessionOptions,
  work: (session: Session, platform: Platform) => Promise<void>,
): Promise<Talk> {
  const talk: Talk = { logged_in: false, host_key: null, failure: null, closed: Promise.resolve() };
  try {
    const { observe } = options;
    const connecting = login(options);
    observe?.({ is: 'connect' }, connecting);
    const connection = await connecting;
    talk.logged_in = true;
    talk.host_key = connection.hostKey;
    const timer = setTimeout(() => connection.destroy(outOfTime(options)), options.limits.device_ms);
    try {
      const opening = open(connection, options);
      observe?.({ is: 'login' }, opening);
      const { platform, session } = await opening;
      if (platform !== options.platform) talk.detected_platform = platform.name;
      await work(observe === undefined ? session : observed(session, observe), platform);
    } finally {
      clearTimeout(timer);
      talk.closed = connection.close();
    }
  } catch (cause) {
    const { outcome, message, retryable } = asDeviceError(cause);
    talk.failure = { outcome, error: message, retryable: retryable && !talk.logged_in };
  }
  return talk;
}

async function login(options: SessionOptions): Promise<SshConnection> {
  const { device, platform, credential, jump, limits, signal } = options;
  const within = { connectMs: Math.min(limits.connect_ms, limits.device_ms), channelMs: limits.command_ms, signal };
  options.onTask('login');
  const target = {
    host: device.host,
    port: device.port,
    credential: { ...credential, username: `${credential.username ?? ''}${platform.ssh?.usernameSuffix ?? ''}` },
    pinnedHostKey: options.pinnedHostKey,
    legacy: platform.ssh?.legacy ?? false,
  };
  if (jump === null) return connectSsh(target, within);
  const bastion = await connectSsh({ ...jump, legacy: false }, within).catch((cause: unknown) => {
    const { outcome, message, retryable } = asDeviceError(cause);
    throw new DeviceError(outcome, `jump host: ${message}`, retryable);
  });
  jump.onHostKey?.(bastion.hostKey);
  try {
    const through = await bastion.forward(device.host, device.port);
    const connection = await connectSsh(target, { ...within, through });
    return {
      ...connection,
      get hostKey() {
        return connection.hostKey;
      },
      get ended() {
        return connection.ended;
      },
      close: async () => {
        await connection.close();
        await bastion.close();
      },
      destroy: (cause) => {
        connection.destroy(cause);
        bastion.destroy(cause);
      },
    };
  } catch (cause) {
    bastion.destroy(asDeviceError(cause));
    throw cause;
  }
}

function outOfTime({ limits }: SessionOptions): DeviceError {
  return new DeviceError('timeout', `the device took longer than its limit of ${limits.device_ms / 1000} s`);
}

/** Takes the login to where commands can be run; where the platform is `auto`, finds it out on the way. */
async function open(
  connection: SshConnection,
  { platform, candidates, credential, limits }: SessionOptions,
): Promise<{ platform: Platform; session: Session }> {
  const within = { commandMs: limits.command_ms, outputBytes: limits.output_bytes };
  if (platform !== autoPlatform) return { platform, session: await openSession(connection, platform, credential, within) };
  return openDetected(connection, candidates ?? Object.values(platforms), credential, within);
}
