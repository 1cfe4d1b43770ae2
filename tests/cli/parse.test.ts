import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, NOUNS } from '../../cli/commands/index.ts';
import { candidates, type LookUp } from '../../cli/complete.ts';
import { GLOBAL_OPTIONS } from '../../cli/global-options.ts';
import { readGiven } from '../../cli/given.ts';
import { runCli } from './run.ts';

let folder: string;
const requests: IncomingMessage['headers'][] = [];
const server = createServer((request, response) => {
  requests.push(request.headers);
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"items":[],"next_cursor":null}');
});
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-cli-'));
  await writeFile(join(folder, 'admin-token'), 'from-the-folder\n');
  await writeFile(join(folder, 'other-token'), 'from-the-file\n');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the table of commands', () => {
  it('names each command once, has a word on each noun, and no option twice', () => {
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
    const nouns = COMMANDS.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0]!);
    expect(Object.keys(NOUNS).sort()).toEqual([...new Set(nouns)].sort());
    for (const { name, args = [], options = [], local } of COMMANDS) {
      const names = [...args, ...options, ...(local ? [] : GLOBAL_OPTIONS)].map((one) => one.name);
      expect([name, names]).toEqual([name, [...new Set(names)]]);
      expect([name, names.filter((one) => one.startsWith('no-'))]).toEqual([name, []]);
    }
  });
});

describe('what was typed', () => {
  it('is read by kind, and refused with the name of the option', () => {
    const given = readGiven({ limit: '12', status: ['failed,cancelled', 'completed'], since: '2h', role: 'king', port: '1x' });
    expect(given.number('limit')).toBe(12);
    expect(given.choices('status', ['failed', 'cancelled', 'completed'])).toEqual(['failed', 'cancelled', 'completed']);
    expect(Date.now() - Date.parse(given.time('since', -1)!)).toBeCloseTo(7_200_000, -4);
    expect(readGiven({ since: '2026-01-01T00:00:00Z' }).time('since', -1)).toBe('2026-01-01T00:00:00Z');
    expect(() => given.number('port')).toThrow('--port must be a whole number');
    expect(() => given.choice('role', ['viewer'])).toThrow('--role must be one of viewer');
    expect(() => given.need('name')).toThrow('--name is missing');
  });
});

