import { createServer, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface ReceivedSpan {
  service: string;
  name: string;
  trace: string;
  id: string;
  parent: string | null;
  /** Epoch milliseconds. */
  start: number;
  end: number;
  failure: string | null;
  attributes: Record<string, unknown>;
}

/** A collector on loopback that takes OTLP over HTTP and keeps whatever it got. Spans are read where they come as JSON. */
export interface OtlpReceiver {
  url: string;
  spans: ReceivedSpan[];
  bodies: { type: string; path: string; headers: Record<string, unknown>; bytes: Buffer }[];
  /** How it answers; `{}` at first. */
  answer(how: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

interface Json {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes: Attribute[];
        status?: { code?: number; message?: string };
      }[];
    }[];
  }[];
}
type Attribute = { key: string; value: Record<string, unknown> };

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: OtlpReceiver['bodies'] = [];
  let how = (response: ServerResponse): void => void response.setHeader('Content-Type', 'application/json').end('{}');
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const type = String(request.headers['content-type']);
      bodies.push({ type, path: request.url ?? '', headers: request.headers, bytes });
      if (type === 'application/json') spans.push(...read(JSON.parse(bytes.toString())));
      how(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    bodies,
    answer: (next) => (how = next),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const read = ({ resourceSpans }: Json): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        service: String(values(resource.attributes)['service.name']),
        name: span.name,
        trace: span.traceId,
        id: span.spanId,
        parent: span.parentSpanId || null,
        start: Number(span.startTimeUnixNano) / 1e6,
        end: Number(span.endTimeUnixNano) / 1e6,
        failure: span.status?.code === 2 ? (span.status.message ?? '') : null,
        attributes: values(span.attributes),
      })),
    ),
  );

/** OTLP's JSON: `{key, value: {stringValue | intValue | …}}`. */
const values = (attributes: Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** The environment of a process that sends its traces there at once. */
export const traced = ({ url }: Pick<OtlpReceiver, 'url'>): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
  CAIRN_LOG_LEVEL: 'debug',
});

/** The lines of a log that are JSON. */
export const linesOf = (log: string): Record<string, unknown>[] =>
  log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
