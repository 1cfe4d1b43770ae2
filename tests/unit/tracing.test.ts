import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { formatTraceparent, jobSpanIds, parseTraceparent } from '../../core/trace.ts';
import type { OtlpSettings } from '../../runtime/config.ts';
import { createLogger } from '../../runtime/log.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { otlpSettings } from '../../runtime/otlp-settings.ts';
import { createShutdown } from '../../runtime/shutdown.ts';
import { openTracing, type Tracing } from '../../runtime/tracing.ts';
import { createJobTraces } from '../../runtime/tracing/job-traces.ts';
import { interceptors } from '../../workflows/trace-interceptors.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const JOB = '01942f3e-7a5b-7c6d-8e9f-0123456789ab';

describe('traceparent', () => {
  it('is read and written as W3C Trace Context says', () => {
    const context = { trace_id: TRACE, span_id: SPAN, sampled: true };
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual(context);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)).toEqual({ ...context, sampled: false });
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-03-what-comes-later`)).toEqual(context);
    expect(formatTraceparent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it.each([
    '',
    'no',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(600)}`,
  ])('%s is none', (text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it('the ids of a job come from its id', () => {
    expect(jobSpanIds(JOB)).toEqual({ trace_id: '01942f3e7a5b7c6d8e9f0123456789ab', span_id: '8e9f0123456789ab' });
    expect(jobSpanIds('cairn-schedule-1')).toBeNull();
  });
});

describe('a workflow', () => {
  const { inbound, outbound } = interceptors();
  const given = { metadata: {}, data: Buffer.from('"x"') };

  /** What a call of the workflow sends on. */
  async function sent(
    name: 'scheduleActivity' | 'startChildWorkflowExecution' | 'signalWorkflow' | 'continueAsNew',
  ): Promise<unknown> {
    let headers: unknown;
    const call = outbound![0]![name] as (input: object, next: (input: { headers: unknown }) => Promise<void>) => unknown;
    await call({ headers: { own: given } }, (input) => {
      headers = input.headers;
      return Promise.resolve();
    });
    return headers;
  }
  const begin = (headers: Record<string, typeof given>): Promise<unknown> =>
    inbound![0]!.execute!({ args: [], headers }, () => Promise.resolve());

  it('passes on the traceparent that it was started with, and nothing else', async () => {
    await begin({ other: given });
    expect(await sent('scheduleActivity')).toEqual({ own: given });
    await begin({ other: given, traceparent: given });
    for (const name of ['scheduleActivity', 'startChildWorkflowExecution', 'signalWorkflow', 'continueAsNew'] as const) {
      expect([name, await sent(name)]).toEqual([name, { own: given, traceparent: given }]);
    }
  });
});

describe('OTEL_* settings', () => {
  const of = (given: Record<string, string>): [OtlpSettings | null, string[]] => {
    const problems: string[] = [];
    return [otlpSettings(given, problems), problems];
  };
  const at = 'http://127.0.0.1:4318';

  it('turn traces on only where they name a collector and nothing turns them off', () => {
    const on = { protocol: 'http/protobuf', queue: 2048 };
    expect(of({})).toEqual([null, []]);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at })).toEqual([on, []]);
    expect(of({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: at })).toEqual([on, []]);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at, OTEL_SDK_DISABLED: 'true' })).toEqual([null, []]);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at, OTEL_TRACES_EXPORTER: 'none' })).toEqual([null, []]);
    const more = {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_BSP_MAX_QUEUE_SIZE: '9',
    };
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at, ...more })).toEqual([{ protocol: 'http/json', queue: 9 }, []]);
  });

  it('that cannot be are told, and the address never', () => {
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })[1]).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json, not "grpc"',
    ]);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@host' })[1]).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an address that starts with http:// or https://',
    ]);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at, OTEL_BSP_MAX_QUEUE_SIZE: '0' })[1]).toHaveLength(1);
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: at, OTEL_TRACES_EXPORTER: 'zipkin' })[1]).toHaveLength(1);
  });
});

