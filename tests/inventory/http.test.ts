import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { netboxDevice, netboxList } from './support/netbox-data.ts';
import { readAll, startSourceServer, type Answer, type Asked, type SourceServer } from './support/source-server.ts';

let server: SourceServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

const source = (url: string) => ({ type: 'netbox' as const, name: 'box', url });
const good = (asked: Asked): Answer => netboxList([netboxDevice(1)], asked);

async function box(answer: (asked: Asked, nth: number) => Answer): Promise<SourceServer> {
  server = await startSourceServer(answer);
  return server;
}

describe('servers that behave badly', () => {
  it('429: waits as long as it is asked to, then goes on', async () => {
    const { url, asked } = await box((one, nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '1' } } : good(one)));
    const began = performance.now();
    expect(await readAll(source(url))).toHaveLength(1);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(asked).toHaveLength(2);
  });

  it('429 with a date, and a wait that nobody would wait', async () => {
    const dates = [new Date(Date.now() + 1500).toUTCString(), new Date(Date.now() + 3_600_000).toUTCString()];
    const { url } = await box((one, nth) =>
      nth <= 2 ? { status: 429, headers: { 'retry-after': dates[nth - 1]! } } : good(one),
    );
    expect(await readAll(source(url), { limits: { longestPauseMs: 300 } })).toHaveLength(1);
  });

  it('429 for ever: gives up and says so', async () => {
    const { url, asked } = await box(() => ({ status: 429, headers: { 'retry-after': '0' } }));
    await expect(readAll(source(url))).rejects.toThrow('answered 429 to /api/dcim/devices/ 5 times');
    expect(asked).toHaveLength(5);
  });

  it('500 and 503 once in a while are passed over', async () => {
    const { url } = await box((one, nth) => (nth <= 2 ? { status: nth === 1 ? 500 : 503, text: 'oops' } : good(one)));
    expect(await readAll(source(url))).toHaveLength(1);
  });

  it('500 for ever: gives up, with what the server says', async () => {
    const { url } = await box(() => ({ status: 500, json: { error: 'no such column' } }));
    await expect(readAll(source(url))).rejects.toThrow(/answered 500 to \/api\/dcim\/devices\/ 5 times: no such column/);
  });

  it.each([
    [401, 'refuses access to /api/dcim/devices/ with 401: it does not take the credential: Invalid token'],
    [403, 'refuses access to /api/dcim/devices/ with 403'],
  ])('%i is not tried again, and the token is not told', async (status, message) => {
    const { url, asked } = await box(() => ({ status, json: { detail: 'Invalid token' } }));
    const error = await readAll(source(url), { secret: { token: 'very-secret' } }).catch((one: unknown) => one);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('very-secret');
    expect(asked).toHaveLength(1);
  });

  it('a redirect is not followed: the token goes nowhere else', async () => {
    const other = await startSourceServer((asked) => good(asked));
    const { url } = await box(() => ({ status: 302, headers: { location: `${other.url}/login?next=x` } }));
    await expect(readAll(source(url), { secret: { token: 'x' } })).rejects.toThrow(
      `to ${other.url}/login (302): give the URL of the server itself`,
    );
    expect(other.asked).toEqual([]);
    await other.stop();
  });

  it('a cut answer is tried again', async () => {
    const { url, asked } = await box((one, nth) =>
      nth > 1
        ? good(one)
        : (response) => {
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
            response.write('{"count": 1, "results": [');
            setTimeout(() => response.destroy(), 20);
          },
    );
    expect(await readAll(source(url))).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['JSON that ends in the middle', '{"count": 1, "results": [{', 'answered 26 characters that are no whole JSON'],
    ['a page', '<!doctype html><title>Log in</title>', 'answered a page, not JSON'],
  ])('%s is told, and never taken for an empty list', async (_what, text, message) => {
    const { url } = await box(() => ({ text }));
    await expect(readAll(source(url))).rejects.toThrow(message);
  });

  it('an answer that is too large is not read to its end', async () => {
    const { url } = await box(() => ({ text: ' '.repeat(200_000) }));
    await expect(readAll(source(url), { limits: { bytes: 100_000 } })).rejects.toThrow('answers with more than 100000 bytes');
  });

  it('silence has an end', async () => {
    const { url } = await box(() => () => undefined);
    await expect(readAll(source(url), { limits: { silenceMs: 100, tries: 2 } })).rejects.toThrow('did not answer in time');
  });

  it('a cancel ends the reading at once', async () => {
    const { url } = await box(() => ({ status: 503, headers: { 'retry-after': '60' } }));
    const abort = new AbortController();
    const reading = readAll(source(url), { signal: abort.signal, limits: { longestPauseMs: 60_000 } });
    setTimeout(() => abort.abort(new Error('cancelled')), 100);
    await expect(reading).rejects.toThrow();
  });

  it.each([
    ['http://127.0.0.1:9', 'refused the connection'],
    ['http://nowhere.invalid', 'a name that does not resolve'],
  ])('%s: %s', async (url, message) => {
    await expect(readAll(source(url), { limits: { tries: 2 } })).rejects.toThrow(message);
  });

  it('a certificate that nobody vouches for is told, and no token is sent', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'cairn-tls-'));
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const make = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...make, ...subject], { stdio: 'ignore' });
    server = await startSourceServer(good, { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
    rmSync(dir, { recursive: true });
    await expect(readAll(source(server.url), { secret: { token: 'x' } })).rejects.toThrow(
      'cannot be trusted: its certificate is self-signed',
    );
    expect(server.asked).toEqual([]);
  });

  it('plain HTTP where TLS is asked for is told', async () => {
    const { url } = await box(good);
    await expect(readAll(source(url.replace('http:', 'https:')))).rejects.toThrow('does not speak TLS as it should');
  });
});
