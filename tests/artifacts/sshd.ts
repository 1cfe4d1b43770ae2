import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SSHD = '/usr/sbin/sshd';

export interface Sshd {
  port: number;
  user: string;
  /** For `GIT_SSH_COMMAND`: this server's key and our own key, nothing of the user's. */
  command: string;
  stop: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when something accepts connections there. */
export async function accepting(port: number, ended: Promise<string>, limitMs = 15_000): Promise<void> {
  const until = performance.now() + limitMs;
  let why: string | null = null;
  void ended.then((text) => (why = text));
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    if (why !== null || performance.now() > until) throw new Error(`nothing listens on port ${port}: ${why ?? 'too late'}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A real OpenSSH server for the user that runs the tests; null where there is none. */
export async function startSshd(): Promise<Sshd | null> {
  if ((await stat(SSHD).catch(() => null)) === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'cairn-sshd-'));
  await chmod(folder, 0o700);
  for (const key of ['host', 'user']) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  // OpenSSH as root wants it to be there.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const port = await freePort();
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'user.pub')}`,
    `PidFile ${join(folder, 'pid')}`,
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'PermitRootLogin yes',
  ];
  await writeFile(join(folder, 'config'), config.join('\n') + '\n');
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<string>((resolve) => server.once('close', (code) => resolve(`sshd ended with ${code}: ${said}`)));
  await accepting(port, ended);
  const { stdout: key } = await run('ssh-keygen', ['-y', '-f', join(folder, 'host')]);
  await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${key}`);
  const options = ['-F', '/dev/null', '-i', join(folder, 'user'), '-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`];
  return {
    port,
    user: userInfo().username,
    command: ['ssh', ...options, '-o', 'IdentitiesOnly=yes'].join(' '),
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
