import { DeviceError } from '../device-error.ts';
import { refusal } from './ssh-auth.ts';
import type { AuthProgress } from './ssh-auth.ts';

/** What is known of a connection when it fails. */
export interface Attempt {
  /** `host:port`, as a person knows it. */
  target: string;
  username: string | null;
  phase: 'connecting' | 'handshake' | 'login' | 'session';
  auth: AuthProgress;
}

const SOCKET_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
  EHOSTDOWN: 'cannot be reached: the host is down',
  ENOTFOUND: 'has a name that does not resolve',
  EAI_AGAIN: 'has a name that does not resolve just now',
  EADDRNOTAVAIL: 'cannot be reached: no local port is left',
};

const SILENCE = {
  connecting: 'did not answer the TCP connection',
  handshake: 'accepted the connection but did not finish the SSH handshake',
  login: 'did not finish the login',
  session: 'stopped answering keepalives',
} as const;

interface SshError extends Error {
  code?: string | number;
  level?: string;
}

/** Turns what ssh2 and the socket say into an outcome. After login nothing is retryable. */
export function explain(error: SshError, attempt: Attempt): DeviceError {
  const before = attempt.phase !== 'session' && !attempt.auth.pending;
  if (error instanceof DeviceError) return error;
  if (error.level === 'client-timeout' || error.code === 'ETIMEDOUT') {
    return new DeviceError('timeout', `${attempt.target} ${SILENCE[attempt.phase]} in time`, attempt.phase !== 'session');
  }
  if (error.level === 'client-authentication') {
    return new DeviceError('auth_failed', refusal(attempt.username, attempt.auth));
  }
  if (typeof error.code === 'string' && SOCKET_ERRORS[error.code] !== undefined) {
    if (attempt.auth.pending) return closedDuringLogin(attempt);
    return new DeviceError('unreachable', `${attempt.target} ${SOCKET_ERRORS[error.code]}`, before);
  }
  if (/no matching|no mutual/i.test(error.message)) {
    return new DeviceError('error', `${attempt.target} offers no SSH algorithm that its platform allows (${error.message})`);
  }
  if (/authentication failures|auth.*fail/i.test(error.message)) {
    return new DeviceError('auth_failed', `${refusal(attempt.username, attempt.auth)}: ${error.message}`);
  }
  if (attempt.phase === 'login' && attempt.auth.pending) return closedDuringLogin(attempt);
  return new DeviceError('unreachable', `${attempt.target}: ${error.message}`, before);
}

/** The connection ended without an error of its own. */
export function closed(attempt: Attempt): DeviceError {
  if (attempt.phase === 'session') return new DeviceError('truncated', 'the device closed the connection');
  if (attempt.phase === 'login') return closedDuringLogin(attempt);
  return new DeviceError('unreachable', `${attempt.target} closed the connection before the SSH handshake was done`, true);
}

/** Not retried once a secret was sent: some devices close instead of saying that it was wrong. */
function closedDuringLogin({ target, auth }: Attempt): DeviceError {
  return auth.pending
    ? new DeviceError('unreachable', `${target} closed the connection when the credential was sent; it may have refused it`)
    : new DeviceError('unreachable', `${target} closed the connection before the login`, true);
}
