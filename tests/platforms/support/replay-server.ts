import { createServer } from 'node:net';
import ssh2 from 'ssh2';
import type { Connection, ServerChannel } from 'ssh2';
import { readRecording } from '../../../devices/recording.ts';
import type { RecordedEvent } from '../../../devices/recording.ts';

/** The placeholders that a recording has for secrets are the secrets of its device. */
export const REPLAY_LOGIN = { username: 'recorded', password: '<password>', enable_password: '<enable_password>' };

export interface Replay {
  host: string;
  port: number;
  logins: number;
  /** What the client did otherwise than in the recording; empty where the session went as recorded. */
  problems: string[];
  /** Typed by the client, and not in the recording: blanks for a pager that was none. */
  strays: string[];
  stop(): Promise<void>;
}

/**
 * Plays the device's side of a recording to a real SSH client: sends what was sent, and waits for the client's bytes where the
 * recording has them. `chunk` cuts what is sent into pieces of so many bytes; as recorded where not given.
 */
export async function startReplay(text: string, { chunk }: { chunk?: number } = {}): Promise<Replay> {
  const { head, events } = readRecording(text);
  const opened = events.filter(({ dir }) => dir === 'shell' || dir === 'exec');
  const open = new Set<Connection>();
  const replay: Replay = { host: '127.0.0.1', port: 0, logins: 0, problems: [], strays: [], stop };
  const server = new ssh2.Server({ hostKeys: [hostKey()], ident: head.ident }, (client) => {
    open.add(client);
    const waiting = [...opened];
    client.on('error', () => client.end());
    client.on('close', () => open.delete(client));
    client.on('authentication', (context) => {
      if (context.method === 'password' && context.password === REPLAY_LOGIN.password) context.accept();
      else context.reject(['password']);
    });
    client.on('ready', () => (replay.logins += 1));
    client.on('session', (accept) => {
      const session = accept();
      const begin = (dir: 'shell' | 'exec', command: string, ok: () => ServerChannel): void => {
        const at = waiting.findIndex((event) => event.dir === dir && event.bytes === command);
        if (at < 0) {
          replay.problems.push(`the client opened ${dir} ${JSON.stringify(command)}, which is not in the recording`);
          client.end();
          return;
        }
        const [event] = waiting.splice(at, 1);
        play(
          events.filter((one) => one.channel === event!.channel),
          ok(),
          client,
          replay,
          chunk,
        );
      };
      session.on('pty', (ok) => ok?.());
      session.on('shell', (ok) => begin('shell', '', ok));
      session.on('exec', (ok, _refuse, { command }) => begin('exec', Buffer.from(command).toString('latin1'), ok));
    });
  });
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  async function stop(): Promise<void> {
    for (const client of open) client.end();
    await new Promise<void>((done) => listener.close(() => done()));
  }
  await new Promise<void>((done) => listener.listen(0, replay.host, () => done()));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  replay.port = address.port;
  return replay;
}

/** One channel, from its first event to its last. */
function play(events: RecordedEvent[], channel: ServerChannel, client: Connection, replay: Replay, chunk?: number): void {
  let inbox = '';
  let at = 0;
  let last = '';
  const typed = (wanted: string): boolean => {
    const found = inbox.indexOf(wanted);
    if (found < 0) {
      // A whole line that should not be there will not become right by waiting.
      if (!wanted.startsWith(inbox) && inbox.includes('\n') && !inbox.trim().startsWith(wanted.trim())) wrong(wanted);
      return false;
    }
    if (found > 0) stray(inbox.slice(0, found));
    inbox = inbox.slice(found + wanted.length);
    return true;
  };
  const stray = (text: string): void => {
    if (text.trim() === '') replay.strays.push(text);
    else
      replay.problems.push(
        `the client typed ${JSON.stringify(text)} after ${JSON.stringify(last.slice(-60))}, unlike the recording`,
      );
  };
  const wrong = (wanted: string): void => {
    replay.problems.push(`the recording waits for ${JSON.stringify(wanted)}, the client typed ${JSON.stringify(inbox)}`);
    at = events.length;
    client.end();
  };
  const send = (bytes: string, to: { write: (data: Buffer) => unknown }): void => {
    last = bytes;
    const size = chunk ?? Math.max(1, bytes.length);
    for (let from = 0; from < bytes.length; from += size) to.write(Buffer.from(bytes.slice(from, from + size), 'latin1'));
  };
  const advance = (): void => {
    for (; at < events.length; at += 1) {
      const event = events[at]!;
      if (event.dir === 'in') {
        if (!typed(event.bytes)) return;
      } else if (event.dir === 'out') send(event.bytes, channel);
      else if (event.dir === 'err') send(event.bytes, channel.stderr);
      else if (event.dir === 'closed') client.end();
      else if (event.dir === 'exit') {
        if (event.code !== null) channel.exit(event.code);
        channel.end();
      }
    }
  };
  channel.on('data', (data: Buffer) => {
    inbox += data.toString('latin1');
    advance();
    if (at >= events.length && inbox.trim() !== '' && events.at(-1)?.dir !== 'note') {
      replay.problems.push(`the client typed ${JSON.stringify(inbox)}, but the recording is over`);
      client.end();
    }
  });
  advance();
}

/** A key that ssh2 can read back: now and then it writes one that it then calls malformed. */
function hostKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}
