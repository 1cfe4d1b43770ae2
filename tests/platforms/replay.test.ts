import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findPlatform } from '../../devices/platforms/index.ts';
import { recordSession } from '../../devices/recorder.ts';
import { readRecording } from '../../devices/recording.ts';
import type { TemplateLibrary } from '../../devices/template-library.ts';
import { collect } from './support/collect.ts';
import { openLibrary } from './support/library.ts';
import { REPLAY_LOGIN, startReplay } from './support/replay-server.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, 'fixtures', `${file}.jsonl`), 'utf8');
const LIMITS = { device_ms: 20_000, command_ms: 800, connect_ms: 5_000, output_bytes: 1_000_000 };
let library: TemplateLibrary;
beforeAll(async () => {
  library = await openLibrary();
});

/** Who said what, with neighbouring chunks joined. */
function dialogue(text: string): string[] {
  const said: string[] = [];
  let last = '';
  for (const { channel, dir, bytes, code } of readRecording(text).events) {
    const who = `${channel} ${dir}${code === null ? '' : ` ${code}`}`;
    if (who === last && (dir === 'out' || dir === 'in')) said.push(`${said.pop()}${bytes}`);
    else said.push(`${who} ${bytes}`);
    last = who;
  }
  return said;
}

test.each(['cisco_ios', 'juniper_junos', 'mikrotik_routeros', 'linux'])(
  'a recording of the replay of a recording is that recording: %s',
  async (platform) => {
    const text = read(`${platform}/simulated-pager-always`);
    const replay = await startReplay(text);
    const again = await recordSession({
      host: replay.host,
      port: replay.port,
      platform: findPlatform(platform)!,
      credential: { ...REPLAY_LOGIN, private_key: null, passphrase: null, token: null },
      commands: [],
      limits: { connectMs: 5_000, commandMs: 5_000, outputBytes: 5_000_000 },
      signal: new AbortController().signal,
    });
    await replay.stop();
    expect([again.failure, replay.problems]).toEqual([null, []]);
    expect(dialogue(again.text)).toEqual(dialogue(text));
  },
);

test.each([
  ['asks for something else', 'show ip arp', 'show arp'],
  ['types another secret', '<enable_password>', 'the-real-one'],
])('a client that %s than the recording is noticed', async (_what, from, to) => {
  const replay = await startReplay(read('cisco_ios/login-dialogue').replaceAll(from, to));
  const target = { name: 'r1', host: replay.host, port: replay.port, platform: 'cisco_ios', credential: REPLAY_LOGIN };
  const collected = await collect(library, target, { kinds: ['arp'], limits: LIMITS });
  await replay.stop();
  expect(replay.problems[0]).toContain(JSON.stringify(to).slice(1, -1));
  expect(collected.failure).not.toBeNull();
});

test('a command in a channel of its own that was not recorded is noticed', async () => {
  const replay = await startReplay(read('linux/simulated-pager-always').replaceAll('ip -4 -j neigh', 'ip -6 -j neigh'));
  const target = { name: 'l1', host: replay.host, port: replay.port, platform: 'linux', credential: REPLAY_LOGIN };
  const collected = await collect(library, target, { kinds: ['arp'], limits: LIMITS });
  await replay.stop();
  expect(replay.problems).toEqual([expect.stringContaining('ip -4 -j neigh')]);
  expect(collected.kinds.arp?.outcome).not.toBe('ok');
});
