/** Stands in for worker.ts where only its life counts. */
import { loadConfig } from '../../../runtime/config.ts';
import { createLogger } from '../../../runtime/log.ts';
import { createShutdown } from '../../../runtime/shutdown.ts';
import { connectClient } from '../../../runtime/temporal.ts';

const config = loadConfig(process.env);
const log = createLogger({ level: config.logLevel, name: 'worker' });
const shutdown = createShutdown({ log, deadlineMs: 10_000 });
shutdown.install();
const client = await connectClient(config.temporal);
shutdown.onStop('temporal', () => client.connection.close());
log.info({ pid: process.pid }, 'worker is ready');
process.stdout.write(`${JSON.stringify({ ready: 'worker', pid: process.pid })}\n`);
const alive = setInterval(() => undefined, 60_000);
shutdown.onStop('timer', () => clearInterval(alive));
