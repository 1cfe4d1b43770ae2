import { setTimeout as sleep } from 'node:timers/promises';
import type { Credential } from '../core/device.ts';
import { BUSY_FACTOR, expiry, inCommand } from './answer.ts';
import type { Answer, Session, SessionLimits } from './answer.ts';
import { DeviceError } from './device-error.ts';
import { outputText, splitAtEcho } from './output-text.ts';
import type { LoginStep, Platform } from './platform.ts';
import { isAtPrompt, promptStem, withoutBlankEnd } from './prompt.ts';
import { decode, Reader } from './reader.ts';
import { erasePagers, onlyLogLines, PAGER, render, squeeze, stripEscapes, withoutLogLines } from './terminal.ts';
import type { Channel, Connection, Terminal } from './transports/transport.ts';

/** Wide enough that no echo wraps, and high enough that devices which page by the window do not. */
const TERMINAL: Terminal = { term: 'vt100', columns: 511, rows: 1000 };
const MAX_NUDGES = 2;
/** More than a packet takes that follows at once. */
const SETTLE_MS = 50;

/** Made once, for every session ends so. */
const CLOSED = new DeviceError('truncated', 'the device closed the session');

/** A session whose platform may become known only while it is open. */
export interface ShellDialogue extends Session {
  /** Without trailing blanks. */
  readonly prompt: string;
  /** Goes on as a session of this platform: enable and set-up. */
  become(platform: Platform, credential: Credential): Promise<void>;
  close(): void;
}

/** Opens a terminal and takes it to a prompt that is known letter by letter. */
export async function openShellSession(
  connection: Connection,
  platform: Platform,
  credential: Credential,
  limits: SessionLimits,
): Promise<ShellDialogue> {
  try {
    const channel = await connection.shell({ ...TERMINAL, term: platform.ssh?.term ?? TERMINAL.term });
    const session = new ShellSession(channel, connection, platform, limits);
    await session.login(credential);
    return session;
  } catch (cause) {
    if (!(cause instanceof DeviceError) || cause.outcome !== 'truncated') throw cause;
    throw new DeviceError('unreachable', `${cause.message} after the login, before a prompt`);
  }
}

class ShellSession implements ShellDialogue {
  readonly #channel: Channel;
  #platform: Platform;
  readonly #limits: SessionLimits;
  readonly #reader: Reader;
  /** The last line when the device waits for a command, without trailing blanks; one character per byte. */
  #prompt = '';
  #pagers: string[] = [];
  #nudges = 0;
  #previous: Answer | null = null;

  constructor(channel: Channel, connection: Connection, platform: Platform, limits: SessionLimits) {
    this.#channel = channel;
    this.#platform = platform;
    this.#limits = limits;
    this.#reader = new Reader(limits.outputBytes);
    channel.listen(
      (chunk) => this.#reader.push(chunk),
      () => this.#reader.end(connection.ended ?? CLOSED),
    );
  }

  /** Login dialogue, enable and set-up; at the end the prompt is learnt. */
  async login(credential: Credential): Promise<void> {
    await this.#prepare(await this.#greeting(credential), credential);
  }

  get prompt(): string {
    return this.#prompt;
  }

  async become(platform: Platform, credential: Credential): Promise<void> {
    this.#platform = platform;
    await this.#prepare(this.#prompt, credential);
    // What was asked before is no output of the platform's.
    this.#previous = null;
  }

  close(): void {
    this.#channel.close();
  }

