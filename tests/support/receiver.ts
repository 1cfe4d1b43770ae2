import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHmac } from 'node:crypto';

export interface Received {
  path: string;
  headers: Record<string, string>;
  text: string;
  body: { id: string; event: string; created_at: string; redelivery_of: string | null; data: Record<string, unknown> };
}

/** A receiver of webhooks on loopback, which keeps whatever it got. */
export interface Receiver {
  url: string;
  received: Received[];
  /** How it answers; 204 at first. */
  answer(how: (response: ServerResponse, got: Received) => void): void;
  /** Requests that are neither answered nor closed now, and the most there ever were at once. */
  open(): number;
  most(): number;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let how: (response: ServerResponse, got: Received) => void = (response) => void response.writeHead(204).end();
  let [open, most] = [0, 0];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open += 1;
    most = Math.max(most, open);
    response.once('close', () => (open -= 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const got = { path: request.url ?? '', headers, text, body: JSON.parse(text) };
    received.push(got);
    how(response, got);
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    answer: (next) => (how = next),
    open: () => open,
    most: () => most,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Whether a request is signed with this secret, checked as the how-to tells receivers to. */
export function isSigned({ headers, text }: Received, secret: string): boolean {
  const hmac = createHmac('sha256', secret).update(`${headers['x-cairn-timestamp']}.${text}`).digest('hex');
  const age = Math.abs(Date.now() / 1000 - Number(headers['x-cairn-timestamp']));
  return headers['x-cairn-signature'] === `sha256=${hmac}` && age < 300;
}
