import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createJob } from '../../stores/create-job.ts';
import { endJob } from '../../stores/job-state.ts';
import { DEFAULT_LIMITS } from '../../core/jobs.ts';
import type { JobParams } from '../../core/jobs.ts';
import type { Sql } from '../../stores/database.ts';
import { createEventHub } from '../../api/events.ts';
import { parseEvents, type ServerEvent } from '../../api/sse.ts';
import { createTestDatabase } from '../support/database.ts';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
let job: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  job = await newJob();
});

async function newJob(): Promise<string> {
  const id = crypto.randomUUID();
  const params: JobParams = { ...DEFAULT_LIMITS, kinds: ['arp'], cache_results: true, snapshot: false };
  const devices = [{ id: crypto.randomUUID(), name: 'd1', queue_id: null }];
  await createJob(api.deps.database, {
    id,
    type: 'topology.discover',
    owner: 't',
    priority: 5,
    params,
    devices,
    retry_of: null,
    schedule_id: null,
  });
  return id;
}

const say = (message: string, sql: Sql = api.database.sql) =>
  sql`insert into job_log (job_id, event, level, message) values (${job}, 'log', 'info', ${message})`;
const end = () =>
  endJob(api.deps.database, job, {
    status: 'cancelled',
    rest: { status: 'cancelled', outcome: 'cancelled', error: 'x' },
    error: null,
  });

