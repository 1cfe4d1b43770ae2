import { Socket } from 'node:net';

/** Time for what the driver still writes after it heard of the error. */
const GRACE_MS = 20;

/**
 * A connection to PostgreSQL whose end the driver (postgres 3.4.9) survives: it hears of the error first, and of the end when it has
 * given up what it had sent. Hearing of both at once it forgets queries, whose promises then never settle, or writes to a socket that
 * it has let go, which ends the process.
 */
class DatabaseSocket extends Socket {
  readonly #onLost: () => void;
  #failed = false;

  constructor(onLost: () => void) {
    super();
    this.#onLost = onLost;
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error') this.#fail();
    if (event !== 'close') return super.emit(event, ...args);
    // Under TLS the driver listens to another socket.
    if (!this.#failed && this.listenerCount('error') > 0) {
      this.#fail();
      super.emit('error', Object.assign(new Error('PostgreSQL closed the connection'), { code: 'CONNECTION_CLOSED' }));
    }
    setTimeout(() => super.emit('close', false), GRACE_MS);
    return true;
  }

  #fail(): void {
    if (!this.#failed) this.#onLost();
    this.#failed = true;
  }
}

/** The `socket` option of the driver: opens a connection as it would itself. `onLost` is called before the driver hears of an error. */
export function databaseSockets(onLost: () => void) {
  return ({ host, port, path }: { host: string[]; port: number[]; path?: string | false | null }): Socket => {
    const socket = new DatabaseSocket(onLost);
    if (path) socket.connect(path);
    else socket.connect(port[0] ?? 5432, host[0] ?? 'localhost');
    return socket;
  };
}
