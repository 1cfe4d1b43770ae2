import type { Role } from '../core/roles.ts';
import { rfc3339 } from './columns.ts';
import type { Database } from './database.ts';
import { storableJson } from './storable-text.ts';

type Has = Pick<Database, 'sql'>;

/** The status of a call that acts outside PostgreSQL and has not been answered yet, or whose process died. */
export const PENDING = 'pending';

export interface AuditEvent {
  /** `anonymous` where no valid token was shown. */
  actor: string;
  role: Role | null;
  action: string;
  method: string;
  path: string;
  /** The HTTP status that was answered. */
  status: number | typeof PENDING;
  request_id: string;
  /** Names, ids and error codes; never a secret. */
  detail: Record<string, unknown>;
}

/** Writes an event; the id tells it to `settleAudit`. */
export async function writeAudit({ sql }: Has, event: AuditEvent): Promise<number> {
  const rows = await sql<{ id: number }[]>`
    insert into audit_events (actor, role, action, method, path, status, request_id, detail)
    values (${event.actor}, ${event.role}, ${event.action}, ${event.method}, ${event.path}, ${String(event.status)},
      ${event.request_id}, ${storableJson(event.detail)}::text::jsonb) returning id`;
  return rows[0]!.id;
}

/** Says how a call ended whose event was written before it began. */
export async function settleAudit({ sql }: Has, id: number, status: number, detail: AuditEvent['detail']): Promise<void> {
  await sql`update audit_events set status = ${String(status)}, detail = ${storableJson(detail)}::text::jsonb where id = ${id}`;
}

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  status?: string | undefined;
  /** What the path begins with. */
  path?: string | undefined;
  /** RFC 3339; from this moment on. */
  since?: string | undefined;
  /** RFC 3339; before this moment. */
  until?: string | undefined;
}

export interface AuditRow extends Omit<AuditEvent, 'status'> {
  id: number;
  at: string;
  status: string;
}

/** Newest first; `before` is the id of the last event of the page before. */
export async function listAudit({ sql }: Has, filter: AuditFilter, before: number | null, limit: number): Promise<AuditRow[]> {
  const { actor, action, status, path, since, until } = filter;
  return sql<AuditRow[]>`
    select id, ${sql.unsafe(rfc3339('at'))} as at, actor, role, action, method, path, status, request_id, detail from audit_events
    where true ${before === null ? sql`` : sql`and id < ${before}`}
      ${actor === undefined ? sql`` : sql`and actor = ${actor}`}
      ${action === undefined ? sql`` : sql`and action = ${action}`}
      ${status === undefined ? sql`` : sql`and status = ${status}`}
      ${path === undefined ? sql`` : sql`and starts_with(path, ${path})`}
      ${since === undefined ? sql`` : sql`and at >= ${since}::timestamptz`}
      ${until === undefined ? sql`` : sql`and at < ${until}::timestamptz`}
    order by id desc limit ${limit}`;
}
