import { describe, expect, it } from 'vitest';
import type { Backup } from '../../contracts/backup.ts';
import type { Job } from '../../contracts/job.ts';
import { patched, sha256Of } from '../support/backups.ts';
import { until } from '../support/cluster.ts';
import { problem } from './harness.ts';
import { useBackupsLab, type RunningConfig } from './support/backups-lab.ts';

interface Page {
  items: Backup[];
  next_cursor: string | null;
}

const { lab, send } = useBackupsLab('127.44.0.1');
/** Identifiers of the collections of the first device, the oldest first. */
let history: Backup[];

const items = async (device: string, query = ''): Promise<Backup[]> =>
  (await send<Page>('GET', `/devices/${lab.ids.get(device)!}/backups${query}`)).json.items;

/** Collects a device over the API and waits; returns its row. */
async function collect(device: string, body?: object): Promise<Backup> {
  const answer = await send<Job>('POST', `/devices/${lab.ids.get(device)!}/collect`, { body });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  expect(['completed', 'failed']).toContain(await lab.cluster.wait(answer.json.job_id));
  return (await items(device, '?limit=1'))[0]!;
}

describe.sequential('configurations over the API', () => {
  it('POST collect answers 202 with the job and where it is, and the history tells exactly what is promised', async () => {
    const name = lab.names[0]!;
    const answer = await send<Job>('POST', `/devices/${lab.ids.get(name)!}/collect`, { as: lab.operator });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/jobs/${answer.json.job_id}`);
    expect(answer.json).toMatchObject({ type: 'device.collect', total_devices: 1, owner: 'operator' });
    expect(await lab.cluster.wait(answer.json.job_id)).toBe('completed');
    const [row, ...rest] = await items(name);
    expect(rest).toEqual([]);
    const text = lab.simulator.configuration(name).text;
    expect(row).toMatchObject({
      job_id: answer.json.job_id,
      status: 'success',
      changed: true,
      actor: 'operator',
      bytes: Buffer.byteLength(text),
      sha256: sha256Of(text),
    });
    for (const key of ['task_identifier', 'task_id', 'job_id', 'status', 'timestamp', 'sha256', 'bytes', 'changed', 'log']) {
      expect(Object.keys(row!)).toContain(key);
    }
    expect(row!.task_identifier).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    expect(row!.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    expect(Object.keys(row!)).not.toContain('artifact');
    expect(row!.log.map((line) => line.level)).toEqual(row!.log.map(() => 'info'));
    expect(JSON.stringify(row!.log)).not.toContain(lab.simulator.device(name).password);
  });

  it('the text: as text/plain and as JSON, for operators', async () => {
    const name = lab.names[0]!;
    const [row] = await items(name);
    const { text } = lab.simulator.configuration(name);
    const path = `/devices/${lab.ids.get(name)!}/backups/${row!.task_identifier}`;
    const plain = await send('GET', path, { as: lab.operator, accept: 'text/plain' });
    expect([plain.status, plain.headers.get('content-type'), plain.text]).toEqual([200, 'text/plain; charset=utf-8', text]);
    const anything = await send('GET', path, { as: lab.operator, accept: '*/*' });
    expect(anything.text).toBe(text);
    const json = await send<Backup & { text: string }>('GET', path, { as: lab.operator, accept: 'application/json' });
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(json.json).toEqual({ ...row, text });
    const latest = await send('GET', `/devices/${name}/backups/latest`, { as: lab.operator, accept: 'text/plain' });
    expect(latest.text).toBe(text);
    for (const [method, hidden] of [
      ['GET', path],
      ['GET', `${path}/diff/latest`],
      ['GET', `/devices/${name}/running-config?cached=true`],
      ['POST', `/devices/${name}/collect`],
    ] as const) {
      const refused = await send(method, hidden, { as: lab.viewer });
      expect([hidden, refused.status, problem(refused).code]).toEqual([hidden, 403, 'forbidden']);
      expect(refused.text).not.toContain('snmp-server');
    }
    expect((await send('GET', `/devices/${name}/backups`, { as: lab.viewer })).status).toBe(200);
    expect((await send('GET', '/backups/changes', { as: lab.viewer })).status).toBe(200);
  });

  it('of twenty requests in the same instant one is taken, by two API processes', async () => {
    const second = await lab.cluster.startApi();
    const id = lab.ids.get(lab.names[5]!)!;
    await lab.simulator.setFault(lab.names[5]!, { kind: 'slow', ms: 1500 });
    const urls = Array.from({ length: 20 }, (_, at) => `${at % 2 === 0 ? lab.api.url : second.url}/api/devices/${id}/collect`);
    const headers = { Authorization: `Bearer ${lab.api.token}` };
    const answers = await Promise.all(urls.map((url) => fetch(url, { method: 'POST', headers })));
    const bodies = await Promise.all(answers.map(async (answer) => ({ status: answer.status, text: await answer.text() })));
    const taken = bodies.filter((answer) => answer.status === 202);
    expect(taken).toHaveLength(1);
    const { job_id }: Job = JSON.parse(taken[0]!.text);
    for (const { status, text } of bodies.filter((answer) => answer !== taken[0]))
      expect([status, text]).toEqual([409, expect.stringContaining(`job ${job_id}`)]);
    expect(await lab.cluster.wait(job_id)).toBe('completed');
    await lab.simulator.setFault(lab.names[5]!, null);
    const [row] = await lab.cluster.database.sql<
      [{ n: number }]
    >`select count(*)::int as n from job_devices where device_id = ${id}`;
    expect(row.n).toBe(1);
    await second.stop();
  });

  it('a busy device is 409 with the holder named; disabled 409; unknown 404; a bad body 422', async () => {
    const name = lab.names[1]!;
    await lab.simulator.setFault(name, { kind: 'slow', ms: 2000 });
    const first = await send<Job>('POST', `/devices/${name}/collect`);
    // Before it has begun, and while it has the device.
    const queued = await send('POST', `/devices/${name}/collect`);
    await until('it is held', async () => (await lab.cluster.locks()) === 1);
    const held = await send('POST', `/devices/${name}/collect`);
    for (const busy of [queued, held]) {
      expect([busy.status, problem(busy).code]).toEqual([409, 'device_busy']);
      expect(busy.text).toContain(first.json.job_id);
    }
    expect(await lab.cluster.wait(first.json.job_id)).toBe('completed');
    await lab.simulator.setFault(name, null);
    expect(await items(name)).toHaveLength(1);
    await send('PATCH', `/devices/${name}`, { body: { enabled: false } });
    const disabled = await send('POST', `/devices/${name}/collect`);
    expect([disabled.status, problem(disabled).code]).toEqual([409, 'conflict']);
    await send('PATCH', `/devices/${name}`, { body: { enabled: true } });
    expect((await send('POST', '/devices/nobody/collect')).status).toBe(404);
    for (const body of [
      { collector: '' },
      { priority: 11 },
      { device_id: 'x' },
      { surprise: 1 },
      [],
      '{',
      'null',
      '"x"',
      { device_time_limit: -1 },
    ]) {
      const { status, text } = await send('POST', `/devices/${name}/collect`, { body });
      expect([body, status >= 400 && status < 500, text]).toEqual([body, true, expect.any(String)]);
    }
    expect((await send('POST', `/devices/${name}/collect`, { body: { priority: 11 } })).status).toBe(422);
    expect(await items(name)).toHaveLength(1);
  });

  it('a failed collection has no sha256 and no text: 404 that says why', async () => {
    const name = lab.names[2]!;
    const { command } = lab.simulator.configuration(name);
    await lab.simulator.setFault(name, { kind: 'drop', command });
    const row = await collect(name);
    await lab.simulator.setFault(name, null);
    expect(row).toMatchObject({ status: 'truncated', sha256: null, bytes: null, changed: false });
    const answer = await send('GET', `/devices/${name}/backups/${row.task_identifier}`, { accept: 'text/plain' });
    expect(answer.status).toBe(404);
    expect(problem(answer).detail).toContain(row.log.findLast((line) => line.level === 'error')!.message);
    for (const missing of ['latest', 'nothing', '20260101T000000Z-00000000', '%00', '..%2f..']) {
      const none = await send('GET', `/devices/${name}/backups/${missing}`);
      expect([missing, none.status >= 400 && none.status < 500]).toEqual([missing, true]);
    }
    const cached = await send<RunningConfig>('GET', `/devices/${name}/running-config?cached=true`);
    expect(cached.json).toMatchObject({ success: false, output: null, error: expect.stringContaining('no configuration') });
  });

  it('differences: what diff -u says, nothing where nothing differs, by section, volatile lines only when asked', async () => {
    const name = lab.names[0]!;
    const before = lab.simulator.configuration(name).text;
    lab.simulator.change(name, { kind: 'edit_config' });
    const after = lab.simulator.configuration(name).text;
    await collect(name);
    history = (await items(name)).toReversed();
    expect(history.map((row) => row.changed)).toEqual([true, true]);
    const [a, b] = history.map((row) => row.task_identifier);
    const path = `/devices/${name}/backups/${a}/diff/${b}`;
    const plain = await send('GET', path, { accept: 'text/plain' });
    expect(plain.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(plain.text).toContain('+alias exec rev show clock 1');
    expect(plain.text).not.toContain('Last configuration change');
    const all = await send('GET', `${path}?volatile=true`, { accept: 'text/plain' });
    expect(all.text).toContain('Last configuration change');
    expect(await patched(before, all.text)).toBe(after);
    expect((await send('GET', `/devices/${name}/backups/${a}/diff/${a}`, { accept: 'text/plain' })).text).toBe('');
    const json = await send<{ added: number; removed: number; diff: string; sections: { added: string[] }[] }>('GET', path, {
      accept: 'application/json',
    });
    expect(json.json).toMatchObject({
      added: 1,
      removed: 0,
      diff: plain.text,
      from: { task_identifier: a },
      to: { task_identifier: b },
    });
    expect(json.json.sections.flatMap((section) => section.added)).toEqual([
      expect.stringContaining('alias exec rev show clock 1'),
    ]);
    expect((await send('GET', `/devices/${name}/backups/${a}/diff/nothing`)).status).toBe(404);
    expect((await send('GET', `${path}?context=-1`)).status).toBe(422);
  });

  it('history by pages and filters; what changed since', async () => {
    const name = lab.names[0]!;
    await collect(name);
    const all = await items(name);
    expect(all.map((row) => row.changed)).toEqual([false, true, true]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = (
        await send<Page>('GET', `/devices/${name}/backups?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      ).json;
      seen.push(...page.items.map((row) => row.task_identifier));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all.map((row) => row.task_identifier));
    expect(await items(name, '?changed=true')).toHaveLength(2);
    expect(await items(name, '?changed=false')).toHaveLength(1);
    expect(await items(name, '?status=truncated')).toHaveLength(0);
    expect(await items(name, `?since=${all[1]!.timestamp}`)).toHaveLength(2);
    expect(await items(name, `?until=${all[2]!.timestamp}`)).toHaveLength(1);
    for (const query of ['?cursor=nonsense', '?status=fine', '?since=yesterday', '?limit=0', '?changed=perhaps'])
      expect([query, (await send('GET', `/devices/${name}/backups${query}`)).status]).toEqual([query, 422]);
    const changes = await send<Page>('GET', `/backups/changes?since=${all[1]!.timestamp}`);
    expect(changes.json.items.map((row) => [row.device_name, row.task_identifier])).toContainEqual([
      name,
      all[1]!.task_identifier,
    ]);
    expect(changes.json.items.every((row) => row.changed)).toBe(true);
    expect((await send('GET', '/backups/changes?group=nobody')).status).toBe(404);
  });

  it('the history of a deleted device is gone with it', async () => {
    const name = lab.names[4]!;
    const row = await collect(name);
    const id = lab.ids.get(name)!;
    expect((await send('DELETE', `/devices/${id}`)).status).toBe(204);
    for (const path of ['', `/${row.task_identifier}`, '/latest', '/latest/diff/latest'])
      expect([path, (await send('GET', `/devices/${id}/backups${path}`)).status]).toEqual([path, 404]);
    expect((await send('POST', `/devices/${id}/collect`)).status).toBe(404);
  });
});
