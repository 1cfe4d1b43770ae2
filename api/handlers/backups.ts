import { unifiedDiff } from '../../artifacts/diff.ts';
import { diffSections } from '../../artifacts/sections.ts';
import { withoutLines } from '../../artifacts/without-lines.ts';
import { AppError } from '../../core/errors.ts';
import { isTerminalJob } from '../../core/jobs.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Backup } from '../../contracts/backup.ts';
import type { backups } from '../../contracts/http/backups.ts';
import { findBackup, findJobBackup, listBackups, listChanges, type BackupView } from '../../stores/backups.ts';
import { findGroup } from '../../stores/collection-groups.ts';
import { chooseDevices, type DeviceChoice } from '../../stores/devices.ts';
import { readJob } from '../../stores/job-views.ts';
import type { Scope } from '../../stores/scope.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { jobJson } from '../job-json.ts';
import { launchRequest, waitForJob } from '../launch.ts';
import { notFound } from '../problems.ts';

const TEXT_MEDIA = 'text/plain; charset=utf-8';
const JSON_MEDIA = 'application/json; charset=utf-8';
/** Above scheduled work and other interactive jobs: somebody waits. */
const LIVE_PRIORITY = 8;

async function deviceOf({ database }: ApiDeps, scope: Scope, reference: string): Promise<DeviceChoice> {
  const [device] = await chooseDevices(database, scope, [reference]);
  if (device === undefined) throw notFound('device', reference);
  return device;
}

async function backupOf({ database }: ApiDeps, device: DeviceChoice, identifier: string): Promise<BackupView> {
  const found = await findBackup(database, device.id, identifier);
  if (found === null) throw notFound(`backup of ${device.name}`, identifier);
  return found;
}

function json({ id: _id, artifact: _artifact, volatile_lines: _lines, ...backup }: BackupView): Backup {
  return backup;
}

const cursorPage = (rows: BackupView[], limit: number) => pageOf(rows, limit, (row) => [row.id], json);
const before = (cursor: string | undefined): number | null => decodeCursor(CURSORS.id, cursor)?.[0] ?? null;

/** True where the caller would rather have JSON than text. */
const wantsJson = ({ request }: Pick<Call<(typeof backups)['getBackup']>, 'request'>): boolean =>
  request.accepts(['text/plain', 'application/json']) === 'application/json';

/** @throws AppError `not_found` where nothing was kept, with the reason */
async function textOf(deps: ApiDeps, backup: BackupView): Promise<string> {
  if (backup.artifact === null) {
    const why = backup.log.findLast((line) => line.level === 'error')?.message ?? backup.status;
    throw new AppError(
      'not_found',
      `Backup ${backup.task_identifier} of ${backup.device_name} has no text (${backup.status}): ${why}`,
    );
  }
  return deps.artifacts.text(backup.artifact);
}

