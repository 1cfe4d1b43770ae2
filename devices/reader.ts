import { isUtf8 } from 'node:buffer';
import { DeviceError } from './device-error.ts';

/** Longest piece of the end of the output that is ever searched for a prompt or pager. */
const TAIL = 512;
/** Silence after which a wait looks more closely, in ms. */
const QUIET_MS = 500;
const RETURN = 0x0d;
const NEWLINE = 0x0a;
/** A device that sends so many times what is kept of an output, and at least so much, is not listened to any longer. */
const FLOOD = { times: 4, bytes: 64 * 1024 * 1024 };

export type Expiry = 'silence' | 'too long';

/** Collects what comes in, in linear time, and waits for it to look finished. */
export class Reader {
  #chunks: Buffer[] = [];
  #stored = 0;
  #tail = '';
  #waiting: { check: () => void; fail: (cause: DeviceError) => void } | null = null;
  #lastData = 0;
  /** Bytes since `take`. */
  bytes = 0;
  ended: DeviceError | null = null;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The last 512 characters, one per byte. */
  get tail(): string {
    return this.#tail;
  }

  /** More came than is kept. */
  get overflow(): boolean {
    return this.bytes > this.#limit;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#lastData = performance.now();
    if (this.#stored < this.#limit) {
      this.#chunks.push(chunk);
      this.#stored += chunk.length;
    }
    this.#tail =
      chunk.length >= TAIL ? chunk.toString('latin1', chunk.length - TAIL) : (this.#tail + chunk.toString('latin1')).slice(-TAIL);
    const most = Math.max(FLOOD.times * this.#limit, FLOOD.bytes);
    if (this.bytes > most) this.end(new DeviceError('truncated', `the device sent more than ${Math.round(most / 2 ** 20)} MB`));
    else this.#waiting?.check();
  }

  /** Looks again, for something else than data has changed. */
  poke(): void {
    this.#waiting?.check();
  }

  end(cause: DeviceError): void {
    this.ended ??= cause;
    this.#waiting?.fail(this.ended);
  }

  /** What has come, decoded once; text that is not UTF-8 is taken as ISO 8859-1. */
  text(): string {
    return decode(Buffer.concat(this.#chunks));
  }

  /** The same with `\n` for `\r\n`. */
  lines(): string {
    return decode(withoutReturns(Buffer.concat(this.#chunks)));
  }

  /** The first `length` bytes or a little more, one character per byte. */
  head(length: number): string {
    let head = '';
    for (const chunk of this.#chunks) {
      head += chunk.toString('latin1', 0, length);
      if (head.length >= length) break;
    }
    return head;
  }

  /** Forgets what has come. */
  clear(): void {
    this.#chunks = [];
    this.#stored = 0;
    this.bytes = 0;
    this.#tail = '';
  }

  /**
   * Resolves with what `check` returns as soon as it is not null. `onQuiet` is called at each half second of silence and may
   * decide too. Rejects with the cause where the connection ends, else with what `expired` makes of the limit passed.
   */
  wait<T>(
    check: () => T | null,
    limits: { idleMs: number; totalMs: number; expired: (why: Expiry) => DeviceError; onQuiet?: () => T | null },
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      this.#lastData = begun;
      let timer: NodeJS.Timeout | null = null;
      const done = (): void => {
        if (timer !== null) clearTimeout(timer);
        this.#waiting = null;
      };
      const fail = (cause: DeviceError): void => {
        done();
        reject(cause);
      };
      const settle = (value: T | null): boolean => {
        if (value === null) return false;
        done();
        resolve(value);
        return true;
      };
      const tick = (): void => {
        const now = performance.now();
        const silent = now - this.#lastData;
        if (now - begun >= limits.totalMs) return fail(limits.expired('too long'));
        if (silent >= limits.idleMs) return fail(limits.expired('silence'));
        if (silent >= QUIET_MS - 1 && limits.onQuiet !== undefined && settle(limits.onQuiet())) return;
        timer = setTimeout(
          tick,
          Math.max(10, Math.min(silent >= QUIET_MS - 1 ? QUIET_MS : QUIET_MS - silent, limits.idleMs - silent)),
        );
      };
      if (this.ended !== null) return fail(this.ended);
      if (settle(check())) return;
      this.#waiting = { check: () => void settle(check()), fail };
      timer = setTimeout(tick, Math.min(QUIET_MS, limits.idleMs));
    });
  }
}

/** Leaves out, in place, the carriage return before each `\n`: of bytes, no string has to be made for it. */
function withoutReturns(bytes: Buffer): Buffer {
  const { length } = bytes;
  let to = 0;
  for (let from = 0; from < length; from += 1) {
    const byte = bytes[from]!;
    bytes[to] = byte;
    to += byte === RETURN && from + 1 < length && bytes[from + 1] === NEWLINE ? 0 : 1;
  }
  return bytes.subarray(0, to);
}

export function decode(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
