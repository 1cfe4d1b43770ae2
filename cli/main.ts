import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import type { Client } from '../api/client.ts';
import { AppError } from '../core/errors.ts';
import type { Command } from './command.ts';
import { COMMANDS, NOUNS } from './commands/index.ts';
import { connect } from './connection.ts';
import type { CliContext } from './context.ts';
import { fail } from './fail.ts';
import { readGiven } from './given.ts';
import { buildProgram } from './program.ts';
import { endWithReader, screenOf } from './screen.ts';

// The only place of the command line that reads the environment; runtime/config.ts is for the servers.
const { env } = process;
const out = screenOf(process.stdout, env);
const err = screenOf(process.stderr, env);
endWithReader(process.stdout);
endWithReader(process.stderr);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

async function read(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (cause) {
    throw new AppError('validation_failed', `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** Ctrl-C is no answer, and ends the command. */
async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: stop.signal });
  } finally {
    lines.close();
  }
}

async function run(command: Command, values: Record<string, unknown>): Promise<void> {
  const given = readGiven(values);
  let client: Client | null = null;
  const context: CliContext = {
    env,
    out,
    err,
    json: given.flag('json'),
    signal: stop.signal,
    client: () =>
      (client ??= connect({ url: given.text('url'), token: given.text('token'), tokenFile: given.text('token-file') }, env)),
    ask,
    read,
  };
  process.exitCode = await command.run(context, given);
}

try {
  await buildProgram(COMMANDS, NOUNS, { out, err }, run).parseAsync();
} catch (error) {
  process.exitCode = fail(error, err, stop.signal);
}
