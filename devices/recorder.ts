import type { Credential } from '../core/device.ts';
import { KINDS } from '../core/facts.ts';
import type { Answer, Session, SessionLimits } from './answer.ts';
import { gatherKind } from './collect-session.ts';
import { autoPlatform, openDetected } from './detect.ts';
import { asDeviceError } from './device-error.ts';
import type { DeviceError } from './device-error.ts';
import type { Ask, Platform } from './platform.ts';
import { platforms } from './platforms/index.ts';
import { writeRecording } from './recording.ts';
import type { RecordedEvent } from './recording.ts';
import { scrubRecording } from './scrub-recording.ts';
import { openSession } from './session.ts';
import { connectSsh } from './transports/ssh.ts';
import type { SshConnection } from './transports/ssh.ts';
import type { Channel } from './transports/transport.ts';

export interface RecordOptions {
  host: string;
  port: number;
  /** `autoPlatform` to find it out. */
  platform: Platform;
  credential: Credential;
  /** Asked one after the other; where there are none, what a discovery asks for. */
  commands: string[];
  limits: SessionLimits & { connectMs: number };
  signal: AbortSignal;
  /** Told each command as it is sent. */
  onTask?: (task: string) => void;
}

export interface Recording {
  /** The file: JSON lines, secrets taken out. */
  text: string;
  /** The platform, found out where it was `auto`; null where that failed. */
  platform: string | null;
  /** Why it ends early; what was seen until then is in the recording. */
  failure: DeviceError | null;
}

/**
 * Logs in once and writes down every byte of the terminal in both directions, with its time.
 * @throws DeviceError where the login itself fails: there is nothing to record
 */
export async function recordSession(options: RecordOptions): Promise<Recording> {
  const { host, port, platform, credential, limits, signal } = options;
  const username = `${credential.username ?? ''}${platform.ssh?.usernameSuffix ?? ''}`;
  const connection = await connectSsh(
    { host, port, credential: { ...credential, username }, pinnedHostKey: null, legacy: platform.ssh?.legacy ?? false },
    { connectMs: limits.connectMs, channelMs: limits.commandMs, signal },
  );
  const tape = startTape();
  let found: Platform | null = platform === autoPlatform ? null : platform;
  let failure: DeviceError | null = null;
  try {
    const recorded = tape.record(connection);
    if (found === null) {
      const opened = await openDetected(recorded, Object.values(platforms), credential, limits);
      found = opened.platform;
      await talk(opened.session, found, options);
    } else {
      await talk(await openSession(recorded, found, credential, limits), found, options);
    }
  } catch (cause) {
    failure = asDeviceError(cause);
    tape.note(`${failure.outcome}: ${failure.message}`);
  }
  tape.stop();
  const { ident } = connection;
  await connection.close();
  const events = scrubRecording(tape.events, { typed: typedOf(credential), rules: (found ?? autoPlatform).config.scrub });
  const head = { cairn_recording: 1, platform: platform.name, ident } as const;
  return { text: writeRecording(head, events), platform: found?.name ?? null, failure };
}

/** The same questions in the same order as a discovery, so that a discovery can be replayed. */
async function talk(session: Session, platform: Platform, { commands, onTask }: RecordOptions): Promise<void> {
  for (const command of commands) {
    onTask?.(command);
    await session.run(command);
  }
  if (commands.length > 0) return;
  const answers = new Map<string, { ask: Ask; answer: Answer }>();
  const asking = { platform, onTask: onTask ?? (() => undefined) };
  for (const kind of KINDS) {
    await gatherKind(session, asking, platform.kinds[kind], answers, {
      kind,
      commands: [],
      verdict: { is: 'output' },
      from: null,
      join: null,
      ms: 0,
    });
  }
}

function typedOf(credential: Credential): { name: string; value: string }[] {
  return (['password', 'enable_password', 'passphrase', 'private_key', 'token'] as const).flatMap((name) => {
    const value = credential[name];
    return value === null ? [] : [{ name, value }];
  });
}

interface Tape {
  events: RecordedEvent[];
  record(connection: SshConnection): SshConnection;
  note(text: string): void;
  /** What comes after is our own leaving. */
  stop(): void;
}

function startTape(): Tape {
  const begun = performance.now();
  const events: RecordedEvent[] = [];
  let channels = 0;
  let running = true;
  const push = (channel: number, dir: RecordedEvent['dir'], bytes: Buffer, code: number | null = null): void => {
    if (running) events.push({ t: performance.now() - begun, channel, dir, bytes: bytes.toString('latin1'), code });
  };
  const tap = (number: number, channel: Channel, connection: SshConnection): Channel => ({
    write: (text) => {
      push(number, 'in', Buffer.from(text));
      channel.write(text);
    },
    close: () => channel.close(),
    listen: (onData, onEnd) =>
      channel.listen(
        (chunk, stderr) => {
          push(number, stderr ? 'err' : 'out', chunk);
          onData(chunk, stderr);
        },
        (code) => {
          push(number, connection.ended === null ? 'exit' : 'closed', Buffer.alloc(0), code);
          onEnd(code);
        },
      ),
  });
  return {
    events,
    record: (connection) => ({
      get hostKey() {
        return connection.hostKey;
      },
      get ident() {
        return connection.ident;
      },
      get ended() {
        return connection.ended;
      },
      shell: async (terminal) => {
        const number = channels++;
        push(number, 'shell', Buffer.alloc(0));
        return tap(number, await connection.shell(terminal), connection);
      },
      exec: async (command) => {
        const number = channels++;
        push(number, 'exec', Buffer.from(command));
        return tap(number, await connection.exec(command), connection);
      },
      forward: (host, port) => connection.forward(host, port),
      close: () => connection.close(),
      destroy: (cause) => connection.destroy(cause),
    }),
    note: (text) => push(0, 'note', Buffer.from(text)),
    stop: () => {
      running = false;
    },
  };
}
