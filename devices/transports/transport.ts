import type { DeviceError } from '../device-error.ts';

/** One interactive terminal or one executed command: bytes in both directions. */
export interface Channel {
  write(text: string): void;
  /** To be called once. `onEnd` is called once, with the exit code where the device told one. */
  listen(onData: (chunk: Buffer, stderr: boolean) => void, onEnd: (exitCode: number | null) => void): void;
  close(): void;
}

export interface Terminal {
  /** Terminal type, e.g. `vt100`. */
  term: string;
  columns: number;
  rows: number;
}

/** One login on one device, whatever the protocol below it. */
export interface Connection {
  /** `SHA256:<base64>`; null where the protocol has no host keys. */
  readonly hostKey: string | null;
  /** Why the connection is over; null while it is not. */
  readonly ended: DeviceError | null;
  shell(terminal: Terminal): Promise<Channel>;
  exec(command: string): Promise<Channel>;
  /** Takes leave and waits until the connection is closed, 500 ms at most. Never rejects. */
  close(): Promise<void>;
  /** Closes at once; whatever waits for the device then fails with `cause`. */
  destroy(cause: DeviceError): void;
}
