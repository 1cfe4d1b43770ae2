import { BUSY_FACTOR, expiry, inCommand } from './answer.ts';
import type { Answer, Session, SessionLimits } from './answer.ts';
import { Reader } from './reader.ts';
import { render } from './terminal.ts';
import type { Connection } from './transports/transport.ts';

/** Each command in a channel of its own, on one connection: no prompt, no pager, no echo. */
export function openExecSession(connection: Connection, limits: SessionLimits): Session {
  return { run: (command) => execute(connection, command, limits) };
}

async function execute(connection: Connection, command: string, limits: SessionLimits): Promise<Answer> {
  const output = new Reader(limits.outputBytes);
  const errors = new Reader(64_000);
  let exit: { code: number | null } | null = null;
  try {
    const channel = await connection.exec(command);
    channel.listen(
      (chunk, stderr) => {
        (stderr ? errors : output).push(chunk);
        if (output.overflow) channel.close();
      },
      (code) => {
        if (connection.ended === null) {
          exit = { code };
          output.poke();
        } else {
          output.end(connection.ended);
        }
      },
    );
    const { code } = await output.wait<{ code: number | null }>(() => (output.overflow ? { code: null } : exit), {
      idleMs: limits.commandMs,
      totalMs: limits.commandMs * BUSY_FACTOR,
      expired: (why) => expiry(why, command, output.bytes, limits),
    });
    return {
      command,
      text: render(output.lines()),
      bytes: output.bytes,
      truncated: output.overflow,
      exitCode: code,
      stderr: render(errors.text()).trim(),
    };
  } catch (cause) {
    throw inCommand(cause, command, output.bytes);
  }
}
