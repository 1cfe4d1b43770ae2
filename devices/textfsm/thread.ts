import { parentPort } from 'node:worker_threads';
import { parseTableCells } from './clitable.ts';
import { ParseError, TemplateError } from './errors.ts';
import { type Template, compileTemplate } from './textfsm.ts';
import type { FromThread, Rows, ToThread } from './thread-messages.ts';

/** Entry point of a parsing thread; see threads.ts. */
const PORTION = 1000;
const CACHE_LIMIT = 50;

const port = parentPort;
if (port === null) throw new Error('thread.ts is the entry point of a worker thread');

const compiled = new Map<string, Template>();
let rows: Rows = [];
let sent = 0;

port.on('message', (message: ToThread) => {
  try {
    if ('sources' in message) {
      const table = parseTableCells(message.sources.map(templateOf), message.text);
      rows = table.rows;
      sent = 0;
      send({ header: table.header });
    }
    sendPortion();
  } catch (error) {
    send(describe(error));
  }
});

function sendPortion(): void {
  const portion = rows.slice(sent, sent + PORTION);
  sent += portion.length;
  const last = sent >= rows.length;
  if (last) rows = [];
  send({ rows: JSON.stringify(portion), last });
}

function templateOf(source: string): Template {
  let template = compiled.get(source);
  if (template === undefined) {
    template = compileTemplate(source);
    if (compiled.size >= CACHE_LIMIT) compiled.clear();
    compiled.set(source, template);
  }
  return template;
}

function send(message: FromThread): void {
  port?.postMessage(message);
}

function describe(error: unknown): FromThread {
  if (error instanceof ParseError) {
    const { reason, message, ruleLine, inputLine, inputText } = error;
    return { parseError: { reason, message, ruleLine, inputLine, inputText } };
  }
  if (error instanceof TemplateError) return { templateError: { message: error.message, line: error.line } };
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
