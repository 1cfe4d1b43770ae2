import { createServer } from 'node:net';
import { hasErrorCode } from '../system-error.ts';
import { claimPort } from './port-claims.ts';

/** Tries to listen. Returns the port (that asked for, or the one found for 0), or null if it is taken. */
async function tryPort(host: string, port: number): Promise<number | null> {
  const server = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  } catch (error) {
    if (hasErrorCode(error, 'EADDRINUSE', 'EACCES')) return null;
    throw error;
  } finally {
    server.close();
  }
}

/**
 * The preferred port if it is free, else a free one.
 * @param required no other will do: a server that comes back must be where its clients expect it
 */
export async function choosePort(host: string, preferred: number, required = false): Promise<number> {
  const mine = required || preferred === 0 || claimPort(preferred);
  const port = (mine ? await tryPort(host, preferred) : null) ?? (required ? null : await tryPort(host, 0));
  if (port === null) throw new Error(required ? `port ${preferred} on ${host} is taken` : `no free port on ${host}`);
  return port;
}
