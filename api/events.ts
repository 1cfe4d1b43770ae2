import type { ServerResponse } from 'node:http';
import { isTerminalJob } from '../core/jobs.ts';
import type { Logger } from '../runtime/log.ts';
import type { Database } from '../stores/database.ts';
import { percentage } from './job-json.ts';
import { writeText } from './write-chunks.ts';
import { lookAtJob, LOG_START, readLog, type JobMoment, type LogPlace, type LogRow } from '../stores/job-log.ts';

const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2000;
const ROWS = 1000;
/** A client that has this much unread text in our memory is cut off; it can go on with `Last-Event-ID`. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** Follows jobs for any number of clients: one query per job and second, however many look on. */
export interface EventHub {
  /** Takes over the response: replays the log after `after`, then follows until the job is over or the client leaves. */
  follow(response: ServerResponse, jobId: string, after: LogPlace | null): void;
  /** Ends all streams; their clients may go on with another process. */
  close(): void;
}

interface Channel {
  jobId: string;
  /** The last row that was given to all who follow. */
  place: LogPlace;
  clients: Map<ServerResponse, LogPlace>;
  timer: NodeJS.Timeout | null;
  /** The last `progress` that was sent. */
  progress: string;
}

/** `pollMs`: how long after a look at a job the next one follows. */
export function createEventHub(deps: { database: Pick<Database, 'sql'>; log: Logger; pollMs?: number }): EventHub {
  const { pollMs = POLL_MS } = deps;
  const channels = new Map<string, Channel>();
  const open = new Set<ServerResponse>();
  let closed = false;

  async function poll(channel: Channel): Promise<void> {
    let again = pollMs;
    try {
      const moment = await lookAtJob(deps.database, channel.jobId, channel.place, ROWS);
      if (moment === null) return endAll(channel, 'gone');
      deliver(channel, moment);
      if (moment.rows.length === ROWS) again = 0;
      else if (isTerminalJob(moment.status) && !moment.withheld) return endAll(channel, moment.status);
    } catch (error) {
      deps.log.warn({ err: error, job_id: channel.jobId }, 'the events of a job could not be read; trying again');
    }
    if (channel.clients.size > 0 && !closed) channel.timer = setTimeout(() => void poll(channel), again);
    else channels.delete(channel.jobId);
  }

  function deliver(channel: Channel, { rows, counts, status }: JobMoment): void {
    const last = rows.at(-1);
    const progress = encode('progress', { job_id: channel.jobId, status, ...counts, progress_percentage: percentage(counts) });
    const place = last === undefined ? channel.place : { xact: last.xact, id: last.id };
    for (const [client, had] of channel.clients) {
      const text = rows.filter((row) => isAfter(row, had)).map(encodeRow);
      if (progress !== channel.progress) text.push(progress);
      if (isAfter(place, had)) channel.clients.set(client, place);
      push(client, text.join(''));
    }
    channel.progress = progress;
    channel.place = place;
  }

  function endAll(channel: Channel, status: string): void {
    channels.delete(channel.jobId);
    for (const client of channel.clients.keys()) client.end(encode('end', { job_id: channel.jobId, status }));
    channel.clients.clear();
  }

  /** Replays at the pace of the client until it is where the others are, then lets it follow. */
  async function join(client: ServerResponse, jobId: string, after: LogPlace): Promise<void> {
    let place = after;
    for (let full = true; full || isAfter(channels.get(jobId)?.place ?? LOG_START, place);) {
      const rows = await readLog(deps.database, jobId, place, ROWS);
      await writeText(client, rows.map(encodeRow).join(''));
      if (client.destroyed || client.writableEnded) return;
      place = rows.at(-1) ?? place;
      full = rows.length === ROWS;
      if (rows.length === 0) break;
    }
    // From here to the end nothing is awaited: no row can slip between the replay and what follows.
    const known = channels.get(jobId);
    const channel = known ?? { jobId, place, clients: new Map<ServerResponse, LogPlace>(), timer: null, progress: '' };
    channel.clients.set(client, place);
    channel.progress = '';
    if (known !== undefined) return;
    channels.set(jobId, channel);
    void poll(channel);
  }

  return {
    follow(response, jobId, after) {
      open.add(response);
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      response.write(`retry: ${RETRY_MS}\n\n`);
      const heartbeat = setInterval(() => push(response, ': still here\n\n'), HEARTBEAT_MS);
      response.on('close', () => {
        clearInterval(heartbeat);
        open.delete(response);
        channels.get(jobId)?.clients.delete(response);
      });
      join(response, jobId, after ?? LOG_START).catch((error: unknown) => {
        deps.log.warn({ err: error, job_id: jobId }, 'the events of a job could not be read; the client must come again');
        response.end();
      });
    },
    close() {
      closed = true;
      for (const channel of channels.values()) if (channel.timer !== null) clearTimeout(channel.timer);
      channels.clear();
      for (const response of open) response.end();
    },
  };
}

function push(client: ServerResponse, text: string): void {
  if (text === '' || client.destroyed || client.writableEnded) return;
  client.write(text);
  if (client.writableLength > MAX_BUFFERED) client.destroy();
}

function isAfter(a: LogPlace, b: LogPlace): boolean {
  const [left, right] = [BigInt(a.xact), BigInt(b.xact)];
  return left === right ? a.id > b.id : left > right;
}

export const eventId = (place: LogPlace): string => `${place.xact}.${place.id}`;

function encodeRow(row: LogRow): string {
  const { at, level, message, device_id, data } = row;
  return `id: ${eventId(row)}\n${encode(row.event, { at, level, message, device_id, data })}`;
}

function encode(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