describe('completion', () => {
  const names = ['core-1', 'core-2', '$(reboot)', 'a b', '-rf', 'x;y', '`id`', 'q\u001b[2J'];
  const asked: string[] = [];
  const lookUp: LookUp = (kind, typed, { url }) => {
    asked.push(`${kind}/${typed}/${url ?? ''}`);
    return Promise.resolve(names);
  };
  const of = (...words: string[]): Promise<string[]> => candidates(COMMANDS, words, lookUp);

  it('knows nouns, verbs, options, choices and what has names', async () => {
    expect(await of('to')).toEqual(['topology', 'tokens']);
    expect(await of('jobs', 'pa')).toEqual(['pause']);
    expect(await of('jobs', 'retry', '--')).toEqual(expect.arrayContaining(['--dry-run', '--wait', '--json', '--help']));
    expect(await of('record', '--')).not.toContain('--json');
    expect(await of('tokens', 'create', 'me', '--role', '')).toEqual(['viewer', 'operator', 'admin']);
    expect(await of('__')).toEqual([]);
    expect(await of('devices', 'import', '')).toEqual([]);
  });

  it('offers no name that a shell would not take as it is', async () => {
    expect(await of('devices', 'show', '')).toEqual(['core-1', 'core-2']);
    expect(await of('discover', 'core-1', 'c')).toEqual(['core-2']);
    expect(await of('--url', 'http://there', 'jobs', 'list', '--group', 'c')).toEqual(['core-1', 'core-2']);
    expect(asked).toEqual(['device//', 'device/c/', 'group/c/http://there']);
  });

  it('has a script that bash reads, and that completes', async () => {
    const script = (await runCli(['completion', 'bash'])).out;
    // `cairn` as somebody has it on the path.
    const setUp = `cairn() { ${process.execPath} scripts/cairn.mjs "$@"; }\n${script}`;
    const typed = 'COMP_WORDS=(cairn jobs re); COMP_CWORD=2; _cairn_complete; printf "%s," "${COMPREPLY[@]}"; complete -p cairn';
    const ran = spawnSync('bash', ['--norc', '-euc', `${setUp}\n${typed}`], { encoding: 'utf8' });
    expect([ran.status, ran.stderr, ran.stdout]).toEqual([0, '', 'resume,retry,complete -o default -F _cairn_complete cairn\n']);
  });

  it('has scripts for zsh and fish, and says which there are', async () => {
    const [zsh, fish, other] = await Promise.all(['zsh', 'fish', 'tcsh'].map((shell) => runCli(['completion', shell])));
    expect(zsh!.out).toMatch(/^#compdef cairn\n/);
    expect(fish!.out).toContain("complete -c cairn -f -a '(__cairn_complete)'");
    expect([other!.code, other!.err]).toEqual([2, 'cairn: shell must be one of bash, zsh, fish\n']);
  });
});

describe('address and token', () => {
  const list = async (args: string[], env: Record<string, string>) => {
    const before = requests.length;
    const ran = await runCli(['devices', 'list', ...args], { env, cwd: folder });
    return { ...ran, token: requests[before]?.authorization };
  };

  it('come from options, the environment, and the folder of npm start', async () => {
    const here = { CAIRN_URL: url, CAIRN_DATA_DIR: folder };
    expect(await list([], here)).toMatchObject({ code: 0, out: 'No devices.\n', err: '', token: 'Bearer from-the-folder' });
    expect((await list([], { ...here, CAIRN_TOKEN: 'from-env' })).token).toBe('Bearer from-env');
    expect((await list(['--token-file', 'other-token'], { ...here, CAIRN_TOKEN: 'from-env' })).token).toBe(
      'Bearer from-the-file',
    );
    expect((await list(['--token', 'typed', '--url', url], { CAIRN_URL: 'http://127.0.0.1:1' })).token).toBe('Bearer typed');
    expect((await list([], { CAIRN_URL: url })).token).toBeUndefined();
  });

  it('the token of the folder is shown to this machine only', async () => {
    // Linux takes it for 127.0.0.1; by its name it is not this machine.
    const elsewhere = url.replace('127.0.0.1', '0.0.0.0');
    const env = { CAIRN_URL: elsewhere, CAIRN_DATA_DIR: folder };
    expect(await list([], env)).toMatchObject({ code: 0, token: undefined });
    expect((await list(['--token-file', 'admin-token'], env)).token).toBe('Bearer from-the-folder');
  });

  it.each([
    [['devices', 'list', '--url', 'ftp://x'], '--url must be an http:// or https:// address'],
    [['devices', 'list', '--token-file', 'none'], '--token-file none is not there'],
    [['devices', 'show'], "missing required argument 'device'"],
    [['jobs', 'list', '--status', 'bad'], '--status must be one of pending'],
    [['jobs', 'watch', 'x', '--bogus'], "unknown option '--bogus'"],
    [['jbos'], "unknown command 'jbos'\n(Did you mean jobs?)"],
    [['record', '--json'], '--json is of no use'],
    [['devices', 'import', 'none.csv'], 'none.csv cannot be read'],
  ])('%j is a usage error: 2, said in two lines at most', async (args, said) => {
    const ran = await runCli(args, { cwd: folder });
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(`cairn: ${said}`);
    expect(ran.err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('nobody there is 1 and one line; help is 0, and 2 where it was not asked for', async () => {
    const [none, help, bare] = await Promise.all([
      runCli(['stats', '--url', 'http://127.0.0.1:1']),
      runCli(['jobs', 'watch', '--help']),
      runCli(['jobs']),
    ]);
    expect([none.code, none.err]).toEqual([1, 'cairn: Cairn does not answer at http://127.0.0.1:1.\n']);
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toContain('follow a job to its end');
    expect([bare.code, bare.out]).toEqual([2, '']);
  });

  it('a reader that leaves ends it quietly', () => {
    const piped = spawnSync(
      'bash',
      ['-c', `set -o pipefail; ${process.execPath} scripts/cairn.mjs completion bash | head -c 0`],
      {
        encoding: 'utf8',
      },
    );
    expect([piped.status, piped.stderr]).toEqual([0, '']);
  });
});
