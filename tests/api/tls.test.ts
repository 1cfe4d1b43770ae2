import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../api/tls.ts';
import { loadSettings } from '../../runtime/config.ts';
import { createInstallation, startProgram, type Installation } from './programs.ts';

const run = promisify(execFile);

let folder: string;
let installation: Installation;
let own: { cert: string; key: string };
let other: { cert: string; key: string };

beforeAll(async () => {
  [folder, installation] = await Promise.all([mkdtemp(join(tmpdir(), 'cairn-tls-')), createInstallation()]);
  [own, other] = await Promise.all([selfSigned('own'), selfSigned('other')]);
});
afterAll(async () => {
  await installation?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function selfSigned(name: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  await run('openssl', ['req', '-x509', ...curve, '-nodes', '-keyout', key, '-out', cert, ...subject]);
  return { cert, key };
}

/** A GET that trusts this certificate only. */
function get(url: string, trusted: string): Promise<{ status: number; hsts: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    request(url, { ca: readFileSync(trusted) }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const hsts = response.headers['strict-transport-security'];
        resolve({ status: response.statusCode ?? 0, hsts, text: Buffer.concat(parts).toString() });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('an API with a certificate', () => {
  it('answers HTTPS only, says so in its ready line and to browsers, and ends as any other', async () => {
    const env = { ...installation.env, CAIRN_TLS_CERT: own.cert, CAIRN_TLS_KEY: own.key };
    const program = await startProgram('api/server.ts', env);
    const url = String(program.ready.url);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await get(`${url}/healthz`, own.cert)).toEqual({ status: 200, hsts: 'max-age=31536000', text: '{"status":"ok"}' });
    await expect(get(`${url}/healthz`, other.cert)).rejects.toThrow(/self-signed|unable to verify/);
    await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
    await program.stop();
  });

  it('does not start with a key that belongs to another certificate, and says so in one line', async () => {
    const env = { ...installation.env, CAIRN_TLS_CERT: own.cert, CAIRN_TLS_KEY: other.key };
    await expect(startProgram('api/server.ts', env)).rejects.toThrow(
      /CAIRN_TLS_CERT .*own\.pem and CAIRN_TLS_KEY .*other\.key must be/,
    );
  });
});

describe('files that are no certificate and key', () => {
  const listen = (tls: { cert: string; key: string }) => () => createServer(tls, () => undefined);

  it('are told by the name of the setting', async () => {
    const text = join(folder, 'text.pem');
    await writeFile(text, 'no certificate');
    expect(listen({ cert: join(folder, 'none'), key: own.key })).toThrow(/^CAIRN_TLS_CERT cannot be read: ENOENT/);
    expect(listen({ cert: own.cert, key: folder })).toThrow(/^CAIRN_TLS_KEY cannot be read: EISDIR/);
    expect(listen({ cert: text, key: own.key })).toThrow(/must be a certificate and its key/);
    expect(listen({ cert: own.cert, key: text })).toThrow(/must be a certificate and its key/);
    expect(listen({ cert: own.key, key: own.cert })).toThrow(/must be a certificate and its key/);
  });

  it('a key with a passphrase is told too', async () => {
    const locked = join(folder, 'locked.key');
    await run('openssl', ['ec', '-in', own.key, '-out', locked, '-aes256', '-passout', 'pass:secret']);
    expect(listen({ cert: own.cert, key: locked })).toThrow(/without a passphrase/);
  });
});

describe('the settings', () => {
  it.each(['CAIRN_TLS_CERT', 'CAIRN_TLS_KEY'])('%s alone is refused', (name) => {
    expect(() => loadSettings({ [name]: 'file.pem' })).toThrow('CAIRN_TLS_CERT and CAIRN_TLS_KEY must be set together');
  });
  it('none is plain HTTP', () => {
    expect(loadSettings({}).tls).toBeNull();
  });
});
