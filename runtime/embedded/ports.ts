import { createServer } from 'node:net';
import { hasErrorCode } from '../system-error.ts';

/** Tries to listen. Returns the port (that asked for, or the one found for 0), or null if it is taken. */
export async function tryPort(host: string, port: number): Promise<number | null> {
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

/** The preferred port if it is free, else a free one. */
export async function choosePort(host: string, preferred: number): Promise<number> {
  const port = (await tryPort(host, preferred)) ?? (await tryPort(host, 0));
  if (port === null) throw new Error(`no free port on ${host}`);
  return port;
}
