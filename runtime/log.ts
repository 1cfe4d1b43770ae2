import { appendFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { LogLevel } from '../contracts/settings.ts';
import { redactRecord, redactText } from './redact.ts';

/** `log.info({job_id}, 'text')`; `log.child({job_id})` carries fields on. An error goes in as `{err}`. */
export type Logger = PinoLogger;

const STDERR = 2;
const LABELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

export interface LogOptions {
  level: LogLevel;
  /** The program: `start`, `api`, `worker`, … */
  name: string;
  /** Where lines go; standard error if absent. */
  destination?: DestinationStream;
  /** One readable line instead of JSON; by default where standard error is a terminal. */
  pretty?: boolean;
  /** A file that gets every line too, as JSON. */
  file?: string;
  /** More fields for a line with these. */
  correlate?: (fields: object) => object;
}

/** JSON lines on standard error (text on a terminal), with every known secret field and every password in an address masked. */
export function createLogger(options: LogOptions): Logger {
  const { file, correlate } = options;
  const target = options.destination ?? standardError();
  const pretty = options.pretty ?? (options.destination === undefined && isatty(STDERR));
  const destination = {
    write: (line: string) => {
      target.write(pretty ? prettyLine(line) : line);
      if (file !== undefined) appendFileSync(file, line, { mode: 0o600 });
    },
  };
  return pino(
    {
      level: options.level,
      base: { name: options.name, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactRecord(fields),
      },
      serializers: { err: (err: unknown) => err },
      hooks: { streamWrite: redactText },
      ...(correlate === undefined ? {} : { mixin: correlate }),
    },
    destination,
  );
}

function standardError(): DestinationStream {
  const stream = pino.destination({ dest: STDERR, sync: true });
  // Whoever read our lines is gone; that must not end the program before it has stopped what it started.
  stream.on('error', () => undefined);
  return stream;
}

/** `10:15:02 warn worker  text  key=value …`; a line that is not one of ours stays as it is. */
export function prettyLine(line: string): string {
  const record = parseRecord(line);
  if (record === null) return line;
  const { level, time, name, pid: _pid, msg, err, ...fields } = record;
  const label = typeof level === 'number' ? LABELS[level] : String(level);
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const stack = typeof err === 'object' && err !== null && 'stack' in err && typeof err.stack === 'string' ? err.stack : null;
  const trace = stack === null ? [] : [`\n    ${stack.replaceAll('\n', '\n    ')}`];
  return `${[clock, label, name, msg, ...pairs].filter((part) => part !== undefined && part !== '').join(' ')}${trace.join('')}\n`;
}

function parseRecord(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const record: Record<string, unknown> = JSON.parse(line);
    return record;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
