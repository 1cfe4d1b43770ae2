import type { audit } from '../../contracts/http/audit.ts';
import { listAudit } from '../../stores/audit.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';

export const auditHandlers: Handlers<typeof audit> = {
  async listAudit({ deps, query: { limit, cursor, ...filter } }) {
    const rows = await listAudit(deps.database, filter, decodeCursor(CURSORS.id, cursor)?.[0] ?? null, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.id]) };
  },
};
