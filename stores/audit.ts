import type { Role } from '../core/roles.ts';
import type { Database } from './database.ts';
import { storableJson } from './storable-text.ts';

export interface AuditEvent {
  /** `anonymous` where no valid token was shown. */
  actor: string;
  role: Role | null;
  action: string;
  method: string;
  path: string;
  /** The HTTP status that was answered. */
  status: number;
  request_id: string;
  /** Names, ids and error codes; never a secret. */
  detail: Record<string, unknown>;
}

export async function writeAudit({ sql }: Pick<Database, 'sql'>, event: AuditEvent): Promise<void> {
  await sql`insert into audit_events (actor, role, action, method, path, status, request_id, detail)
    values (${event.actor}, ${event.role}, ${event.action}, ${event.method}, ${event.path}, ${String(event.status)},
      ${event.request_id}, ${storableJson(event.detail)}::text::jsonb)`;
}
