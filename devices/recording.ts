import { isUtf8 } from 'node:buffer';

/**
 * A recorded session as JSON lines: the head, then one event a line in the order they happened. Our own format, version 1.
 * Times are milliseconds since the login; `channel` counts from 0, which is left out.
 */
export interface RecordingHead {
  cairn_recording: 1;
  /** As asked for; may be `auto`. */
  platform: string;
  /** The software part of the SSH identification string. */
  ident: string;
}

export type EventKind =
  /** The client opened a terminal, or ran a command (`data`) in a channel of its own. */
  | 'shell'
  | 'exec'
  /** Typed by the client. */
  | 'in'
  /** Sent by the device; `err` is what it wrote to stderr. */
  | 'out'
  | 'err'
  /** The device ended the channel, with `code` where it told one; or the whole connection. */
  | 'exit'
  | 'closed'
  /** A remark for people: why the recording ends here. */
  | 'note';

/** One event with its bytes, one character per byte. */
export interface RecordedEvent {
  t: number;
  channel: number;
  dir: EventKind;
  bytes: string;
  code: number | null;
}

interface Line {
  t: number;
  channel?: number;
  dir: EventKind;
  data?: string;
  /** In place of `data` where a chunk is not whole UTF-8. */
  base64?: string;
  code?: number | null;
}

export function writeRecording(head: RecordingHead, events: RecordedEvent[]): string {
  return [head, ...events.map(lineOf)].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function lineOf({ t, channel, dir, bytes, code }: RecordedEvent): Line {
  const raw = Buffer.from(bytes, 'latin1');
  const data = isUtf8(raw) ? { data: raw.toString('utf8') } : { base64: raw.toString('base64') };
  return {
    t: Math.round(t),
    ...(channel === 0 ? {} : { channel }),
    dir,
    ...(dir === 'exit' ? { code } : dir === 'shell' || dir === 'closed' ? {} : data),
  };
}

/** @throws Error that names the line which cannot be read */
export function readRecording(text: string): { head: RecordingHead; events: RecordedEvent[] } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const head: RecordingHead = read(lines[0] ?? 'null', 1);
  if (head?.cairn_recording !== 1) throw new Error('line 1 of a recording must be its head, {"cairn_recording":1,…}');
  return { head, events: lines.slice(1).map((line, index) => eventOf(read(line, index + 2))) };
}

function read(line: string, number: number): ReturnType<typeof JSON.parse> {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`line ${number} of the recording is not JSON`, { cause });
  }
}

function eventOf({ t, channel = 0, dir, data, base64, code = null }: Line): RecordedEvent {
  const raw = base64 === undefined ? Buffer.from(data ?? '', 'utf8') : Buffer.from(base64, 'base64');
  return { t, channel, dir, bytes: raw.toString('latin1'), code };
}
