import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A load balancer as small as can be: each request goes to the next of the `backends`; one that refuses is passed over. */
export interface RoundRobin {
  url: string;
  /** Base addresses; replace one where it has moved. */
  backends: string[];
  /** What happened so far. */
  counts: { requests: number; passed_over: number; cut: number };
  close(): Promise<void>;
}

/**
 * What was sent to a backend that then breaks off is not sent again: the client sees its connection reset, and so it does where
 * `cutAnswer` says so, which is asked once the backend has answered: that is an answer lost on the way.
 */
export async function startRoundRobin(cutAnswer: (request: IncomingMessage) => boolean): Promise<RoundRobin> {
  const counts = { requests: 0, passed_over: 0, cut: 0 };
  const backends: string[] = [];
  // No connection is kept: the next request may be for another backend.
  const agent = new Agent({ keepAlive: false });

  function pass(request: IncomingMessage, response: ServerResponse, body: Buffer, tried: number): void {
    const backend = new URL(backends[(counts.requests + tried) % backends.length]!);
    const { hostname, port } = backend;
    const cut = (): void => {
      counts.cut += 1;
      response.socket?.destroy();
    };
    const upstream = send({ agent, hostname, port, method: request.method!, path: request.url!, headers: request.headers });
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED' || tried + 1 === backends.length) return cut();
      counts.passed_over += 1;
      pass(request, response, body, tried + 1);
    });
    upstream.on('response', (answer) => {
      if (cutAnswer(request)) {
        answer.resume();
        return cut();
      }
      const { connection: _connection, 'keep-alive': _keepAlive, ...headers } = answer.headers;
      response.writeHead(answer.statusCode!, headers);
      answer.on('error', cut);
      answer.on('data', (chunk: Buffer) => response.write(chunk));
      answer.on('end', () => response.end());
      response.on('close', () => upstream.destroy());
    });
    upstream.end(body);
  }

  const server = createServer((request, response) => {
    counts.requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => pass(request, response, Buffer.concat(chunks), 0));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    backends,
    counts,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}
