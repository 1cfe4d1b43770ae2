import { generateKeyPairSync } from 'node:crypto';
import { Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerConfig } from 'ssh2';
import { answer, toWire, type DeviceState } from './device-state.ts';
import { findFault } from './faults.ts';
import { hostKey } from './host-key.ts';
import { runShell } from './shell.ts';

export interface Login {
  username: string;
  password: string;
  /** Public keys that may log in. */
  keys: ParsedKey[];
}

/** Wrong credentials before the device closes the connection. */
const MAX_FAILURES = 3;

const LEGACY: ServerConfig['algorithms'] = {
  kex: ['diffie-hellman-group14-sha1'],
  serverHostKey: ['ssh-rsa'],
  cipher: ['aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha1'],
};

export interface SshEndpoint {
  /** Speaks SSH on a TCP connection to a device. */
  accept: (socket: Socket, state: DeviceState) => void;
}

/** One protocol engine for each identification text and host key; all devices share them. */
export function createSshEndpoint(seed: number, login: Login): SshEndpoint {
  const states = new WeakMap<Socket, DeviceState>();
  const servers = new Map<string, ssh2.Server>();
  const server = (ident: string, key: 'usual' | 'changed' | 'legacy'): ssh2.Server => {
    const id = `${key} ${ident}`;
    let found = servers.get(id);
    if (!found) {
      const hostKeys = [key === 'legacy' ? rsaKey() : hostKey(`host ${seed} ${key}`)];
      const config: ServerConfig = { hostKeys, ident, ...(key === 'legacy' ? { algorithms: LEGACY } : {}) };
      found = new ssh2.Server(config, (client) => {
        const state = states.get(socketOf(client));
        if (!state) throw new Error('a connection that belongs to no device');
        serve(client, state, login);
      });
      servers.set(id, found);
    }
    return found;
  };
  return {
    accept: (socket, state) => {
      states.set(socket, state);
      const legacy = findFault(state.faults, 'legacy_ssh') && 'legacy';
      const changed = findFault(state.faults, 'host_key_change') && 'changed';
      server(state.device.platform.ident, legacy ?? changed ?? 'usual').injectSocket(socket);
    },
  };
}

/** ssh2 does not say which injected socket a client came from; its own field is the only link. */
function socketOf(client: Connection): Socket {
  const socket: unknown = Reflect.get(client, '_sock');
  if (!(socket instanceof Socket)) throw new Error('this version of ssh2 keeps its socket elsewhere');
  return socket;
}

function rsaKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function serve(client: Connection, state: DeviceState, login: Login): void {
  const { device, counters } = state;
  let options = '';
  let failures = 0;
  let open = false;
  const refuse = (context: AuthContext): void => {
    counters.count(device.name, 'auth_failures');
    failures++;
    context.reject(['password', 'keyboard-interactive', 'publickey']);
    if (failures >= MAX_FAILURES) client.end();
  };
  const decide = (context: AuthContext, ok: boolean): void => {
    const [name = '', ...flags] = context.username.split('+');
    options = flags.join('+');
    if (ok && name === login.username && !findFault(state.faults, 'auth')) context.accept();
    else refuse(context);
  };
  client.on('authentication', (context) => {
    if (context.method === 'password') return decide(context, context.password === login.password);
    if (context.method === 'keyboard-interactive') {
      return context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => decide(context, answers[0] === login.password));
    }
    if (context.method === 'publickey') {
      const key = login.keys.find((known) => known.getPublicSSH().equals(context.key.data));
      // Without a signature the client only asks whether the key would do.
      if (key && (!context.signature || !context.blob)) return context.accept();
      const signed = key && context.signature && context.blob && key.verify(context.blob, context.signature, context.hashAlgo);
      return decide(context, signed === true);
    }
    context.reject(['password', 'keyboard-interactive', 'publickey']);
  });
  client.on('ready', () => {
    open = true;
    counters.count(device.name, 'logins');
    counters.opened(device.name);
  });
  client.on('close', () => {
    if (open) counters.closed(device.name);
    open = false;
  });
  // Resets by clients are part of the exercise; `close` follows and is counted.
  client.on('error', () => client.end());
  client.on('session', (accept) => {
    const session = accept();
    const close = (): void => void client.end();
    const dropped = (): boolean => {
      if (!findFault(state.faults, 'drop_after_login')) return false;
      close();
      return true;
    };
    session.on('pty', (ok) => ok?.());
    session.on('env', (ok) => (ok as (() => void) | undefined)?.());
    session.on('window-change', (ok) => ok?.());
    session.on('shell', (ok) => {
      if (!dropped()) runShell(state, ok(), options, close);
    });
    session.on('exec', (ok, _refuse, { command }) => {
      if (dropped()) return;
      const channel = ok();
      const { platform } = device;
      const { text, after, delay, encoding, status } = answer(state, command, platform.startMode, 0);
      const finish = (): void => {
        channel.write(
          toWire(
            platform.timestamp === undefined ? text : `${platform.timestamp}\n${text}`,
            platform.execNewline ?? '\r\n',
            encoding,
          ),
        );
        if (after === 'close') close();
        if (after !== 'prompt') return;
        channel.exit(status);
        channel.end();
      };
      if (delay === 0) finish();
      else setTimeout(finish, delay);
    });
  });
}
