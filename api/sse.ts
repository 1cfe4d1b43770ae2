/** One event of a `text/event-stream`; `id` is null where it carries none. */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: unknown;
}

/** Reads server-sent events (HTML standard, section 9.2) whose data is JSON; comments are skipped. */
export async function* parseEvents(body: ReadableStream<Uint8Array> | null): AsyncGenerator<ServerEvent> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let held = '';
  for await (const chunk of body) {
    held += decoder.decode(chunk, { stream: true });
    const blocks = held.split('\n\n');
    held = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== null) yield event;
    }
  }
}

function parseBlock(block: string): ServerEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const data = fields.get('data');
  if (data === undefined) return null;
  const value: unknown = JSON.parse(data);
  return { id: fields.get('id') ?? null, event: fields.get('event') ?? 'message', data: value };
}
