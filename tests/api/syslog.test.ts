import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCollectingChanges } from '../../api/syslog/collect-changes.ts';
import { startSyslogListener, type SyslogListener } from '../../api/syslog/listener.ts';
import { listen } from '../../api/syslog/start.ts';
import { createMetrics, type Metrics } from '../../runtime/metrics.ts';
import { until } from '../support/cluster.ts';
import { addDevices, startApi, type TestApi } from './harness.ts';

const WINDOW = 2;
let api: TestApi;
let metrics: Metrics;
let listener: SyslogListener;
let parts: { stop(): Promise<void> }[] = [];
let last = 1;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  metrics = createMetrics('syslog');
  listener = await listen({ ...api.deps, metrics }, { host: '127.0.0.1', port: 0 }, WINDOW);
  parts = [listener];
});
afterEach(async () => {
  await Promise.all(parts.map((part) => part.stop()));
  await api.deps.database.sql`delete from devices`;
  await api.deps.database.sql`delete from jobs`;
});

function collectChanges(): void {
  parts.push(startCollectingChanges({ ...api.deps, metrics: createMetrics('collector') }));
}

/** A device at an address of its own on loopback. */
async function addDevice(name: string, more: Record<string, unknown> = {}): Promise<{ id: string; host: string }> {
  const host = `127.0.3.${++last}`;
  const [id] = await addDevices(api, [name], { host, ...more });
  return { id: id!, host };
}

const configured = (user: string): string =>
  `<189>45: *Mar  1 18:46:11: %SYS-5-CONFIG_I: Configured from console by ${user} on vty0`;

async function sendUdp(from: string, ...messages: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  for (const message of messages) {
    await new Promise((resolve) => {
      socket.send(message, listener.udpPort, '127.0.0.1', resolve);
    });
  }
  socket.close();
}

