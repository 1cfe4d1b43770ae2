import { connect, createServer } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';

export const USER = 'operator';
export const PASSWORD = 's3cret-of-the-test';

/** One terminal as the device sees it. */
export interface Io {
  /** Bytes, or text as UTF-8; line ends are sent as they are. */
  send: (data: string | Buffer) => void;
  /** The next line typed, without its end. */
  line: () => Promise<string>;
  /** The next key pressed. */
  key: () => Promise<string>;
  /** Lets what was sent go out as a chunk of its own. */
  pause: (ms?: number) => Promise<void>;
  channel: ServerChannel;
  connection: Connection;
}

export interface DeviceScript {
  /** Default: `USER` with `PASSWORD`, methods password and publickey. */
  auth?: (context: AuthContext, attempts: string[]) => void;
  shell?: (io: Io) => Promise<void>;
  exec?: (command: string, io: Io) => Promise<void> | void;
  /** A forwarded TCP connection: makes it a jump host. */
  forward?: boolean;
  algorithms?: ssh2.ServerConfig['algorithms'];
  hostKeyType?: 'ed25519' | 'rsa';
}

export interface TinyDevice {
  host: string;
  port: number;
  /** Methods that came with a secret. */
  attempts: string[];
  connections: number;
  /** Connections that are over. */
  closed: () => number;
  stop: () => Promise<void>;
}

/** A real SSH server on loopback that does what a test tells it to. */
export async function startDevice(script: DeviceScript): Promise<TinyDevice> {
  const key = hostKey(script.hostKeyType ?? 'ed25519');
  const open = new Set<Connection>();
  let closed = 0;
  const device: TinyDevice = { host: '127.0.0.1', port: 0, attempts: [], connections: 0, closed: () => closed, stop };
  const server = new ssh2.Server(
    { hostKeys: [key], ...(script.algorithms ? { algorithms: script.algorithms } : {}) },
    (connection) => {
      device.connections += 1;
      open.add(connection);
      connection.on('error', () => connection.end());
      connection.on('close', () => {
        open.delete(connection);
        closed += 1;
      });
      connection.on('authentication', (context) => (script.auth ?? passwordOnly)(context, device.attempts));
      connection.on('tcpip', (accept, reject, info) => {
        if (script.forward !== true) {
          reject();
          return;
        }
        const channel = accept();
        const socket = connect(info.destPort, info.destIP);
        socket.on('error', () => channel.end());
        socket.pipe(channel).pipe(socket);
      });
      connection.on('session', (accept) => {
        const session = accept();
        session.on('pty', (accept) => accept?.());
        session.on('shell', (accept) => void script.shell?.(ioOf(accept(), connection)));
        session.on('exec', (accept, _reject, { command }) => void script.exec?.(command, ioOf(accept(), connection)));
      });
    },
  );
  // Nagle would cost 40 ms a step.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  async function stop(): Promise<void> {
    for (const connection of open) connection.end();
    await new Promise<void>((done) => listener.close(() => done()));
  }
  await new Promise<void>((done) => listener.listen(0, device.host, () => done()));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  device.port = address.port;
  return device;
}

/** A key that ssh2 can read back: now and then it writes an Ed25519 one that it then calls malformed. */
function hostKey(type: 'ed25519' | 'rsa'): string {
  for (;;) {
    const pair =
      type === 'rsa' ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }) : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair.private;
  }
}

function passwordOnly(context: AuthContext, attempts: string[]): void {
  if (context.method === 'none') return context.reject(['password', 'publickey']);
  attempts.push(context.method);
  if (context.method === 'password' && context.username === USER && context.password === PASSWORD) return context.accept();
  context.reject(['password', 'publickey']);
}

function ioOf(channel: ServerChannel, connection: Connection): Io {
  let inbox = '';
  let wake: (() => void) | null = null;
  channel.on('data', (data: Buffer) => {
    inbox += data.toString('utf8').replaceAll('\r', '\n');
    wake?.();
  });
  const until = async (ready: () => boolean): Promise<void> => {
    while (!ready()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    channel,
    connection,
    send: (data) => void (channel.writable && channel.write(data)),
    line: async () => {
      await until(() => inbox.includes('\n'));
      const end = inbox.indexOf('\n');
      const line = inbox.slice(0, end);
      inbox = inbox.slice(end + 1);
      return line;
    },
    key: async () => {
      await until(() => inbox !== '');
      const key = inbox.charAt(0);
      inbox = inbox.slice(1);
      return key;
    },
    pause: (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

export type Reply = string | ((io: Io, command: string) => Promise<void> | void);

/**
 * A well-behaved command line: echoes, answers, prompts. A reply that is a function writes everything after the echo itself,
 * except the prompt. Commands that are not in the table are refused as Cisco does.
 */
export function commandLine(prompt: string, replies: Record<string, Reply>, greeting = '\r\n'): (io: Io) => Promise<void> {
  return async (io) => {
    io.send(greeting + prompt);
    for (;;) {
      const command = await io.line();
      const reply = replies[command];
      if (typeof reply === 'function') {
        io.send(`${command}\r\n`);
        await reply(io, command);
        io.send(prompt);
      } else {
        const said = reply ?? (command.startsWith('terminal') ? '' : "% Invalid input detected at '^' marker.\r\n");
        io.send(`${command}\r\n${said}${prompt}`);
      }
    }
  };
}
