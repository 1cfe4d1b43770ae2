import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, ERROR_CODES } from '../core/errors.ts';
import { AUTO, autoPlatform } from '../devices/detect.ts';
import { asDeviceError } from '../devices/device-error.ts';
import { findPlatform, platforms } from '../devices/platforms/index.ts';
import { recordSession } from '../devices/recorder.ts';
import type { RecordOptions } from '../devices/recorder.ts';
import type { CliContext } from './context.ts';
import { wrong, type Given } from './given.ts';
import { safeLine } from './text/safe.ts';

const LIMITS = { connectMs: 15_000, commandMs: 30_000, outputBytes: 64 * 1024 * 1024 };

/**
 * Logs in once over SSH and writes down the session. Passwords come from the environment; what was typed as a password and what
 * the platform knows as a secret is taken out.
 * Exit code 0; 1 where the session failed on the way and what was seen is written all the same.
 */
export async function record({ env, out, signal }: CliContext, given: Given): Promise<number> {
  const say = (line: string): void => out.write(`${safeLine(line)}\n`);
  const { folder, ...options } = read(given, env);
  const { host, port } = options;
  const recording = await recordSession({ ...options, limits: LIMITS, signal, onTask: (task) => say(`  ${task}`) }).catch(
    (cause: unknown) => {
      const { outcome, message } = asDeviceError(cause);
      throw new AppError('internal', `nothing was recorded of ${host}:${port}: ${outcome}: ${message}`, { cause });
    },
  );
  await mkdir(folder, { recursive: true });
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const file = join(folder, `${recording.platform ?? AUTO}-${time}.jsonl`);
  await writeFile(file, recording.text, { mode: 0o600, flag: 'wx' });
  say(`recorded ${file} (${recording.text.length} bytes, platform ${recording.platform ?? 'not recognised'})`);
  if (recording.failure === null) return 0;
  say(`the session ended early: ${recording.failure.outcome}: ${recording.failure.message}`);
  return ERROR_CODES.internal.exit;
}

type Session = Pick<RecordOptions, 'host' | 'port' | 'platform' | 'credential' | 'commands'> & { folder: string };

function read(given: Given, env: CliContext['env']): Session {
  const secret = (option: string): string => {
    const variable = given.need(option);
    return env[variable] ?? wrong(`--${option}`, `names ${variable}, but the environment variable ${variable} is not set`);
  };
  const port = given.number('port') ?? 22;
  if (port < 1 || port > 65_535) wrong('--port', 'must be a number from 1 to 65535');
  const name = given.need('platform');
  const platform = name === AUTO ? autoPlatform : findPlatform(name);
  return {
    host: given.need('host'),
    port,
    platform:
      platform ?? wrong('--platform', `there is no platform ${name}; there are ${AUTO}, ${Object.keys(platforms).join(', ')}`),
    credential: {
      username: given.need('username'),
      password: secret('password-env'),
      enable_password: given.text('enable-env') === undefined ? null : secret('enable-env'),
      private_key: null,
      passphrase: null,
      token: null,
    },
    commands: given.list('command') ?? [],
    folder: given.need('out'),
  };
}