export const backupHandlers: Handlers<typeof backups> = {
  async collectDevice({ deps, params, body, principal, origin, audit }) {
    const device = await deviceOf(deps, principal, params.id);
    audit.detail = { device_id: device.id };
    if (!device.enabled) throw new AppError('conflict', `The device ${device.name} is disabled.`);
    const { priority = 5, ...request } = body ?? {};
    const wish = {
      type: 'device.collect',
      request: { ...request, device_id: device.id },
      priority,
      owner: principal.name,
      origin,
      refuse_busy: principal,
    } as const;
    const { job_id } = await launchRequest(deps, principal, wish);
    audit.detail = { job_id, device_id: device.id };
    const job = await readJob(deps.database, principal, job_id);
    if (job === null) throw notFound('job', job_id);
    return { status: 202, body: jobJson(deps, job), headers: { Location: `/api/jobs/${job_id}` } };
  },
  async listBackups({ deps, principal, params, query: { limit, cursor, ...filter } }) {
    const device = await deviceOf(deps, principal, params.id);
    const rows = await listBackups(deps.database, device.id, filter, before(cursor), limit + 1);
    return { status: 200, body: cursorPage(rows, limit) };
  },
  async getBackup(call) {
    const { deps, params, principal } = call;
    const backup = await backupOf(deps, await deviceOf(deps, principal, params.id), params.task_identifier);
    const headers = { 'X-Cairn-Status': backup.status, Vary: 'Accept' };
    if (!wantsJson(call)) return { status: 200, chunks: [await textOf(deps, backup)], media: TEXT_MEDIA, headers };
    const text = backup.artifact === null ? null : await textOf(deps, backup);
    return { status: 200, chunks: [JSON.stringify({ ...json(backup), text })], media: JSON_MEDIA, headers };
  },
  async diffBackups({ deps, principal, params, query, request }) {
    const device = await deviceOf(deps, principal, params.id);
    const from = await backupOf(deps, device, params.task_identifier);
    const to = await backupOf(deps, device, params.other);
    const [a, b] = await Promise.all(
      [from, to].map(async (one) => withoutLines(await textOf(deps, one), query.volatile ? [] : one.volatile_lines)),
    );
    const names = { a: `${device.name} ${from.task_identifier}`, b: `${device.name} ${to.task_identifier}` };
    const difference = unifiedDiff(a!, b!, names, query.context);
    const headers = { Vary: 'Accept' };
    if (!wantsJson({ request })) return { status: 200, chunks: [difference.diff], media: TEXT_MEDIA, headers };
    const body = { from: json(from), to: json(to), ...difference, sections: diffSections(a!, b!) };
    return { status: 200, chunks: [JSON.stringify(body)], media: JSON_MEDIA, headers };
  },
  async runningConfig({ deps, params, query, principal, audit }) {
    const device = await deviceOf(deps, principal, params.id);
    if (query.cached) {
      audit.skip = true;
      const newest = await findBackup(deps.database, device.id, 'latest');
      return { status: 200, body: { ...(await configOf(deps, newest)), cached: true } };
    }
    if (!device.enabled) throw new AppError('conflict', `The device ${device.name} is disabled.`);
    const wish = {
      type: 'device.collect',
      request: { device_id: device.id },
      priority: LIVE_PRIORITY,
      owner: principal.name,
    } as const;
    const { job_id } = await launchRequest(deps, principal, wish);
    audit.detail = { job_id, device_id: device.id };
    const over = isTerminalJob(await waitForJob(deps, job_id, query.wait * 1000));
    if (over) return { status: 200, body: await configOf(deps, await findJobBackup(deps.database, job_id, device.id)) };
    const error = 'the device has not answered yet; the job goes on';
    const headers = { Location: `/api/jobs/${job_id}` };
    return { status: 202, body: { ...NOTHING, error, job_id }, headers };
  },
  async listChanges({ deps, principal, query: { limit, cursor, group, ...filter } }) {
    const found = group === undefined ? null : await findGroup(deps.database, principal, group);
    if (group !== undefined && found === null) throw notFound('collection group', group);
    const rows = await listChanges(deps.database, principal, { ...filter, group_id: found?.id }, before(cursor), limit + 1);
    return { status: 200, body: cursorPage(rows, limit) };
  },
};

const NOTHING = { success: false, output: null, outcome: null, cached: false, collected_at: null };

async function configOf(deps: ApiDeps, backup: BackupView | null) {
  if (backup === null) return { ...NOTHING, error: 'no configuration was collected from the device', job_id: null };
  const success = backup.status === 'success';
  const outcome: Outcome = backup.status === 'success' ? 'ok' : backup.status;
  const error = success ? null : (backup.log.findLast((line) => line.level !== 'info')?.message ?? backup.status);
  const output = success ? await textOf(deps, backup) : null;
  return {
    success,
    output,
    outcome,
    error,
    cached: false,
    collected_at: success ? backup.timestamp : null,
    job_id: backup.job_id,
  };
}
