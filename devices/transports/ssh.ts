import { createHash } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { ClientChannel } from 'ssh2';
import type { Credential } from '../../core/device.ts';
import { DeviceError } from '../device-error.ts';
import { LEGACY, MODERN } from './ssh-algorithms.ts';
import { authHandler, forgetMethods, rememberMethods } from './ssh-auth.ts';
import { closed, explain } from './ssh-failure.ts';
import type { Attempt } from './ssh-failure.ts';
import { verifyWithoutPem } from './ssh-host-key.ts';
import type { Channel, Connection, Terminal } from './transport.ts';

const KEEPALIVE_MS = 15_000;
const CLOSE_MS = 500;
/** Made once: an error for each session that goes as it should costs the trace of its stack. */
const LEFT = new DeviceError('error', 'closed');

verifyWithoutPem();

export interface SshTarget {
  host: string;
  port: number;
  credential: Credential;
  /** `SHA256:<base64>`; null trusts the key that is shown. */
  pinnedHostKey: string | null;
  /** Also offer the algorithms that only old devices need. */
  legacy: boolean;
}

export interface SshConnection extends Connection {
  readonly hostKey: string;
  /** The software part of the device's SSH identification string, e.g. `Cisco-1.25`. */
  readonly ident: string;
  /** A TCP stream from the far end of this connection: what a jump host is for. */
  forward(host: string, port: number): Promise<Duplex>;
}

/**
 * Connects and logs in. `connectMs` covers all of it; `channelMs` the opening of each channel later. Rejects with a `DeviceError`; an abort closes the socket at once.
 * `through` is an open stream to the device (a jump host's), else a TCP connection is made.
 */
export function connectSsh(
  target: SshTarget,
  options: { connectMs: number; channelMs: number; signal: AbortSignal; through?: Duplex },
): Promise<SshConnection> {
  const { credential } = target;
  const attempt: Attempt = {
    target: `${target.host}:${target.port}`,
    username: credential.username,
    phase: 'connecting',
    auth: { pending: false, tried: [], offered: [] },
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let hostKey = '';
    let ident = '';
    let ended: DeviceError | null = null;
    let leaving = false;
    const channels = new Set<(cause: DeviceError) => void>();
    // ssh2 leaves Nagle on, which costs 40 ms whenever one message waits for the answer to another.
    const socket = options.through ?? connectTcp({ host: target.host, port: target.port, noDelay: true });

    const end = (cause: DeviceError): void => {
      if (ended !== null) return;
      ended = cause;
      if (attempt.phase === 'login') forgetMethods(hostKey, attempt.username ?? '');
      options.signal.removeEventListener('abort', onAbort);
      socket.destroy();
      for (const notify of channels) notify(cause);
      channels.clear();
      reject(cause);
    };
    const onAbort = (): void => end(new DeviceError('cancelled', 'cancelled'));
    options.signal.addEventListener('abort', onAbort);
    if (options.signal.aborted) return onAbort();

    client.on('error', (error) => end(explain(error, attempt)));
    client.on('close', () => end(leaving ? LEFT : closed(attempt)));
    client.on('connect', () => {
      attempt.phase = 'handshake';
    });
    client.on('handshake', () => {
      attempt.phase = 'login';
      // ssh2 tells it nowhere; tests of the detection fail where a version keeps it elsewhere.
      const version: unknown = Reflect.get(client, '_remoteVer');
      if (typeof version === 'string') ident = version;
    });
    client.on('change password', () => end(new DeviceError('auth_failed', 'the device demands a new password')));
    client.on('ready', () => {
      attempt.phase = 'session';
      attempt.auth.pending = false;
      rememberMethods(hostKey, attempt.username ?? '', attempt.auth);
      resolve(connection);
    });

    const open = <T>(
      start: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
      made: (channel: ClientChannel) => T,
      refused: (reason: string) => DeviceError = noChannel,
    ): Promise<T> =>
      new Promise((opened, failed) => {
        if (ended !== null) return failed(ended);
        const seconds = options.channelMs / 1000;
        const late = (): void => fail(new DeviceError('timeout', `the device opened no channel in ${seconds} s`));
        const timer = setTimeout(late, options.channelMs);
        const fail = (cause: DeviceError): void => {
          clearTimeout(timer);
          failed(cause);
        };
        channels.add(fail);
        start((error, channel) => {
          clearTimeout(timer);
          channels.delete(fail);
          if (error) failed(refused(error.message));
          else opened(made(channel));
        });
      });
    const wrap = (channel: ClientChannel): Channel => {
      let exitCode: number | null = null;
      // At once: what a quick command sends may all arrive with the message that opens its channel.
      channel.on('exit', (code: number | null) => {
        exitCode = code;
      });
      return {
        write: (text) => void channel.write(text),
        close: () => channel.close(),
        listen: (onData, onEnd) => {
          let over = false;
          const finish = (): void => {
            if (over) return;
            over = true;
            channels.delete(finish);
            onEnd(exitCode);
          };
          channels.add(finish);
          channel.on('data', (chunk: Buffer) => onData(chunk, false));
          channel.stderr.on('data', (chunk: Buffer) => onData(chunk, true));
          channel.on('close', finish);
        },
      };
    };
    const connection: SshConnection = {
      get hostKey() {
        return hostKey;
      },
      get ident() {
        return ident;
      },
      get ended() {
        return ended;
      },
      shell: ({ term, columns, rows }: Terminal) =>
        open((done) => client.shell({ term, cols: columns, rows, width: 0, height: 0 }, done), wrap),
      exec: (command) => open((done) => client.exec(command, done), wrap),
      forward: (host, port) =>
        open(
          (done) => client.forwardOut('127.0.0.1', 0, host, port, done),
          (channel): Duplex => channel,
          (reason) => new DeviceError('unreachable', `the jump host cannot reach ${host}:${port}: ${reason}`, true),
        ),
      close: () =>
        new Promise((done) => {
          if (ended !== null) return done();
          leaving = true;
          const timer = setTimeout(() => end(LEFT), CLOSE_MS);
          client.once('close', () => {
            clearTimeout(timer);
            done();
          });
          client.end();
        }),
      destroy: end,
    };

    try {
      client.connect({
        sock: socket,
        username: credential.username ?? '',
        algorithms: target.legacy ? LEGACY : MODERN,
        readyTimeout: options.connectMs,
        keepaliveInterval: KEEPALIVE_MS,
        authHandler: authHandler(credential, () => hostKey, attempt.auth, end),
        hostVerifier: (key: Buffer) => {
          hostKey = fingerprint(key);
          if (target.pinnedHostKey === null || target.pinnedHostKey === hostKey) return true;
          end(new DeviceError('host_key_mismatch', mismatch(attempt.target, hostKey, target.pinnedHostKey)));
          return false;
        },
      });
    } catch (error) {
      end(explain(error instanceof Error ? error : new Error(String(error)), attempt));
    }
  });
}

function noChannel(reason: string): DeviceError {
  return new DeviceError('error', `the device opened no channel: ${reason}`);
}

/** As OpenSSH prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function mismatch(target: string, seen: string, pinned: string): string {
  return `${target} shows host key ${seen}, but ${pinned} is pinned; if the device was replaced, remove the pin`;
}
