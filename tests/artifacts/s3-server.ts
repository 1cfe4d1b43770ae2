import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { loadSettings } from '../../runtime/config.ts';
import { accepting, freePort } from './sshd.ts';

const run = promisify(execFile);

/** An S3 server in Go that checks signatures; built once, with Go, from the module registry. */
const GATEWAY = { module: 'github.com/versity/versitygw/cmd/versitygw', version: 'v1.8.0' };
const BUILD_LIMIT_MS = 10 * 60_000;

export const KEYS = { accessKeyId: 'cairn-tests', secretAccessKey: 'cairn-tests-secret' };
export const REGION = 'eu-central-1';

export interface S3Server {
  endpoint: string;
  bucket: string;
  stop(): Promise<void>;
}

/** Why there is no server to test with. */
export class NoS3Server extends Error {}

/** The path of the gateway, in the cache folder that all runs share; it appears there by a rename. */
async function gateway(): Promise<string> {
  const home = join(loadSettings(process.env).cacheDir, 'versitygw', GATEWAY.version);
  const path = join(home, 'versitygw');
  if ((await stat(path).catch(() => null)) !== null) return path;
  await mkdir(home, { recursive: true });
  const aside = await mkdtemp(join(home, 'build-'));
  try {
    const install = ['go', 'install', `${GATEWAY.module}@${GATEWAY.version}`];
    await run('env', [`GOBIN=${aside}`, 'GOTOOLCHAIN=local', 'GOFLAGS=-buildvcs=false', ...install], { timeout: BUILD_LIMIT_MS });
    await rename(join(aside, 'versitygw'), path);
    return path;
  } catch (error) {
    throw new NoS3Server(`no S3 server: ${reasonOf(error)}`);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
  return `go install ${GATEWAY.module}@${GATEWAY.version} failed: ${said || String(error)}`;
}

/** A server of its own on a free port of the loopback, with one empty bucket. */
export async function startS3(): Promise<S3Server> {
  const binary = await gateway();
  const folder = await mkdtemp(join(tmpdir(), 'cairn-s3-'));
  const [data, sidecar] = [join(folder, 'data'), join(folder, 'sidecar')];
  for (const path of [data, sidecar]) await mkdir(path);
  const port = await freePort();
  const login = ['--access', KEYS.accessKeyId, '--secret', KEYS.secretAccessKey, '--region', REGION];
  const args = [...login, '--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', sidecar, data];
  const server = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<string>((resolve) => server.once('close', (code) => resolve(`ended with ${code}: ${said}`)));
  await accepting(port, ended);
  const endpoint = `http://127.0.0.1:${port}`;
  const bucket = 'configurations';
  const client = new S3Client({ endpoint, region: REGION, credentials: KEYS, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return {
    endpoint,
    bucket,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
