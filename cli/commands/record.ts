import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, ERROR_CODES } from '../../core/errors.ts';
import { AUTO, autoPlatform } from '../../devices/detect.ts';
import { asDeviceError } from '../../devices/device-error.ts';
import { findPlatform, platforms } from '../../devices/platforms/index.ts';
import { recordSession } from '../../devices/recorder.ts';
import type { RecordOptions } from '../../devices/recorder.ts';
import type { CliContext } from '../context.ts';

export const RECORD_USAGE = `cairn record --host HOST [--port 22] --platform NAME|auto --username USER --password-env VAR
    [--enable-env VAR] [--command "show version"]... --out FOLDER
  Logs in once over SSH, asks what a discovery asks (or the commands given) and writes down the session, byte by byte in both
  directions, as FOLDER/<platform>-<time>.jsonl. Passwords come from the environment variables named. What was typed as a
  password and what the platform knows as a secret is taken out; read the file before you pass it on, for it shows your network.`;

const LIMITS = { connectMs: 15_000, commandMs: 30_000, outputBytes: 64 * 1024 * 1024 };

/** Exit code 0; 1 where the session failed on the way and what was seen is written all the same. */
export async function record({ args, env, out, signal }: CliContext): Promise<number> {
  const { folder, ...options } = read(args, env);
  const { host, port } = options;
  const recording = await recordSession({ ...options, limits: LIMITS, signal, onTask: (task) => out(`  ${task}`) }).catch(
    (cause: unknown) => {
      const { outcome, message } = asDeviceError(cause);
      throw new AppError('internal', `nothing was recorded of ${host}:${port}: ${outcome}: ${message}`, { cause });
    },
  );
  await mkdir(folder, { recursive: true });
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const file = join(folder, `${recording.platform ?? AUTO}-${time}.jsonl`);
  await writeFile(file, recording.text, { mode: 0o600, flag: 'wx' });
  out(`recorded ${file} (${recording.text.length} bytes, platform ${recording.platform ?? 'not recognised'})`);
  if (recording.failure === null) return 0;
  out(`the session ended early: ${recording.failure.outcome}: ${recording.failure.message}`);
  return ERROR_CODES.internal.exit;
}

type Given = Pick<RecordOptions, 'host' | 'port' | 'platform' | 'credential' | 'commands'> & { folder: string };

function read(args: string[], env: CliContext['env']): Given {
  const values = parse(args);
  const need = (name: 'host' | 'platform' | 'username' | 'password-env' | 'out'): string =>
    values[name] ?? wrong(`--${name} is missing`);
  const secret = (variable: string): string => env[variable] ?? wrong(`the environment variable ${variable} is not set`);
  const port = Number(values.port ?? '22');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) wrong('--port must be a number from 1 to 65535');
  const name = need('platform');
  const platform = name === AUTO ? autoPlatform : findPlatform(name);
  return {
    host: need('host'),
    port,
    platform: platform ?? wrong(`there is no platform ${name}; there are ${AUTO}, ${Object.keys(platforms).join(', ')}`),
    credential: {
      username: need('username'),
      password: secret(need('password-env')),
      enable_password: values['enable-env'] === undefined ? null : secret(values['enable-env']),
      private_key: null,
      passphrase: null,
      token: null,
    },
    commands: values.command ?? [],
    folder: need('out'),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        platform: { type: 'string' },
        username: { type: 'string' },
        'password-env': { type: 'string' },
        'enable-env': { type: 'string' },
        command: { type: 'string', multiple: true },
        out: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    throw new AppError('validation_failed', `${cause instanceof Error ? cause.message : String(cause)}\n${RECORD_USAGE}`, {
      cause,
    });
  }
}

function wrong(what: string): never {
  throw new AppError('validation_failed', `${what}\n${RECORD_USAGE}`);
}
