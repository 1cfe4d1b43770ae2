import { randomUUID } from 'node:crypto';
import type { BackupLogLine, BackupStatus, CollectorResult } from '../core/backups.ts';
import type { CollectOptions } from './collect.ts';
import type { AnyCollector, CollectorOptions } from './collectors/collector.ts';
import { collectors, findCollector } from './collectors/index.ts';
import { autoPlatform } from './detect.ts';
import { notABase, openDeviceApi } from './device-api.ts';
import { asDeviceError } from './device-error.ts';
import { secretsOf, withoutSecrets } from './hide-secrets.ts';
import { countNewlines } from './lines.ts';
import type { Platform } from './platform.ts';
import { withSession } from './with-session.ts';

/** `shouldStop` is asked before the login, and once more before the first command. */
export type ConfigOptions = Omit<CollectOptions, 'kinds' | 'library'> & {
  /** Name of a collector; null takes the one of the device's transport. */
  collector: string | null;
};

export interface ConfigCollected {
  /** The last line of its log says why `status` is not `success`. */
  result: CollectorResult;
  /** Another attempt may help: only transport errors before the login. */
  retryable: boolean;
  logged_in: boolean;
  host_key: string | null;
  detected_platform?: string;
  /** True where `shouldStop` ended it before a command was asked: `status` is `cancelled`, and nothing was collected. */
  stopped: boolean;
  /** The one actually used, for comparing and scrubbing; null where `auto` did not find it out, never with `success`. */
  platform: Platform | null;
  /** The last command or path that was asked. */
  command: string | null;
  duration_ms: number;
  /** Resolves when the connection is closed; never rejects. */
  closed: Promise<void>;
}

const NO_ANSWER: BackupStatus[] = ['unreachable', 'timeout', 'auth_failed', 'cancelled', 'error'];

interface Run {
  options: ConfigOptions;
  out: Omit<ConfigCollected, 'result' | 'duration_ms'>;
  make: Pick<CollectorOptions, 'log' | 'success' | 'failure'>;
}

/**
 * Fetches one configuration with one login, and proves it complete; the connection may still be closing. Never rejects for what a
 * device does: that is in `result.status`, and in words in the last line of `result.log`, without a secret of ours. A text comes only
 * with `success`.
 */
export async function collectConfig(options: ConfigOptions): Promise<ConfigCollected> {
  const begun = performance.now();
  const platform = options.platform === autoPlatform ? null : options.platform;
  const out: Run['out'] = {
    retryable: false,
    logged_in: false,
    host_key: null,
    stopped: false,
    platform,
    command: null,
    closed: Promise.resolve(),
  };
  const collector = findCollector(options.collector, options.device.transport);
  const result = await run(collector, { options, out, make: maker(options, out) });
  return { ...out, result, duration_ms: Math.round(performance.now() - begun) };
}

/** Builds the log and the result of one collection. */
function maker(options: ConfigOptions, out: Run['out']): Run['make'] {
  const lines: BackupLogLine[] = [];
  const secrets = secretsOf(options);
  const task_id = randomUUID();
  const log: CollectorOptions['log'] = (level, message) =>
    void lines.push({ at: new Date().toISOString(), level, message: withoutSecrets(message, secrets) });
  const result = (status: BackupStatus, device_config: string | null): CollectorResult => ({
    task_id,
    status,
    timestamp: new Date().toISOString(),
    log: lines,
    device_config,
  });
  return {
    log,
    success: (text) => {
      log('info', `complete: ${countNewlines(text)} lines, ${Buffer.byteLength(text)} bytes`);
      out.retryable = false;
      return result('success', text);
    },
    failure: (status, message, retryable = false) => {
      log(out.stopped ? 'info' : 'error', message);
      out.retryable = retryable;
      return result(status, null);
    },
  };
}

async function run(collector: AnyCollector | undefined, given: Run): Promise<CollectorResult> {
  const { device, platform, collector: name } = given.options;
  const { failure } = given.make;
  if (collector === undefined) {
    return failure(
      'unsupported',
      `there is no collector ${JSON.stringify(name)}; there are ${Object.keys(collectors).join(', ')}`,
    );
  }
  if (!collector.transports.includes(device.transport)) {
    return failure('unsupported', `the collector ${collector.name} is not for devices reached by ${device.transport}`);
  }
  const ended = over(given);
  if (ended !== null) return ended;
  if (collector.client === 'session') return overSession(collector, given);
  if (collector.client === 'none') {
    given.out.platform = platform;
    return guarded(given, () => collector.collect(device, null, asked(given, platform)));
  }
  if (platform === autoPlatform) return failure('unsupported', 'the platform of an http device cannot be found out: set it');
  return overApi(collector, given);
}

async function overSession(collector: Extract<AnyCollector, { client: 'session' }>, given: Run): Promise<CollectorResult> {
  const { options, out, make } = given;
  let collected: CollectorResult | null = null;
  const talk = await withSession(options, async (session, platform) => {
    out.platform = platform;
    make.log(
      'info',
      `logged in to ${options.device.host}:${options.device.port} as ${options.credential.username ?? '(no user)'}`,
    );
    if (platform !== options.platform) make.log('info', `the platform is ${platform.name}`);
    collected = over(given) ?? (await collector.collect(options.device, session, asked(given, platform)));
  });
  out.closed = talk.closed;
  out.logged_in = talk.logged_in;
  out.host_key = talk.host_key;
  if (talk.detected_platform !== undefined) out.detected_platform = talk.detected_platform;
  if (talk.failure !== null) return make.failure(talk.failure.outcome, talk.failure.error, talk.failure.retryable);
  return collected ?? make.failure('error', 'the collector gave no result');
}

async function overApi(collector: Extract<AnyCollector, { client: 'api' }>, given: Run): Promise<CollectorResult> {
  const { options, out, make } = given;
  const api = openDeviceApi(options);
  if (api === null) return make.failure('error', notABase(options.device));
  try {
    const collected = await guarded(given, () => collector.collect(options.device, api, asked(given, options.platform)));
    // As for facts: whoever answers anything but a refusal of the way to the device knows the caller.
    out.logged_in = !NO_ANSWER.includes(collected.status);
    return collected;
  } finally {
    api.close();
  }
}

/** Abort and stop, looked at in one place for all collectors: before the login, and before the first command. */
function over({ options, out, make }: Run): CollectorResult | null {
  if (options.signal.aborted) return make.failure('cancelled', 'cancelled');
  if (!options.shouldStop()) return null;
  out.stopped = true;
  return make.failure('cancelled', 'stopped before the configuration was asked for');
}

function asked({ options, out, make }: Run, platform: Platform): CollectorOptions {
  return {
    ...make,
    timeout: options.limits.device_ms,
    output_bytes: options.limits.output_bytes,
    platform,
    onCommand: (command) => {
      out.command = command;
      options.onTask(command);
      make.log('info', `asked ${JSON.stringify(command)}`);
    },
  };
}

async function guarded({ make }: Run, collect: () => Promise<CollectorResult>): Promise<CollectorResult> {
  try {
    return await collect();
  } catch (cause) {
    const { outcome, message, retryable } = asDeviceError(cause);
    return make.failure(outcome, message, retryable);
  }
}
