import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import type { SimulatedDevice } from '../../../simulator/simulator.ts';

/** A plain SSH client, so that these tests do not depend on Cairn's own. */
export interface TestClient {
  client: ssh2.Client;
  /** `sha256` of the host key, base64. */
  hostKey: string;
  /** Runs a command in a channel of its own. */
  exec: (command: string) => Promise<string>;
  shell: () => Promise<TestShell>;
  /** Resolves when the connection is gone. */
  closed: Promise<void>;
  end: () => Promise<void>;
}

export interface TestShell {
  /** Everything the terminal got so far. */
  readonly text: string;
  type: (text: string) => void;
  /** Waits until what came since the last call ends with the text or matches; answers it. Rejects after `ms`. */
  until: (end: string | RegExp, ms?: number) => Promise<string>;
  closed: Promise<void>;
}

export async function connect(device: SimulatedDevice, options: ConnectConfig = {}): Promise<TestClient> {
  const client = new ssh2.Client();
  let hostKey = '';
  const closed = new Promise<void>((resolve) => void client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    // Errors after login are of no more use than `closed`.
    client
      .once('ready', resolve)
      .on('error', reject)
      .once('close', () => reject(new Error('the connection was closed')));
    client.connect({
      host: device.host,
      port: device.port,
      username: device.username,
      password: device.password,
      readyTimeout: 5000,
      hostHash: 'sha256',
      hostVerifier: (key: string) => {
        hostKey = key;
        return true;
      },
      ...options,
    });
  });
  return {
    client,
    hostKey,
    closed,
    exec: (command) =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => {
          if (error) return reject(error);
          let text = '';
          channel.on('data', (data: Buffer) => (text += data.toString('utf8')));
          channel.on('close', () => resolve(text));
        });
      }),
    shell: () =>
      new Promise((resolve, reject) => {
        client.shell({ term: 'vt100', cols: 512 }, (error, channel) => (error ? reject(error) : resolve(shellOf(channel))));
      }),
    end: async () => {
      client.end();
      await closed;
    },
  };
}

function shellOf(channel: ClientChannel): TestShell {
  let text = '';
  let read = 0;
  let check = (): void => undefined;
  channel.on('data', (data: Buffer) => {
    text += data.toString('utf8');
    check();
  });
  const closed = new Promise<void>((resolve) => void channel.once('close', () => resolve()));
  return {
    get text() {
      return text;
    },
    closed,
    type: (typed) => void channel.write(typed),
    until: (end, ms = 4000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          check = () => undefined;
          reject(new Error(`no ${String(end)} in ${JSON.stringify(text.slice(read).slice(-400))}`));
        }, ms);
        check = () => {
          const fresh = text.slice(read);
          if (typeof end === 'string' ? !fresh.endsWith(end) : !end.test(fresh)) return;
          clearTimeout(timer);
          check = () => undefined;
          read = text.length;
          resolve(fresh);
        };
        check();
      }),
  };
}
