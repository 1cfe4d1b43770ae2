import { z } from 'zod';
import { OUTCOMES } from '../core/outcome.ts';
import { id, timestamp } from './fields.ts';

const count = z.int().min(0);
export const backupStatus = z.enum(['success', ...OUTCOMES]);

/** One collection of a device's configuration. */
export const Backup = z
  .object({
    task_identifier: z.string().describe('Names it among the collections of its device'),
    task_id: id,
    device_id: id,
    device_name: z.string(),
    job_id: id,
    actor: z.string().describe('Who asked for it'),
    changed_by: z.string().nullable().describe('Who changed the configuration, where a syslog message or the text itself tells'),
    status: backupStatus,
    timestamp,
    sha256: z.string().nullable().describe('Of the text; null unless it is complete'),
    bytes: count.nullable(),
    changed: z.boolean().describe('Whether it is a new version'),
    suspicious: z.boolean().describe('Less than half of the version before: kept, and no version until it comes again'),
    lines_added: count,
    lines_removed: count,
    log: z.array(z.object({ at: timestamp, level: z.enum(['info', 'warn', 'error']), message: z.string() })),
  })
  .meta({ id: 'Backup' });
export type Backup = z.output<typeof Backup>;

/** What `Accept: application/json` gets of a version. */
export const BackupText = Backup.extend({ text: z.string().nullable() }).meta({ id: 'BackupText' });

/** What `Accept: application/json` gets of a difference. */
export const BackupDiff = z
  .object({
    from: Backup,
    to: Backup,
    added: count,
    removed: count,
    diff: z.string().describe('Unified; empty where nothing differs'),
    sections: z.array(
      z.object({ section: z.string(), path: z.array(z.string()), added: z.array(z.string()), removed: z.array(z.string()) }),
    ),
  })
  .meta({ id: 'BackupDiff' });