async function open(lastEventId?: string) {
  const abort = new AbortController();
  const headers = {
    Authorization: `Bearer ${api.tokens.viewer}`,
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  };
  const response = await fetch(`${api.url}/api/jobs/${job}/events`, { headers, signal: abort.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  return { events: parseEvents(response.body), close: () => abort.abort() };
}

/** A hub of its own, whose queries are counted. */
async function countedHub(pollMs?: number) {
  const asked: unknown[][] = [];
  const counting = new Proxy(api.deps.database.sql, {
    apply(target, self, [text, ...values]: [TemplateStringsArray, ...never[]]) {
      if (Array.isArray(text)) asked.push(values);
      return Reflect.apply(target, self, [text, ...values]) as unknown;
    },
  });
  const hub = createEventHub({ database: { sql: counting }, log: api.deps.log, ...(pollMs === undefined ? {} : { pollMs }) });
  const server = createServer((request, response) => hub.follow(response, request.url!.slice(1), null));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const about = (id: string): number => asked.filter((values) => values.some((value) => value === id)).length;
  return {
    follow: async (id: string) => parseEvents((await fetch(`http://127.0.0.1:${port}/${id}`)).body),
    /** A fragment of a query counts as one more, so two a look. */
    queries: () => asked.length,
    /** Queries about one job. */
    about,
    /** Until there were so many more of them. */
    more: (id: string, count: number) => {
      const before = about(id);
      return expect.poll(() => about(id) - before, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
    },
    close: () => {
      hub.close();
      server.close();
    },
  };
}

/** Events up to the one that `last` accepts. */
async function until(events: AsyncGenerator<ServerEvent>, last: (event: ServerEvent) => boolean): Promise<ServerEvent[]> {
  const seen: ServerEvent[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the stream ended after ${JSON.stringify(seen)}`);
    seen.push(value);
    if (last(value)) return seen;
  }
}
const messageOf = (event: ServerEvent): unknown => field(event.data, 'message');
const field = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
const says = (message: string) => (event: ServerEvent) => messageOf(event) === message;
const logged = (events: ServerEvent[]) => events.filter((event) => event.id !== null).map(messageOf);
const isEnd = (event: ServerEvent) => event.event === 'end';

test('what was, what comes, progress and the end', async () => {
  const { events } = await open();
  expect(logged(await until(events, (event) => event.event === 'progress'))).toEqual(['job created for 1 device(s)']);
  await say('one');
  await until(events, says('one'));
  await end();
  const rest = await until(events, isEnd);
  expect(rest.map((event) => event.event)).toEqual(['status', 'progress', 'end']);
  expect(rest[1]!.data).toMatchObject({ status: 'cancelled', cancelled: 1, total: 1, progress_percentage: 100 });
  expect(rest[2]!.data).toEqual({ job_id: job, status: 'cancelled' });
  expect((await events.next()).done).toBe(true);
});

test('Last-Event-ID goes on after what was seen, without a gap or a double, also over more than one page', async () => {
  const rows = Array.from({ length: 2500 }, (_, index) => `m${index}`);
  await api.database.sql`insert into job_log (job_id, event, level, message)
    select ${job}, 'log', 'info', m from unnest(${rows}::text[]) with ordinality as r(m, n) order by n`;
  const first = await open();
  const seen = await until(first.events, says('m1200'));
  first.close();
  await say('late');
  await end();
  const second = await open(seen.at(-1)!.id!);
  const rest = await until(second.events, isEnd);
  expect([...logged(seen).slice(1), ...logged(rest).slice(0, -1)]).toEqual([...rows, 'late']);
});

test('a row that is committed late is not lost to those who are ahead', async () => {
  const hub = await countedHub(20);
  const events = await hub.follow(job);
  await until(events, (event) => event.event === 'progress');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let written = () => {};
  const early = new Promise<void>((resolve) => (written = resolve));
  const slow = api.database.sql.begin(async (tx) => {
    await say('early row, late commit', tx);
    written();
    await held;
  });
  await early;
  await say('later row');
  const look = () => api.database.sql`select 1 from pg_stat_activity where state = 'idle in transaction'`;
  expect((await look()).length).toBeGreaterThan(0);
  let came = false;
  const next = until(events, says('later row')).finally(() => (came = true));
  // When the third look begins, two are told: the later row must wait for the earlier one.
  await hub.more(job, 3);
  expect(came).toBe(false);
  release();
  await slow;
  expect(logged(await next)).toEqual(['early row, late commit', 'later row']);
  await end();
  await until(events, isEnd);
  hub.close();
});

test('a transaction of another database of the server holds nothing back', async () => {
  const other = await createTestDatabase();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let written = () => {};
  const begun = new Promise<void>((resolve) => (written = resolve));
  const slow = other.sql.begin(async (tx) => {
    await tx`create table held (n int)`;
    written();
    await held;
  });
  await begun;
  const { events } = await open();
  await say('meanwhile');
  await until(events, says('meanwhile'));
  release();
  await slow;
  await end();
  await until(events, isEnd);
  await other.drop();
});

test('many clients share one query a second', async () => {
  const hub = await countedHub();
  const streams = await Promise.all(Array.from({ length: 40 }, () => hub.follow(job)));
  await Promise.all(streams.map((events) => until(events, (event) => event.event === 'progress')));
  const before = hub.queries();
  const begun = Date.now();
  for (const message of ['first', 'second', 'third']) {
    await say(message);
    const got = await Promise.all(streams.map((events) => until(events, says(message))));
    expect(got.map(logged)).toEqual(streams.map(() => [message]));
  }
  expect(hub.queries() - before).toBeLessThanOrEqual(2 * ((Date.now() - begun) / 1000 + 1));
  expect(hub.queries() - before).toBeGreaterThan(0);
  await end();
  await Promise.all(streams.map((events) => until(events, isEnd)));
  const after = hub.about(job);
  // Looks at another job tell that the time for one at this job is over.
  const other = await newJob();
  const others = await hub.follow(other);
  await until(others, (event) => event.event === 'progress');
  await hub.more(other, 2);
  expect(hub.about(job)).toBe(after);
  hub.close();
});

describe('the log as a list', () => {
  test('is cut into pages, and its ids are those of the stream', async () => {
    for (const message of ['a', 'b', 'c']) await say(message);
    const seen: { id: string; message: string }[] = [];
    let path = `/api/jobs/${job}/log?limit=3`;
    for (;;) {
      const { items, next_cursor } = (await api.send<{ items: typeof seen; next_cursor: string | null }>('GET', path)).json;
      seen.push(...items);
      if (next_cursor === null) break;
      path = `/api/jobs/${job}/log?limit=3&cursor=${next_cursor}`;
    }
    expect(seen.map((line) => line.message)).toEqual(['job created for 1 device(s)', 'a', 'b', 'c']);
    const { events, close } = await open(seen[1]!.id);
    expect(logged(await until(events, says('c')))).toEqual(['b', 'c']);
    close();
  });

  test('a place that is none is refused', async () => {
    const answer = await api.send('GET', `/api/jobs/${job}/events`, { headers: { 'Last-Event-ID': 'yesterday' } });
    expect(problem(answer).errors[0]!.pointer).toBe('header/Last-Event-ID');
  });
});