describe('a collector', () => {
  const kept: [string, string | undefined][] = [];
  let receiver: OtlpReceiver;
  let lines: Record<string, unknown>[];
  let metrics: ReturnType<typeof createMetrics>;

  /** The SDK reads the environment of its process. */
  function set(name: string, value: string): void {
    kept.push([name, process.env[name]]);
    process.env[name] = value;
  }

  async function open(settings: OtlpSettings, env: Record<string, string> = {}): Promise<Tracing> {
    receiver = await startOtlpReceiver();
    set('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    for (const [name, value] of Object.entries(env)) set(name, value);
    lines = [];
    const log = createLogger({
      level: 'info',
      name: 'test',
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    });
    metrics = createMetrics('test');
    const shutdown = createShutdown({ log, deadlineMs: 1000 });
    const tracing = await openTracing({ settings, service: 'cairn-test', jobs: createJobTraces(), log, metrics, shutdown });
    return tracing!;
  }

  const dropped = async (): Promise<string[]> =>
    (await metrics.expose()).text.split('\n').filter((line) => line.startsWith('cairn_trace_spans_dropped_total'));

  afterEach(async () => {
    for (const [name, value] of kept.splice(0).toReversed()) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await receiver?.close();
  });

  it('gets spans as protobuf unless told otherwise, with the headers, the name and the attributes that OTEL_* give', async () => {
    const tracing = await open(
      { protocol: 'http/protobuf', queue: 10 },
      {
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=noc',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab',
        OTEL_SERVICE_NAME: 'named',
      },
    );
    tracing.span('one of ours', { parent: null }).end();
    await tracing.close();
    const [body] = receiver.bodies;
    expect(body).toMatchObject({ type: 'application/x-protobuf', path: '/v1/traces', headers: { 'x-tenant': 'noc' } });
    for (const text of ['one of ours', 'named', 'deployment.environment.name']) expect(body!.bytes.includes(text)).toBe(true);
    expect(body!.bytes.includes('cairn-test')).toBe(false);
  });

  it('gets a job as the same span from every process, and failures without passwords', async () => {
    const tracing = await open({ protocol: 'http/json', queue: 10 });
    const own = tracing.placeOf(JOB, null);
    expect(own).toEqual({ ...jobSpanIds(JOB), sampled: true });
    const asked = tracing.placeOf(JOB, { trace_id: TRACE, span_id: SPAN, sampled: false });
    expect(asked).toEqual({ trace_id: TRACE, span_id: jobSpanIds(JOB)!.span_id, sampled: false });
    expect(tracing.jobs.idsOf({ job_id: JOB })).toEqual({ trace_id: TRACE, span_id: asked!.span_id });
    tracing.span('not recorded', { parent: asked }).end();
    tracing.span('failed', { parent: own }).end('postgres://cairn:hunter2@db/cairn does not answer');
    await tracing.close();
    expect(receiver.spans).toMatchObject([
      {
        name: 'failed',
        service: 'cairn-test',
        trace: own!.trace_id,
        parent: own!.span_id,
        failure: expect.stringContaining('[redacted]'),
      },
    ]);
    expect(receiver.bodies[0]!.bytes.includes('hunter2')).toBe(false);
  });

  it('may have a share of the traces, the same for a job in every process', async () => {
    const tracing = await open(
      { protocol: 'http/json', queue: 10 },
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' },
    );
    const jobs = Array.from({ length: 200 }, () => {
      const hex = randomBytes(16).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    });
    const sampled = jobs.filter((job) => tracing.placeOf(job, null)!.sampled);
    expect(sampled.length).toBeGreaterThan(50);
    expect(sampled.length).toBeLessThan(150);
    const trace_id = sampled[0]!.replaceAll('-', '');
    expect(tracing.span('again', { parent: null, ids: { trace_id, span_id: SPAN } }).context.sampled).toBe(true);
    await tracing.close();
  });

  it('that hangs stops nothing: what it does not take is counted, told once, and the end waits a second', async () => {
    const tracing = await open({ protocol: 'http/json', queue: 5 });
    receiver.answer(() => undefined);
    for (let at = 0; at < 20; at++) tracing.span(`span ${at}`, { parent: null }).end();
    // Five are on their way, five wait.
    expect(await dropped()).toEqual([
      expect.stringMatching(/reason="queue_full".* 10$/),
      expect.stringMatching(/reason="not_sent".* 0$/),
    ]);
    const began = Date.now();
    await tracing.close();
    expect(Date.now() - began).toBeLessThan(1_500);
    expect((await dropped())[1]).toMatch(/ 10$/);
    expect(lines.filter((line) => String(line.msg).startsWith('traces are lost'))).toHaveLength(1);
  });

  it('that is away or refuses is told, and also when it is back', async () => {
    const tracing = await open({ protocol: 'http/json', queue: 600 }, { OTEL_BSP_SCHEDULE_DELAY: '20' });
    const said = (text: string): boolean => lines.some((line) => String(line.msg).startsWith(text));
    receiver.answer((response) => void response.writeHead(400).end('no, Bearer abcdefghijkl'));
    tracing.span('refused', { parent: null }).end();
    for (const end = Date.now() + 5000; !said('traces are lost') && Date.now() < end;) await sleep(10);
    receiver.answer((response) => void response.end('{}'));
    tracing.span('taken', { parent: null }).end();
    for (const end = Date.now() + 5000; !said('the collector takes traces again') && Date.now() < end;) await sleep(10);
    await tracing.close();
    expect(lines.map((line) => [line.level, line.spans])).toEqual([
      ['warn', 1],
      ['info', 1],
    ]);
    expect(JSON.stringify(lines)).not.toContain('abcdefghijkl');
  });

  it('that nobody names costs nothing', async () => {
    const log = createLogger({ level: 'silent', name: 'test' });
    const shutdown = createShutdown({ log, deadlineMs: 1000 });
    const none = { settings: null, service: 'x', jobs: createJobTraces(), log, metrics: createMetrics('x'), shutdown };
    expect(await openTracing(none)).toBeNull();
  });
});
