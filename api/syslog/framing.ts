const LF = 10;
const NUL = 0;
/** Digits of the longest count, and the blank after it. */
const COUNT_BYTES = 7;

/** Takes a TCP stream apart into syslog messages. */
export interface Frames {
  /** False where the stream cannot be followed any more: the connection is to be closed. */
  push(chunk: Buffer): boolean;
  /** The stream has ended; what is there without its end is a message too. */
  end(): void;
}

/**
 * Frames of RFC 6587, told apart message by message: octet counting where a message begins with its length, else one message a line
 * (LF or NUL). No more than one message of `maxBytes` is kept. A line that is longer is passed over and `onOversized` told; a count
 * that is larger ends the stream, since a hostile one would be waited for without end.
 */
export function createFrames(
  maxBytes: number,
  { onMessage, onOversized }: { onMessage: (message: Buffer) => void; onOversized: () => void },
): Frames {
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;

  /** The next message and what follows it; null where more has to come; `false` where the stream is lost. */
  function next(bytes: Buffer): { message: Buffer; after: number } | null | false {
    if (!skipping && bytes[0]! >= 0x31 && bytes[0]! <= 0x39) {
      const count = /^(\d+) /.exec(bytes.toString('latin1', 0, COUNT_BYTES));
      if (count !== null) {
        const length = Number(count[1]);
        if (length > maxBytes) return false;
        const from = count[0].length;
        return bytes.length < from + length ? null : { message: bytes.subarray(from, from + length), after: from + length };
      }
      if (bytes.length < COUNT_BYTES && /^\d+$/.test(bytes.toString('latin1'))) return null;
    }
    const at = bytes.findIndex((byte) => byte === LF || byte === NUL);
    return at === -1 ? null : { message: bytes.subarray(0, at), after: at + 1 };
  }

  function give(message: Buffer): void {
    if (message.length === 0) return;
    if (message.length > maxBytes) onOversized();
    else onMessage(message);
  }

  return {
    push(chunk) {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (bytes.length > 0) {
        const found = next(bytes);
        if (found === false) {
          onOversized();
          return false;
        }
        if (found === null) break;
        if (!skipping) give(found.message);
        skipping = false;
        bytes = bytes.subarray(found.after);
      }
      if (bytes.length > maxBytes + COUNT_BYTES || skipping) {
        if (!skipping) onOversized();
        skipping = true;
        bytes = Buffer.alloc(0);
      }
      // A copy: the chunk may be large.
      rest = Buffer.from(bytes);
      return true;
    },
    end() {
      if (!skipping) give(rest);
      rest = Buffer.alloc(0);
    },
  };
}
