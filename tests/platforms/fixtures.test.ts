import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Collected } from '../../core/collection.ts';
import type { Kind } from '../../core/facts.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { collect, sorted } from './support/collect.ts';
import { openLibrary } from './support/library.ts';
import { REPLAY_LOGIN, startReplay } from './support/replay-server.ts';

/**
 * Each `fixtures/<platform>/<name>.jsonl` is a session as `cairn record` writes it, `<name>.expected.json` beside it what must come
 * of it. Adding the two files is adding a test.
 */
const FIXTURES = join(import.meta.dirname, 'fixtures');

interface Expected {
  /** Where the session is about: shown in the name of the test. */
  about: string;
  /** Asked for in place of the folder's platform, e.g. `auto`. */
  platform?: string;
  /** Why it cannot be replayed byte by byte. */
  only_as_it_came?: string;
  /** What `auto` must find. */
  detected?: string;
  /** Why the session ends early; null where it does not. */
  failure?: { outcome: Outcome; says: string } | null;
  /** Asked for, and nothing else. Records in any order; those not given are not looked at. */
  kinds: { [K in Kind]?: { outcome: Outcome; error?: string | null; records?: unknown[] } };
  /** Whole outputs by command, as a person would see them. */
  outputs?: Record<string, string>;
}

const cases = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: folder }) =>
    readdirSync(join(FIXTURES, folder))
      .filter((file) => file.endsWith('.jsonl'))
      .map((file) => ({ folder, name: file.slice(0, -'.jsonl'.length) })),
  );

let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});

test('there are fixtures, and each has its other half', () => {
  expect(cases.length).toBeGreaterThan(0);
  const all = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.expected.json'));
  expect(all.sort()).toEqual(cases.map(({ folder, name }) => join(folder, `${name}.expected.json`)).sort());
});

describe.each(cases)('$folder/$name', ({ folder, name }) => {
  const file = join(FIXTURES, folder, name);
  const recording = readFileSync(`${file}.jsonl`, 'utf8');
  const expected: Expected = JSON.parse(readFileSync(`${file}.expected.json`, 'utf8'));

  const ways: [string, number | undefined][] = [
    ['as it came', undefined],
    ...(expected.only_as_it_came === undefined ? [['byte by byte', 1] satisfies [string, number]] : []),
  ];
  test.each(ways)(`${expected.about}: %s`, async (_how, chunk) => {
    const replay = await startReplay(recording, chunk === undefined ? {} : { chunk });
    try {
      const kinds = Object.keys(expected.kinds) as Kind[];
      const limits = { device_ms: 30_000, command_ms: 4_000, connect_ms: 10_000, output_bytes: 5_000_000 };
      const target = {
        name,
        host: replay.host,
        port: replay.port,
        platform: expected.platform ?? folder,
        credential: REPLAY_LOGIN,
      };
      const collected = await collect(library, target, { kinds, limits });
      expect(replay.problems).toEqual([]);
      if (chunk === undefined) expect(replay.strays).toEqual([]);
      expect(replay.logins).toBe(1);
      check(collected, expected);
    } finally {
      await replay.stop();
    }
  });
});

function check(collected: Collected, { failure = null, detected, kinds, outputs = {} }: Expected): void {
  if (failure === null) expect(collected.failure).toBeNull();
  else expect(collected.failure).toMatchObject({ outcome: failure.outcome, error: expect.stringContaining(failure.says) });
  expect(collected.detected_platform).toBe(detected);
  for (const [kind, want] of Object.entries(kinds)) {
    const got = collected.kinds[kind as Kind];
    expect([kind, got?.outcome, got?.error]).toEqual([kind, want.outcome, want.error === undefined ? got?.error : want.error]);
    if (want.records !== undefined) expect(sorted<unknown>(got?.records ?? []), kind).toEqual(sorted(want.records));
  }
  for (const [command, text] of Object.entries(outputs)) {
    expect([command, collected.outputs.find((output) => output.command === command)?.text]).toEqual([command, text]);
  }
}
