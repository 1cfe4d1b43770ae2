import { createServer, type Server, type Socket } from 'node:net';

/** The TCP port of one device: opened and closed as its faults say. */
export interface Listener {
  open: () => Promise<void>;
  /** Stops listening; connections that are open stay. */
  close: () => void;
}

export function createListener(host: string, port: () => number, onSocket: (socket: Socket) => void): Listener {
  let server: Server | null = null;
  return {
    open: async () => {
      if (server) return;
      const made = createServer({ noDelay: true }, onSocket);
      await listen(made, host, port());
      server = made;
    },
    close: () => {
      const closing = server;
      server = null;
      // It ends when its last connection does; not listening any more is all that is waited for.
      closing?.close();
    },
  };
}

/** Resolves with the port. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 128 }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/**
 * A port that is free on `host`. Simulators that share a first address so never share a port, and the other addresses are free
 * on it as well.
 */
export async function freePort(host: string): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, host, 0);
  await new Promise<void>((resolve) => void probe.close(() => resolve()));
  return port;
}
