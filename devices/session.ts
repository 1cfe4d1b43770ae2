import type { Credential } from '../core/device.ts';
import type { Session, SessionLimits } from './answer.ts';
import { openExecSession } from './exec-session.ts';
import type { Platform } from './platform.ts';
import { openShellSession } from './shell-session.ts';
import type { Connection } from './transports/transport.ts';

/** Takes a fresh login to the state where commands can be run: prompt known, pager off, enabled where the credential says so. */
export function openSession(
  connection: Connection,
  platform: Platform,
  credential: Credential,
  limits: SessionLimits,
): Promise<Session> {
  return platform.mode === 'exec'
    ? Promise.resolve(openExecSession(connection, limits))
    : openShellSession(connection, platform, credential, limits);
}
