import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../core/errors.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

const SDK_MS = 2_000;

export interface MetricsServer {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics` of a process that has no API. `sdkAddress` is where Temporal's SDK shows its own (`host:port`), which are
 * added: two formats of one text. With the SDK not answering, ours are still told.
 * @throws AppError `startup_failed` where the port is taken
 */
export async function serveMetrics(
  { metrics, log }: { metrics: Metrics; log: Logger },
  { host, port, sdkAddress }: { host: string; port: number; sdkAddress: string },
): Promise<MetricsServer> {
  async function sdkText(): Promise<string> {
    try {
      const response = await fetch(`http://${sdkAddress}/metrics`, { signal: AbortSignal.timeout(SDK_MS) });
      return response.ok ? await response.text() : '';
    } catch (error) {
      log.warn({ err: error }, "the metrics of Temporal's SDK could not be read");
      return '';
    }
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if ((request.url ?? '').split('?')[0] !== '/metrics') response.writeHead(404).end();
    else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    else {
      const [own, sdk] = await Promise.all([metrics.expose(), sdkText()]);
      response.writeHead(200, { 'Content-Type': own.contentType }).end(`${own.text.trimEnd()}\n${sdk}`);
    }
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'the metrics could not be read');
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use; set CAIRN_METRICS_PORT' : cause.message;
      reject(new AppError('startup_failed', `The worker cannot serve metrics on ${host}:${port}: ${why}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = addressOf(server);
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** A port of the loopback that is free now, for what cannot be told to take any. */
export async function freeLoopbackAddress(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = addressOf(probe);
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return `127.0.0.1:${port}`;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server listens on no port');
  return address;
}
