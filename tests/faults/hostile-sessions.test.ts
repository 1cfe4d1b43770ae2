import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { expectTruth } from '../support/facts.ts';
import { commandLine, PASSWORD, startDevice, USER, type Io, type TinyDevice } from '../unit/devices/support/tiny-device.ts';

const CHUNK = 'all work and no play makes Jack a dull boy\r\n'.repeat(1500);

/** Writes as fast as it is read, until nobody reads any more. */
async function flood(io: Io, chunk: () => string): Promise<void> {
  let wake = (): void => undefined;
  for (const event of ['drain', 'close']) io.channel.on(event, () => wake());
  while (io.channel.writable && !io.channel.destroyed) {
    const room = io.channel.write(chunk());
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (room) setImmediate(resolve);
    });
  }
}

/** Words that are different each time and hold no digit. */
const word = (n: number): string => n.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);

async function pagers(io: Io): Promise<void> {
  let page = 0;
  while (io.channel.writable && !io.channel.destroyed) {
    io.send(`${'a line of text\r\n'.repeat(50)}--More-- ${word((page += 1))}x `);
    await io.key();
  }
}

const interfaces = (reply: Parameters<typeof commandLine>[1][string]) => ({ 'show interfaces': reply });

/** What each device does with a terminal. */
const SHELLS: Record<string, (io: Io) => Promise<void>> = {
  'endless output': commandLine(
    'r1#',
    interfaces((io) => flood(io, () => CHUNK)),
  ),
  'endless banner': (io) => flood(io, () => CHUNK),
  'endless pages': commandLine('r1#', interfaces(pagers)),
  'gigantic banner': commandLine('r1#', {}, CHUNK.repeat(500)),
  'gigantic prompt': commandLine(`${'r'.repeat(1_000_000)}#`, {}),
  'escapes in everything': commandLine(
    '\x1b]0;owned\x07\x1b[31mr1\x1b[0m#',
    interfaces(
      '\x1b[2J\x1b]8;;http://evil/\x07\x1b[5mVlan1 is up, line protocol is up\x1b[0m\r\n  \x1bPq#0\x1b\\Description: \x9b31mred\r\n',
    ),
    '\x1b[?1049h\x1b]0;owned\x07\x1b[2J',
  ),
  'a storm of the cursor': commandLine(
    'r1#',
    interfaces((io) => io.send(`${'A'.repeat(100_000)}${'\x1b[2K\x1b[9999GX\x1b[P'.repeat(300_000)}\r\n`)),
  ),
};
const healthy = ['healthy 1', 'healthy 2', 'healthy 3'];

let cluster: Cluster;
let simulator: Simulator;
let worker: WorkerProcess;
let noise: Server;
let job: string;
let ids: Map<string, string>;
let seconds: number;
const devices: TinyDevice[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: healthy.length, platforms: ['cisco_ios'], host: '127.58.0.1', latencyMs: 100 }),
  ]);
  worker = await cluster.startWorker({ CAIRN_LOG_LEVEL: 'debug' });
  // No SSH at all: noise where its identification should be.
  noise = createServer((socket) => {
    sockets.add(socket);
    const write = (): void =>
      void (socket.destroyed || (socket.write('A'.repeat(65_536)) ? setImmediate(write) : socket.once('drain', write)));
    socket.on('error', () => socket.destroy());
    write();
  });
  await new Promise<void>((resolve) => {
    noise.listen(0, '127.0.0.1', resolve);
  });
  const address = noise.address();
  const login = { host: '127.0.0.1', platform: 'cisco_ios', username: USER, password: PASSWORD };
  const rows = [{ ...login, name: 'noise', port: typeof address === 'object' && address !== null ? address.port : 0 }];
  for (const [name, shell] of Object.entries(SHELLS)) {
    const device = await startDevice({ shell });
    devices.push(device);
    rows.push({ ...login, name, port: device.port });
  }
  ids = await cluster.addDevices([...simulator.devices.map((device, at) => ({ ...device, name: healthy[at]! })), ...rows]);
  const began = performance.now();
  job = await cluster.discover(ids, { device_time_limit: 15, command_time_limit: 3 });
  expect(await cluster.wait(job, 100_000)).toBe('completed');
  seconds = (performance.now() - began) / 1000;
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all([cluster?.stop(), ...devices.map((device) => device.stop())]);
  await simulator?.stop();
  noise?.close();
});

describe('terminals that do what they can to hurt', () => {
  it('cost nobody else anything, and no more memory and time than they may', async () => {
    for (const [at, name] of healthy.entries())
      await expectTruth(cluster, simulator, { jobId: job, name: simulator.devices[at]!.name, id: ids.get(name)! });
    expect(Object.values(simulator.counters().devices).map(({ logins }) => logins)).toEqual(healthy.map(() => 1));
    expect(await cluster.locks()).toBe(0);
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))![1]) / 1024;
    expect(peak).toBeLessThan(1500);
    expect(seconds).toBeLessThan(60);
    expect(worker.log()).not.toMatch(/heartbeat|timed out/i);
  });

  it.each([
    ['noise', /^unreachable$/, /Header line too long/],
    ['endless output', /^truncated$/, /sent more than 256 MB in the middle of "show interfaces"/],
    ['endless banner', /^(?:unreachable|timeout)$/, /after the login, before a prompt|did not come in/],
    ['endless pages', /^timeout$/, /not finished after 12 s in the middle of "show interfaces"|longer than its limit/],
    ['gigantic banner', /^unsupported$/, /Invalid input/],
    ['gigantic prompt', /^timeout$/, /a prompt did not come in 3 s/],
    ['escapes in everything', /^partial$/, /unsupported/],
    ['a storm of the cursor', /^parse_failed$/, /nothing was recognised/],
  ])('%s', async (name, outcome, error) => {
    const row = (await cluster.devices(job)).find((one) => one.name === name)!;
    expect([row.outcome, row.error]).toEqual([expect.stringMatching(outcome), expect.stringMatching(error)]);
  });

  it('nothing of theirs that a terminal would obey is kept or told', async () => {
    const { sql } = cluster.database;
    const kept = await sql<{ text: string }[]>`
      select output as text from command_outputs union all select row_to_json(l)::text from job_log l
      union all select coalesce(error, '') from job_devices union all select coalesce(error, '') from job_device_kinds`;
    expect(kept.length).toBeGreaterThan(50);
    // eslint-disable-next-line no-control-regex
    const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
    for (const { text } of kept)
      expect([controls.exec(text)?.index, text.slice(0, 200)]).toEqual([undefined, text.slice(0, 200)]);
    for (const line of `${worker.log()}${worker.output()}`.split('\n')) expect(controls.test(line)).toBe(false);
  });

  it('leave no session open', async () => {
    await until('every device has seen the end', () => devices.every((device) => device.closed() === device.connections), 10_000);
  });
});
