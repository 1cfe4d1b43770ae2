import type { WriteStream } from 'node:tty';
import type { Screen } from './context.ts';

/** An output of the process. NO_COLOR (no-color.org) and a dumb terminal are without colour. */
export function screenOf(stream: WriteStream, env: Record<string, string | undefined>): Screen {
  const terminal = stream.isTTY;
  return {
    write: (text) => void stream.write(text),
    terminal,
    get width() {
      return terminal ? stream.columns || 80 : Infinity;
    },
    color: terminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  };
}

/** Ends quietly where nobody reads any more (`cairn … | head`). */
export function endWithReader(stream: WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
