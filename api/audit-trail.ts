import type { Request, Response } from 'express';
import type { Endpoint } from '../contracts/endpoint.ts';
import { AppError, ERROR_CODES } from '../core/errors.ts';
import { PENDING, settleAudit, writeAudit, type AuditEvent } from '../stores/audit.ts';
import { isConnectionError, type Database } from '../stores/database.ts';
import { inTransaction } from '../stores/in-transaction.ts';
import { auditWay } from './audit-ways.ts';
import type { Identity } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import type { Gate } from './gate.ts';
import { toAppError } from './problems.ts';

/** What a handler says of its call; `skip` where it turned out to be a mere read. */
export interface AuditNote {
  detail: Record<string, unknown>;
  skip: boolean;
}

type Ending = { status: number } | { failure: AppError };

/** Of one call: its event, written exactly once. */
export interface AuditTrail {
  note: AuditNote;
  /**
   * Runs what the call does, on a database where it leaves nothing without its event.
   * @throws AppError `audit_unavailable`, and nothing was done
   */
  act<R extends object>(who: Identity | null, read: boolean, run: (database: Database) => Promise<R>): Promise<R>;
  /** Writes or settles the event of a call that is over; gives the failure to answer where it cannot be written. */
  end(who: Identity | null, ending: Ending): Promise<AppError | null>;
}

/** Transactions of calls that run at once: what they wait for may need a connection of the pool besides theirs. */
export const MOST_TRANSACTIONS = 6;

export function createAuditTrail(
  deps: ApiDeps & { gate: Gate },
  endpoint: Endpoint,
  request: Request,
  response: Response,
): AuditTrail {
  const note: AuditNote = { detail: {}, skip: false };
  let written = endpoint.audit === null;
  let pending: number | null = null;

  const eventOf = (who: Identity | null, status: AuditEvent['status'], detail: AuditEvent['detail']): AuditEvent => ({
    actor: who?.name ?? 'anonymous',
    role: who?.role ?? null,
    action: endpoint.audit ?? '',
    method: request.method,
    path: request.originalUrl.split('?')[0]!.slice(0, 2000),
    status,
    request_id: String(response.locals.requestId),
    detail: who !== null && who.userId !== null && who.token !== null ? { ...detail, token: who.token.name } : detail,
  });

  async function write(database: Database, event: AuditEvent): Promise<number> {
    try {
      return await writeAudit(database, event);
    } catch (cause) {
      deps.log.error({ err: cause, audit: event }, 'an audit event could not be stored');
      if (isConnectionError(cause)) throw toAppError(cause);
      throw new AppError('audit_unavailable', 'The audit event cannot be written, so nothing was done; try again.', { cause });
    }
  }

  return {
    note,
    async act(who, read, run) {
      if (endpoint.audit === null || read) return run(deps.database);
      if (auditWay(endpoint.audit) === 'before') {
        pending = await write(deps.database, eventOf(who, PENDING, {}));
        return run(deps.database);
      }
      const reply = await deps.gate(() =>
        inTransaction(deps.database, async (database) => {
          const made = await run(database);
          const status = 'status' in made && typeof made.status === 'number' ? made.status : 200;
          if (!note.skip) await write(database, eventOf(who, status, note.detail));
          return made;
        }),
      );
      written = true;
      return reply;
    },
    async end(who, ending) {
      const failure = 'failure' in ending ? ending.failure : null;
      // Whoever floods the API shall not flood the audit: the log has these.
      if (written || (pending === null && (note.skip || failure?.code === 'rate_limited'))) return failure;
      const status = 'failure' in ending ? ERROR_CODES[ending.failure.code].status : ending.status;
      const told = failure === null ? note.detail : { ...note.detail, code: failure.code, problem: failure.detail };
      if (pending !== null) {
        await settle(pending, eventOf(who, status, told));
        return failure;
      }
      const lost = await write(deps.database, eventOf(who, status, told)).then(() => null, toAppError);
      // A call that was refused has done nothing: its answer stays, and the log has the event.
      return failure ?? lost;
    },
  };

  /** The call has acted and has its event: that stays `pending`, and the log tells how it ended. */
  async function settle(id: number, event: AuditEvent): Promise<void> {
    try {
      await settleAudit(deps.database, id, Number(event.status), event.detail);
    } catch (error) {
      deps.log.error({ err: error, audit: event }, 'an audit event could not be settled');
    }
  }
}
