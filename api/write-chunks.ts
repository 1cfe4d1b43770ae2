import type { ServerResponse } from 'node:http';

/** A client that takes nothing for this long is cut off: what it holds open is ours. */
const STALLED_MS = 60_000;
const CHUNK = 64 * 1024;

/** Writes text piece by piece, waiting for the client where it is slower. Ends the response. */
export async function writeChunks(response: ServerResponse, chunks: AsyncIterable<string> | Iterable<string>): Promise<void> {
  let held = '';
  try {
    for await (const chunk of chunks) {
      held += chunk;
      if (held.length < CHUNK) continue;
      await writeText(response, held);
      held = '';
      if (response.destroyed) return;
    }
    response.end(held);
  } catch (error) {
    // The status is out already: the one way left to say that the answer is not whole.
    response.destroy();
    throw error;
  }
}

/** Writes and waits until the client has taken enough of it. Never throws: a client that is gone is gone. */
export async function writeText(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => response.destroy(), STALLED_MS);
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
