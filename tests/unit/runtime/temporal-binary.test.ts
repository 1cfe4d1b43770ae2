import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../../runtime/log.ts';
import { findTemporalBinary } from '../../../runtime/embedded/temporal-binary.ts';

let root = '';
let lines: string[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-binary-'));
  lines = [];
  // Only what a test puts into this folder is on PATH, and a proxy that refuses keeps the download from the network.
  mkdirSync(join(root, 'bin'));
  for (const name of ['sh', 'env', 'cat', 'sleep', 'chmod', 'cp']) symlinkSync(`/bin/${name}`, join(root, 'bin', name));
  vi.stubEnv('PATH', join(root, 'bin'));
  for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function script(path: string, text: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}
const server = (path: string) => script(path, 'echo "temporal version 1.2.3 (Server 1.2.3, UI 1.2.3)"');
const cached = () => join(root, 'cache/temporal/go-v1.5.1/temporal');

function find(options: { temporalBin?: string; signal?: AbortSignal } = {}) {
  return findTemporalBinary({
    temporalBin: options.temporalBin ?? null,
    cacheDir: join(root, 'cache'),
    path: join(root, 'bin'),
    log: createLogger({ level: 'info', name: 'test', destination: { write: (line) => lines.push(line) } }),
    signal: options.signal ?? new AbortController().signal,
  });
}

test('CAIRN_TEMPORAL_BIN comes first, then PATH, then the cache; it says which one was taken', async () => {
  server(cached());
  expect(await find()).toEqual({
    path: cached(),
    from: 'CAIRN_CACHE_DIR',
    version: 'temporal version 1.2.3 (Server 1.2.3, UI 1.2.3)',
  });
  const onPath = server(join(root, 'bin/temporal'));
  expect(await find()).toMatchObject({ path: onPath, from: 'PATH' });
  const own = server(join(root, 'own'));
  expect(await find({ temporalBin: own })).toMatchObject({ path: own, from: 'CAIRN_TEMPORAL_BIN' });
  expect(lines.join('')).toContain('Temporal server taken from CAIRN_TEMPORAL_BIN');
});

test('one that does not run is passed over, with the reason; a named one is refused', async () => {
  const broken = script(join(root, 'bin/temporal'), 'exit 1');
  server(cached());
  expect(await find()).toMatchObject({ from: 'CAIRN_CACHE_DIR' });
  expect(lines.join('')).toContain(`${broken} does not run`);
  await expect(find({ temporalBin: broken })).rejects.toThrow(
    'CAIRN_TEMPORAL_BIN must be the path of a `temporal` binary that runs',
  );
});

test('with nothing there it downloads, then builds with Go, keeps what was built, and tells what it does', async () => {
  const built = server(join(root, 'built'));
  script(
    join(root, 'bin/go'),
    `[ "$1" = version ] && exit 0\n[ "$3" = github.com/temporalio/cli/cmd/temporal@v1.5.1 ] && cp ${built} "$GOBIN/temporal"`,
  );
  expect(await find()).toMatchObject({ path: cached(), from: 'go install' });
  expect(lines.join('')).toMatch(
    /downloading[\s\S]*the SDK's download failed[\s\S]*building the Temporal dev server with Go \(once, 2–5 minutes\)[\s\S]*built/,
  );
  expect(await find()).toMatchObject({ path: cached(), from: 'CAIRN_CACHE_DIR' });
});

test('a build that fails ends with all that was tried and what to do', async () => {
  script(join(root, 'bin/go'), '[ "$1" = version ] && exit 0\necho "go: no way out" >&2; exit 1');
  await expect(find()).rejects.toThrow(
    /^no Temporal server was found: `temporal` is not on PATH; none is cached in .*; the SDK's download failed .*; go install failed \(go: no way out\)\. Install .* CAIRN_TEMPORAL_BIN .* TEMPORAL_ADDRESS/,
  );
});

test('a stop ends a build at once', async () => {
  script(join(root, 'bin/go'), `[ "$1" = version ] && exit 0\necho started > ${join(root, 'started')}; sleep 60`);
  const abort = new AbortController();
  const finding = find({ signal: abort.signal });
  finding.catch(() => undefined);
  await vi.waitUntil(() => lines.some((line) => line.includes('building')), { timeout: 30_000 });
  const began = Date.now();
  abort.abort(new Error('stopping'));
  await expect(finding).rejects.toThrow('stopping');
  expect(Date.now() - began).toBeLessThan(5_000);
});
