import type { deviceImport } from '../../contracts/http/device-import.ts';
import { importRows } from '../device-import.ts';
import { csvRows } from '../device-csv.ts';
import type { Handlers } from '../endpoint.ts';

export const deviceImportHandlers: Handlers<typeof deviceImport> = {
  async importDevices({ deps, principal, body, text, audit }) {
    const rows = text === null ? body.devices.map((values) => ({ values })) : csvRows(text);
    const result = await importRows(deps.database, principal, rows);
    audit.detail = { rows: rows.length, created: result.created, updated: result.updated, failed: result.failed.length };
    return { status: 200, body: result };
  },
};
