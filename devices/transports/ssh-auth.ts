import ssh2 from 'ssh2';
import type { AnyAuthMethod, AuthHandlerMiddleware, KeyboardInteractiveAuthMethod, ParsedKey } from 'ssh2';
import type { Credential } from '../../core/device.ts';
import { DeviceError } from '../device-error.ts';

/** How far authentication came, for the message when it fails. */
export interface AuthProgress {
  /** A password or key was sent and not answered yet. */
  pending: boolean;
  /** Methods that were tried with a secret of ours, e.g. `password`. */
  tried: string[];
  /** Methods that the device offered last. */
  offered: string[];
}

type Method = 'publickey' | 'password' | 'keyboard-interactive';

/** What devices offered to users who then got in, newest last: by host key and user, so never that of another device at the same address. */
const offeredLast = new Map<string, string[]>();
const MOST_KNOWN = 20_000;

/** To be called after a login: the next one of this user need not ask what there is. */
export function rememberMethods(hostKey: string, username: string, { offered }: AuthProgress): void {
  const name = `${hostKey} ${username}`;
  offeredLast.delete(name);
  const oldest = offeredLast.size >= MOST_KNOWN ? offeredLast.keys().next().value : undefined;
  if (oldest !== undefined) offeredLast.delete(oldest);
  if (offered.length > 0) offeredLast.set(name, offered);
}

/** To be called after a login that failed: the next one asks. */
export function forgetMethods(hostKey: string, username: string): void {
  offeredLast.delete(`${hostKey} ${username}`);
}

/**
 * Decides which method comes next. Asks with `none` which methods there are, unless that is known from the last login, then tries each
 * secret once: a password that was refused is not offered again as keyboard-interactive, for every attempt counts towards locking
 * the account. `hostKey` is asked when the key is known.
 */
export function authHandler(
  credential: Credential,
  hostKey: () => string,
  progress: AuthProgress,
  giveUp: (cause: DeviceError) => void,
): AuthHandlerMiddleware {
  const username = credential.username ?? '';
  const key = readKey(credential);
  const { password } = credential;
  const has: Record<Method, boolean> = {
    publickey: key !== null,
    password: password !== null,
    'keyboard-interactive': password !== null,
  };
  /** What the device offered last time, while the method chosen from it is not answered. */
  let guessed: string[] | null = null;
  const choose = (offered: string[]): AnyAuthMethod | null => {
    const usable = (method: Method) => has[method] && offered.includes(method) && !progress.tried.includes(method);
    const passwordSpent = progress.tried.includes('password') || progress.tried.includes('keyboard-interactive');
    if (usable('publickey') && key !== null) return { type: 'publickey', username, key };
    if (passwordSpent || password === null) return null;
    if (usable('password')) return { type: 'password', username, password };
    if (!usable('keyboard-interactive')) return null;
    return { type: 'keyboard-interactive', username, prompt: answerPrompts(username, password, progress, giveUp) };
  };
  return (methodsLeft: string[] | null, partial, next) => {
    progress.pending = false;
    if (methodsLeft === null) {
      const known = offeredLast.get(`${hostKey()} ${username}`) ?? [];
      if (choose(known) === null) return next({ type: 'none', username });
      guessed = known;
      progress.offered = known;
    } else {
      // What it offers is something else since: it has not looked at the secret. One that only withdraws what failed may have.
      const isOther = guessed !== null && methodsLeft.some((method) => !guessed!.includes(method));
      if (isOther && !partial && !methodsLeft.includes(progress.tried.at(-1)!)) progress.tried.pop();
      guessed = null;
      progress.offered = methodsLeft;
    }
    const method = choose(progress.offered);
    if (method === null) return giveUp(new DeviceError('auth_failed', refusal(credential.username, progress)));
    progress.tried.push(method.type);
    progress.pending = method.type !== 'keyboard-interactive';
    next(method);
  };
}

/** Answers each hidden prompt with the password, once, and each visible one with the user name. */
function answerPrompts(
  username: string,
  password: string,
  progress: AuthProgress,
  giveUp: (cause: DeviceError) => void,
): KeyboardInteractiveAuthMethod['prompt'] {
  let sent = false;
  return (_name, _instructions, _language, prompts, finish) => {
    const hidden = prompts.filter((prompt) => prompt.echo !== true).length;
    if (hidden > 1 || (hidden > 0 && sent)) {
      const asked = prompts.map((prompt) => prompt.prompt.trim()).join(', ');
      giveUp(new DeviceError('auth_failed', `the device asks for more than a password: ${asked}`));
      return;
    }
    sent ||= hidden > 0;
    progress.pending = sent;
    finish(prompts.map((prompt) => (prompt.echo === true ? username : password)));
  };
}

function readKey(credential: Credential): ParsedKey | null {
  if (credential.private_key === null) return null;
  // An OpenSSH file gives a list of keys, though the types do not say so; it never holds more than one.
  const [key] = [ssh2.utils.parseKey(credential.private_key, credential.passphrase ?? undefined)].flat();
  if (key === undefined) return null;
  if (key instanceof Error) throw new DeviceError('auth_failed', `the private key cannot be read: ${key.message}`);
  if (!key.isPrivateKey()) throw new DeviceError('auth_failed', 'the private key of the credential is a public key');
  return key;
}

/** The message of a refused login. */
export function refusal(username: string | null, progress: AuthProgress): string {
  const who = `user ${JSON.stringify(username ?? '')}`;
  if (progress.tried.length > 0) return `the device refused ${who} (${progress.tried.join(', ')})`;
  const offered = progress.offered.length > 0 ? progress.offered.join(', ') : 'nothing';
  return `no way to log in as ${who}: the device offers ${offered}, and the credential has nothing for it`;
}
