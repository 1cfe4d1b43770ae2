import postgres from 'postgres';
import { AppError } from '../../core/errors.ts';
import type { Settings, TemporalSettings } from '../config.ts';
import { connectClient, ensureNamespaceReady } from '../temporal.ts';
import { errorText, hasErrorCode } from '../system-error.ts';
import { createServer } from 'node:net';

/** @throws AppError `database_unavailable`, one line with what to do */
export async function checkDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    await sql`select 1`;
  } catch (cause) {
    const { host, pathname } = new URL(url);
    throw new AppError(
      'database_unavailable',
      `CAIRN_DATABASE_URL: PostgreSQL at ${host}${pathname} cannot be used (${whyNot(cause)}): start it or correct the address, or unset it to use the embedded one`,
      { cause },
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** @throws AppError `temporal_unavailable`, one line with what to do */
export async function checkTemporal(temporal: TemporalSettings & { address: string }): Promise<void> {
  try {
    const client = await connectClient(temporal);
    try {
      await ensureNamespaceReady(client);
    } finally {
      await client.connection.close();
    }
  } catch (cause) {
    const detail = cause instanceof AppError ? cause.detail : errorText(cause);
    throw new AppError(
      'temporal_unavailable',
      `${detail}: start it or correct TEMPORAL_ADDRESS, or unset it to use the embedded one`,
      { cause },
    );
  }
}

/** @throws AppError `startup_failed` if the address that the API is to listen on cannot be had */
export async function checkHttpAddress({
  httpHost: host,
  httpPort: port,
}: Pick<Settings, 'httpHost' | 'httpPort'>): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new AppError('startup_failed', httpProblem(cause, host, port), { cause });
  } finally {
    server.close();
  }
}

function httpProblem(cause: unknown, host: string, port: number): string {
  if (hasErrorCode(cause, 'EADDRINUSE')) {
    return `port ${port} on ${host} is taken: stop what listens there, or set CAIRN_HTTP_PORT to another port`;
  }
  if (hasErrorCode(cause, 'EACCES')) return `port ${port} is not allowed for this user: set CAIRN_HTTP_PORT to one above 1023`;
  return `the API cannot listen on ${host} (${errorText(cause)}): set CAIRN_HTTP_HOST to an address of this machine`;
}

function whyNot(cause: unknown): string {
  // Node reports a host with several addresses as an error without text, around one error per address.
  if (cause instanceof AggregateError) return cause.errors.map((error) => errorText(error)).join(', ');
  return errorText(cause);
}
