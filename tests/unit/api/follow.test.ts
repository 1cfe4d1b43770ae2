import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createClient } from '../../../api/client.ts';

async function serve(port: number, answer: (response: ServerResponse, lastEventId: string | undefined) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const last = request.headers['last-event-id'];
    answer(response, Array.isArray(last) ? last[0] : last);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const head = { 'Content-Type': 'text/event-stream' };
const line = (id: number, event = 'log'): string => `id: ${id}\nevent: ${event}\ndata: {}\n\n`;

async function gone(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

test('an API that goes away and comes back is followed from the last event on', async () => {
  const first = await serve(0, (response) => void response.writeHead(200, head).write(line(1)));
  const port = portOf(first);
  const events = createClient({ baseUrl: `http://127.0.0.1:${port}` }).follow('j');
  expect((await events.next()).value).toMatchObject({ id: '1' });
  const next = events.next();
  await gone(first);
  // Nobody answers, then one that cannot answer yet, then the stream.
  let calls = 0;
  const asked: (string | undefined)[] = [];
  const second = await serve(port, (response, last) => {
    calls += 1;
    asked.push(last);
    if (calls === 1)
      response
        .writeHead(503, { 'Content-Type': 'application/problem+json' })
        .end('{"code":"database_unavailable","detail":"x","errors":[]}');
    else response.writeHead(200, head).end(line(2) + line(3, 'end'));
  });
  expect((await next).value).toMatchObject({ id: '2' });
  expect((await events.next()).value).toMatchObject({ event: 'end' });
  expect((await events.next()).done).toBe(true);
  expect(asked).toEqual(['1', '1']);
  await gone(second);
});

test('an API that never answered is told at once, and so is a job that there is not', async () => {
  const server = await serve(0, (response) =>
    response
      .writeHead(404, { 'Content-Type': 'application/problem+json' })
      .end('{"code":"not_found","detail":"no job","errors":[]}'),
  );
  const client = createClient({ baseUrl: `http://127.0.0.1:${portOf(server)}` });
  await expect(client.follow('j').next()).rejects.toMatchObject({ code: 'not_found' });
  await gone(server);
  await expect(client.follow('j').next()).rejects.toMatchObject({ code: 'internal' });
});