async function connectFrom(from: string): Promise<Socket> {
  const socket = connect({ port: listener.tcpPort, host: '127.0.0.1', localAddress: from, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

interface Job {
  type: string;
  owner: string;
  priority: number;
  changed_by: string | null;
  device_id: string;
  after_ms: number;
}
const jobs = (): Promise<Job[]> =>
  api.deps.database.sql<Job[]>`select j.type, j.owner, j.priority, j.params->>'changed_by' as changed_by, d.device_id,
    (extract(epoch from j.created_at - h.quiet_until) * 1000)::float8 as after_ms
    from jobs j join job_devices d on d.job_id = j.id left join device_health h on h.device_id = d.device_id order by j.created_at`;

const pending = (): Promise<{ device_id: string; change_by: string | null }[]> =>
  api.deps.database.sql`select device_id, change_by from device_health where change_at is not null order by device_id`;

/** How often a message came to this. */
async function counted(result: string): Promise<number> {
  const line = (await metrics.expose()).text.split('\n').find((text) => text.includes(`result="${result}"`));
  return line?.startsWith('cairn_syslog_messages_total') ? Number(line.split(' ').at(-1)) : 0;
}
const untilCounted = (result: string, n: number) =>
  until(`${n} are ${result}`, async () => (await counted(result)) === n, 10_000);

describe('a change that syslog tells of', () => {
  it('by UDP: one collection at the end of the window, with the user of the last message', async () => {
    collectChanges();
    const { id, host } = await addDevice('sw1');
    await sendUdp(host, configured('alice'), '<190>%LINK-3-UPDOWN: Interface Gi1, changed state to up');
    await untilCounted('opened_window', 1);
    for (const user of ['alice', 'alice', 'bob']) await sendUdp(host, configured(user));
    // Names nobody.
    await sendUdp(host, '<189>UI_COMMIT_COMPLETED: commit complete');
    await untilCounted('suppressed', 4);
    expect(await jobs()).toEqual([]);
    await until('the job is there', async () => (await jobs()).length > 0);
    const [job] = await jobs();
    expect(job).toMatchObject({ type: 'device.collect', owner: 'syslog', priority: 6, changed_by: 'bob', device_id: id });
    expect(job!.after_ms).toBeGreaterThanOrEqual(0);
    expect(job!.after_ms).toBeLessThan(5000);
    await until('nothing waits', async () => (await pending()).length === 0);
    expect(await jobs()).toHaveLength(1);
    expect(await counted('no_change')).toBe(1);
    await sendUdp(host, configured('carol'));
    await untilCounted('opened_window', 2);
    await until('the second job is there', async () => (await jobs()).length === 2);
    expect((await jobs())[1]).toMatchObject({ changed_by: 'carol', device_id: id });
  });

  it.each([
    ['line by line', (text: string) => `${text}\n`],
    ['octet-counted', (text: string) => `${Buffer.byteLength(text)} ${text}`],
  ])('by TCP, %s, in any pieces', async (_, frame) => {
    collectChanges();
    const { id, host } = await addDevice('sw1');
    const socket = await connectFrom(host);
    const stream = Buffer.from([configured('alice'), '<190>größe', configured('zoë')].map(frame).join(''));
    for (const byte of stream) socket.write(Buffer.of(byte));
    await until(
      'all three have come',
      async () => (await counted('opened_window')) + (await counted('suppressed')) + (await counted('no_change')) === 3,
    );
    socket.end();
    await until('the job is there', async () => (await jobs()).length === 1);
    expect(await jobs()).toMatchObject([{ device_id: id, changed_by: 'zoë' }]);
    await until('nothing waits', async () => (await pending()).length === 0);
    expect(await jobs()).toHaveLength(1);
  });

  it('through a relay: by the host name in the message, never by a guess', async () => {
    const one = await addDevice('core-1', { host: 'core-1.example.net' });
    const two = await addDevice('Edge-2', { host: '192.0.2.2' });
    await addDevice('twin-a', { host: 'twin.example.net' });
    await addDevice('twin-b', { host: 'twin.example.net' });
    await addDevice('off', { enabled: false });
    const change = "UI_COMMIT: User 'alice' requested 'commit' operation";
    await sendUdp('127.0.0.9', `<189>1 2026-05-09T12:00:00Z core-1.example.net mgd 12 UI_COMMIT - ${change}`);
    await sendUdp('127.0.0.9', `<189>May  9 12:00:00 edge-2 mgd[12]: ${change}`);
    await sendUdp('127.0.0.9', `<189>May  9 12:00:00 twin.example.net mgd[12]: ${change}`);
    await sendUdp(
      '127.0.0.9',
      `<189>May  9 12:00:00 off mgd[12]: ${change}`,
      `<189>May  9 12:00:00 stranger mgd[12]: ${change}`,
      configured('x'),
    );
    await untilCounted('opened_window', 2);
    await untilCounted('ambiguous_device', 1);
    await untilCounted('unknown_device', 3);
    expect((await pending()).map((row) => row.device_id)).toEqual([one.id, two.id].sort());
    expect(api.logged()).toMatch(/"address":"127.0.0.9","hostname":"twin.example.net".*one of several devices/);
  });

  it('of several devices at one address: that which it names', async () => {
    const { host } = await addDevice('fw-a');
    const b = await addDevice('fw-b', { host });
    await sendUdp(
      host,
      "<189>May  9 12:00:00 fw-b : %ASA-5-111010: User 'alice', running 'CLI' from IP 192.0.2.1, executed 'hostname x'",
    );
    await sendUdp(host, configured('nobody'));
    await untilCounted('opened_window', 1);
    await untilCounted('ambiguous_device', 1);
    expect(await pending()).toEqual([{ device_id: b.id, change_by: 'alice' }]);
  });

  it('finds a device whose IPv6 address is written in another way', async () => {
    const [id] = await addDevices(api, ['v6'], { host: '2001:DB8:0::0:1' });
    const { findSenders } = await import('../../stores/change-triggers.ts');
    const found = await findSenders(api.deps.database, [{ address: '2001:db8::1', hostname: null }]);
    expect(found).toEqual([{ device_id: id, name: 'v6' }]);
  });

  it('is not lost when all processes die within the window, and starts one job however many there are then', async () => {
    const devices = await Promise.all(Array.from({ length: 12 }, (_, n) => addDevice(`sw${n}`)));
    for (const { host } of devices) await sendUdp(host, configured('alice'));
    await untilCounted('opened_window', devices.length);
    await listener.stop();
    parts = [];
    for (let n = 0; n < 3; n++) collectChanges();
    await until('all jobs are there', async () => (await jobs()).length === devices.length);
    await until('nothing waits', async () => (await pending()).length === 0);
    expect((await jobs()).map((job) => job.device_id).sort()).toEqual(devices.map(({ id }) => id).sort());
    expect((await jobs()).every((job) => job.changed_by === 'alice')).toBe(true);
  });

  it('whose job was started by a process that died before it could say so starts no second one', async () => {
    const { host } = await addDevice('sw1');
    await sendUdp(host, configured('alice'));
    await untilCounted('opened_window', 1);
    collectChanges();
    await until('the job is there', async () => (await jobs()).length === 1);
    await until('nothing waits', async () => (await pending()).length === 0);
    const [origin] = await api.deps.database.sql<{ origin: string }[]>`select origin from jobs`;
    // As it was before the process could say so.
    await api.deps.database
      .sql`update device_health set change_at = to_timestamp(${origin!.origin.split(' ')[2]!}::float8 / 1000), change_by = 'alice'`;
    await until('nothing waits', async () => (await pending()).length === 0);
    expect(await jobs()).toHaveLength(1);
  });

  it('of a device that is disabled before the window is over is let go', async () => {
    const { id, host } = await addDevice('sw1');
    await sendUdp(host, configured('alice'));
    await untilCounted('opened_window', 1);
    await api.send('PATCH', `/api/devices/${id}`, { body: { enabled: false } });
    collectChanges();
    await until('nothing waits', async () => (await pending()).length === 0);
    expect(await jobs()).toEqual([]);
  });
});

describe('what is no message', () => {
  it('harms nothing', async () => {
    const { id, host } = await addDevice('sw1');
    await sendUdp(host, Buffer.alloc(0), randomBytes(500), '<', '<999>', '<189>', Buffer.alloc(9000, 'x'), '<189>1 - - - - - -');
    await untilCounted('oversized', 1);
    const huge = await connectFrom(host);
    huge.write('99999 <189>x');
    await once(huge, 'close');
    const endless = await connectFrom(host);
    for (let n = 0; n < 64; n++) endless.write(Buffer.alloc(65_536, 'x'));
    endless.write(`\n${configured('carol')}\n\n\0`);
    await untilCounted('opened_window', 1);
    await untilCounted('oversized', 3);
    const noise = await connectFrom(host);
    noise.end(randomBytes(100_000));
    await once(noise, 'close');
    const reset = await connectFrom(host);
    reset.resetAndDestroy();
    endless.end(configured('without an end'));
    await untilCounted('suppressed', 1);
    expect(await pending()).toEqual([{ device_id: id, change_by: 'without' }]);
  });

  it('too many connections are refused, and those that are there go on', async () => {
    const got: string[] = [];
    const small = await startSyslogListener({
      host: '127.0.0.1',
      port: 0,
      log: api.deps.log,
      maxConnections: 2,
      onMessage: (_address, message) => got.push(message.toString()),
      onOversized: () => undefined,
    });
    parts.push(small);
    const sockets = Array.from({ length: 2 }, () => connect(small.tcpPort, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const third = connect(small.tcpPort, '127.0.0.1').on('error', () => undefined);
    await once(third, 'close');
    for (const socket of sockets) socket.write('<1>here\n');
    await until('both have come', () => got.length === 2);
    expect(got).toEqual(['<1>here', '<1>here']);
  });

  it('a port that is taken is named', async () => {
    const again = listen({ ...api.deps, metrics: createMetrics('second') }, { host: '127.0.0.1', port: listener.udpPort }, 1);
    await expect(again).rejects.toMatchObject({ code: 'startup_failed', detail: expect.stringContaining('CAIRN_SYSLOG_PORT') });
  });

  it('while the database is away, messages wait for it', async () => {
    const { id, host } = await addDevice('sw1');
    const { url } = api.database;
    const name = new URL(url).pathname.slice(1);
    const admin = (await import('postgres')).default(url.replace(/[^/]+$/, 'postgres'), { max: 1 });
    await admin.unsafe(`alter database ${name} allow_connections false`);
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
    // First connections are lost, then new ones refused.
    const refused = () =>
      api.deps.database.sql`select 1`.then(
        () => false,
        (error: unknown) => error instanceof Error && 'code' in error && error.code === '55000',
      );
    await until('connections are refused', refused);
    await sendUdp(host, configured('alice'));
    await until('the listener has tried', () => api.logged().includes('changes of devices could not be noted'));
    await admin.unsafe(`alter database ${name} allow_connections true`);
    await admin.end();
    await untilCounted('opened_window', 1);
    expect(await pending()).toEqual([{ device_id: id, change_by: 'alice' }]);
  });
});