  async #prepare(line: string, credential: Credential): Promise<void> {
    const { privileged } = this.#platform.prompt;
    if (privileged !== undefined && !privileged.test(line) && credential.enable_password !== null) {
      await this.#enable(credential.enable_password);
    }
    await this.#setUp();
  }

  async run(command: string): Promise<Answer> {
    this.#reader.clear();
    this.#pagers = [];
    this.#nudges = 0;
    this.#send(command);
    await this.#answered(command);
    return this.#finish(command);
  }

  /** A line of the last output may read like the prompt just where a packet ends: then more comes. */
  async settle(): Promise<void> {
    const last = this.#previous;
    const { bytes } = this.#reader;
    await sleep(SETTLE_MS);
    if (last === null || this.#reader.bytes === bytes) return;
    await this.#answered(last.command);
    Object.assign(last, this.#finish(last.command));
    this.#previous = last;
  }

  async #answered(command: string): Promise<void> {
    const reader = this.#reader;
    let echoed = false;
    const heard = (): boolean => (echoed ||= this.#echoed(command));
    try {
      await reader.wait<true>(() => (this.#answerPager() ? null : this.#atPrompt() && heard() ? true : null), {
        idleMs: this.#limits.commandMs,
        totalMs: this.#limits.commandMs * BUSY_FACTOR,
        expired: (why) => expiry(why, command, reader.bytes, this.#limits),
        onQuiet: () => this.#lookCloser(heard()),
      });
    } catch (cause) {
      throw inCommand(cause, command, reader.bytes);
    }
  }

  /** Waits for the first prompt, answering what is asked before it; each secret is given once. */
  async #greeting(credential: Credential): Promise<string> {
    const steps = [...(this.#platform.login ?? [])];
    for (;;) {
      const question = (line: string): LoginStep | null => this.#platform.login?.find(({ expect }) => expect.test(line)) ?? null;
      // A line of a banner may end like a question where a chunk ends: a secret is typed only to a device that waits for it.
      const found = await this.#expect<LoginStep | string>(
        'a prompt',
        (line) => (question(line) === null && this.#platform.prompt.any.test(line) ? line : null),
        question,
      );
      if (typeof found === 'string') return found;
      const what = typeof found.send === 'string' ? found.send : `answer ${JSON.stringify(found.send.text)}`;
      const secret = typeof found.send === 'string' ? credential[found.send] : found.send.text;
      if (secret === null)
        throw new DeviceError('auth_failed', `the device asks for a ${what} that the credential does not have`);
      const index = steps.indexOf(found);
      if (index < 0) throw new DeviceError('auth_failed', `the device asked for the ${what} again: it refused it`);
      steps.splice(index, 1);
      this.#reader.clear();
      this.#send(secret);
    }
  }

  async #enable(secret: string): Promise<void> {
    const { enable, prompt } = this.#platform;
    if (enable === undefined) return;
    this.#reader.clear();
    this.#send(enable.command);
    const asked = await this.#expect('an answer to enable', (line) =>
      enable.password.test(line) || prompt.any.test(line) ? line : null,
    );
    let line = asked;
    if (enable.password.test(asked)) {
      this.#reader.clear();
      this.#send(secret);
      line = await this.#expect('an answer to the enable password', (last) =>
        enable.password.test(last) || prompt.any.test(last) ? last : null,
      );
    }
    if (prompt.privileged?.test(line) === false) {
      throw new DeviceError('auth_failed', 'the device refused the enable password');
    }
  }

  /**
   * Types the set-up in one go. The prompt is what stands both before the echo of its last command and at the end, so that a
   * line of the banner that looks like a prompt is not taken for it.
   */
  async #setUp(): Promise<void> {
    const { setup, prompt } = this.#platform;
    const last = squeeze(setup.at(-1) ?? '');
    this.#channel.write(setup.length > 0 ? setup.map((command) => `${command}\n`).join('') : '\n');
    const confirmed = (line: string): boolean => {
      const all = squeeze(stripEscapes(this.#reader.tail));
      const wanted = squeeze(line);
      return all.slice(0, all.length - wanted.length).includes(wanted + last);
    };
    this.#prompt = await this.#expect(
      'the prompt after the set-up commands',
      (line) => (prompt.any.test(line) && confirmed(line) ? line : null),
      (line) => (prompt.any.test(line) ? line : null),
    );
  }

  /** Waits until the last line is what `check` wants, or, after half a second of silence, what `settle` wants. */
  #expect<T>(what: string, check: (line: string) => T | null, settle?: (line: string) => T | null): Promise<T> {
    const limits = this.#limits;
    return this.#reader.wait<T>(() => (this.#answerPager() ? null : check(this.#lastLine())), {
      idleMs: limits.commandMs,
      totalMs: limits.commandMs * BUSY_FACTOR,
      expired: () => {
        const line = this.#lastLine().trim().slice(-80);
        const seen = line === '' ? '' : `; the last line is ${JSON.stringify(line)}`;
        return new DeviceError('timeout', `logged in, but ${what} did not come in ${limits.commandMs / 1000} s${seen}`);
      },
      ...(settle === undefined ? {} : { onQuiet: () => settle(this.#lastLine()) }),
    });
  }

  #send(line: string): void {
    this.#channel.write(`${line}\n`);
  }

  /** Without escape sequences and trailing blanks. */
  #end(): string {
    return withoutBlankEnd(stripEscapes(this.#reader.tail).replaceAll('\x07', ''));
  }

  #lastLine(): string {
    const end = this.#end();
    return end.slice(Math.max(end.lastIndexOf('\n'), end.lastIndexOf('\r')) + 1);
  }

  #answerPager(): boolean {
    const { tail } = this.#reader;
    if (tail === '' || tail.endsWith('\n')) return false;
    // Colours only: where the cursor was moved, the pager is being wiped off.
    const line = tail.slice(tail.lastIndexOf('\n') + 1).replace(/\x1b\[[0-9;?]*[mKhl]/g, '');
    const match = (this.#platform.pager ?? PAGER).exec(line);
    if (match === null) return false;
    this.#pagers.push(match[0]);
    this.#channel.write(' ');
    return true;
  }

  #atPrompt(): boolean {
    return isAtPrompt(this.#end(), this.#prompt);
  }

  #echoed(command: string): boolean {
    const head = this.#reader.head(8_000);
    return head.includes(command) || splitAtEcho(head, command) !== null;
  }

  /** After half a second of silence: a log line behind the prompt, a prompt behind an unfinished line, a prompt that changed. */
  #lookCloser(echoed: boolean): true | null {
    const end = this.#end();
    const line = this.#lastLine();
    const at = end.lastIndexOf(this.#prompt);
    if (at >= 0 && this.#atPrompt() && this.#hasOutput()) return true;
    if (at >= 0 && onlyLogLines(end.slice(at + this.#prompt.length)) && this.#nudges < MAX_NUDGES) {
      this.#nudges += 1;
      this.#channel.write('\n');
      return null;
    }
    if (!echoed || !this.#platform.prompt.any.test(line) || promptStem(line) !== promptStem(this.#prompt)) return null;
    this.#prompt = line;
    return true;
  }

  /** Something else than prompts and log lines: an answer whose echo was not recognised. */
  #hasOutput(): boolean {
    const prompt = this.#prompt;
    return withoutLogLines(render(this.#reader.head(2_000)))
      .split('\n')
      .some((line) => line.trim() !== '' && line.trim() !== prompt.trim());
  }

  #finish(command: string): Answer {
    const reader = this.#reader;
    const prompt = decode(Buffer.from(this.#prompt, 'latin1'));
    const frame = { command, prompt, above: this.#platform.prompt.above, nudged: this.#nudges > 0, cut: reader.overflow };
    // What wiped a pager off is told by its carriage returns.
    const raw = this.#pagers.length === 0 ? reader.lines() : erasePagers(reader.text(), this.#pagers);
    const { late, text } = outputText(raw, frame);
    // What came before the echo belongs to the command before: a line of its output was taken for the prompt.
    if (late !== '' && this.#previous !== null) this.#previous.text += `${prompt}${late.startsWith('\n') ? '' : '\n'}${late}`;
    const answer: Answer = {
      command,
      text,
      bytes: reader.bytes,
      truncated: reader.overflow,
      exitCode: null,
      stderr: '',
    };
    this.#previous = answer;
    return answer;
  }
}
