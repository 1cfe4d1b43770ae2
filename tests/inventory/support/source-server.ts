import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { InventorySourceOptions, SourceProblem, SourceRecord } from '../../../core/inventory.ts';
import { readSource } from '../../../inventory/read.ts';
import { READ_LIMITS, type ReadLimits, type SourceSecret } from '../../../inventory/source.ts';

export interface Asked {
  method: string;
  url: URL;
  authorization: string | null;
  body: string;
}

/** What a server says: a status and JSON (or text), or whatever it does to the response by itself. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | ((response: ServerResponse) => void);

export interface SourceServer {
  url: string;
  asked: Asked[];
  stop(): Promise<void>;
}

/** A server on loopback that answers as told. */
export async function startSourceServer(
  answer: (asked: Asked, nth: number) => Answer | Promise<Answer>,
  tls?: { key: string; cert: string },
): Promise<SourceServer> {
  const asked: Asked[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://server');
      const one = {
        method: request.method ?? '',
        url,
        authorization: request.headers.authorization ?? null,
        body: Buffer.concat(chunks).toString(),
      };
      asked.push(one);
      void Promise.resolve(answer(one, asked.length)).then((told) => give(response, told));
    });
  };
  const server = tls === undefined ? createServer(handle) : createSecureServer(tls, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function give(response: ServerResponse, told: Answer): void {
  if (typeof told === 'function') return told(response);
  const { status = 200, headers = {}, json, text } = told;
  response.writeHead(status, { 'content-type': json === undefined ? 'text/plain' : 'application/json', ...headers });
  response.end(json === undefined ? text : JSON.stringify(json));
}

/** Quick to lose patience, and with small pages. */
const QUICK: ReadLimits = { ...READ_LIMITS, silenceMs: 1000, pauseMs: 5, longestPauseMs: 2000, page: 50 };

/** Everything that a source gives. */
export async function readAll(
  options: InventorySourceOptions,
  told: { secret?: Partial<SourceSecret>; limits?: Partial<ReadLimits>; signal?: AbortSignal } = {},
): Promise<(SourceRecord | SourceProblem)[]> {
  const secret = told.secret === undefined ? null : { username: null, password: null, token: null, ...told.secret };
  const context = { secret, limits: { ...QUICK, ...told.limits }, signal: told.signal ?? new AbortController().signal };
  const records: (SourceRecord | SourceProblem)[] = [];
  for await (const record of readSource(options, context)) records.push(record);
  return records;
}
