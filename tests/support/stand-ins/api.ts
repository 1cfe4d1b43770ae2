/** Stands in for api/server.ts where only its life counts: listens, says that it is ready, keeps one row per request. */
import { createServer } from 'node:http';
import postgres from 'postgres';
import { loadConfig } from '../../../runtime/config.ts';
import { createLogger } from '../../../runtime/log.ts';
import { createShutdown } from '../../../runtime/shutdown.ts';
import { connectClient } from '../../../runtime/temporal.ts';

const config = loadConfig(process.env);
const log = createLogger({ level: config.logLevel, name: 'api' });
const shutdown = createShutdown({ log, deadlineMs: 10_000 });
shutdown.install();
const sql = postgres(config.databaseUrl, { onnotice: () => undefined });
shutdown.onStop('database', () => sql.end({ timeout: 2 }));
const client = await connectClient(config.temporal);
shutdown.onStop('temporal', () => client.connection.close());
await sql`create table if not exists stones (name text primary key)`;

/** `/put/<name>` keeps a row and starts a workflow; `/` lists what is kept, and which workflows run. */
async function answer(path: string): Promise<unknown> {
  const name = path.replace('/put/', '');
  if (path.startsWith('/put/')) {
    await sql`insert into stones values (${name})`;
    await client.workflow.start('nobody-runs-this', { workflowId: name, taskQueue: 'no-worker' });
  }
  const rows = await sql<{ name: string }[]>`select name from stones order by name`;
  const stones = rows.map((row) => row.name);
  const states = await Promise.all(stones.map(async (id) => (await client.workflow.getHandle(id).describe()).status.name));
  return { pid: process.pid, stones, states };
}

const server = createServer((request, response) => {
  answer(request.url ?? '/').then(
    (body) => response.end(JSON.stringify(body)),
    (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    },
  );
});
server.listen(config.httpPort, config.httpHost, () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.httpPort;
  process.stdout.write(`${JSON.stringify({ ready: 'api', url: `http://${config.httpHost}:${port}` })}\n`);
});
shutdown.onStop('http', () => {
  server.closeAllConnections();
  server.close();
});
