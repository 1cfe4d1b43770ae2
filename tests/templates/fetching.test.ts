import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NTC_TEMPLATES } from '../../runtime/embedded/templates.ts';
import { NEEDS_PYTHON, python } from './support/reference.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('support/fetch.ts', import.meta.url));
const loader = import.meta.resolve('tsx');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-fetching-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  dir?: string;
  version?: string;
  code?: string;
  error?: string;
  log: string[];
}

async function fetchInto(cacheDir: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { stdout } = await run(process.execPath, ['--import', loader, script, cacheDir], { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

/** A folder to be on PATH with a `python3` that does just this. */
function fakePython(name: string, body: string): string {
  const bin = join(folder, name);
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return bin;
}

describe.skipIf(!python)(python ? 'fetching the templates' : NEEDS_PYTHON, () => {
  test('several processes at once fetch a complete folder, and later ones fetch nothing', { timeout: 120_000 }, async () => {
    const cache = join(folder, 'cache');
    mkdirSync(join(cache, 'ntc-templates-9.3.0.part-old'), { recursive: true });
    const old = new Date(Date.now() - 2 * 60 * 60_000);
    utimesSync(join(cache, 'ntc-templates-9.3.0.part-old'), old, old);

    const outcomes = await Promise.all([fetchInto(cache), fetchInto(cache), fetchInto(cache)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ version: NTC_TEMPLATES.version });
      expect(readdirSync(outcome.dir ?? '').filter((file) => file.endsWith('.textfsm'))).toHaveLength(979);
    }
    expect(readdirSync(cache)).toEqual(['ntc-templates-9.3.0']);

    const again = await fetchInto(cache, { PATH: folder });
    expect(again).toEqual({ dir: outcomes[0]?.dir, version: NTC_TEMPLATES.version, log: [] });
  });
});

describe('what is wrong is said in one line with what to do', () => {
  test.each([
    ['no Python', () => folder, /python3 is not on PATH.*install Python 3 with pip/],
    ['no pip', () => fakePython('no-pip', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1'), /python3 has no pip/],
    [
      'another file than expected',
      () =>
        fakePython(
          'other-file',
          'while [ $# -gt 0 ]; do if [ "$1" = --dest ]; then echo x > "$2/ntc_templates-9.3.0-py3-none-any.whl"; fi; shift; done',
        ),
      /has sha256 [0-9a-f]{64}, expected ad607a13/,
    ],
  ])('%s', async (name, path, message) => {
    const cache = join(folder, `cache ${name}`);
    const outcome = await fetchInto(cache, { PATH: path() });
    expect(outcome.code).toBe('startup_failed');
    expect(outcome.error).toMatch(message);
    expect(outcome.error).not.toContain('\n');
    expect(readdirSync(cache)).toEqual([]);
  });

  test.skipIf(!python)(python ? 'no network' : NEEDS_PYTHON, async () => {
    const cache = join(folder, 'cache offline');
    const env = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0', PIP_NO_CACHE_DIR: '1', PIP_NO_INDEX: '1' };
    const outcome = await fetchInto(cache, { ...env, PIP_FIND_LINKS: folder });
    expect(outcome.error).toMatch(/cannot be fetched: pip says: .*let pip reach a package index/);
    expect(existsSync(join(cache, 'ntc-templates-9.3.0'))).toBe(false);
  });
});
