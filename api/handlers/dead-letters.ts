import { AppError } from '../../core/errors.ts';
import type { deadLetters } from '../../contracts/http/dead-letters.ts';
import {
  listLetterGroups,
  listLetters,
  markReplayed,
  reopenLetters,
  replayable,
  settleLetters,
} from '../../stores/dead-letters.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { launchJob } from '../launch.ts';
import { notFound } from '../problems.ts';

type SettleCall = Pick<Call<(typeof deadLetters)['resolveDeadLetters']>, 'deps' | 'params' | 'principal' | 'audit'>;

const settle = (change: (call: SettleCall, fingerprint: string) => Promise<number>) => async (call: SettleCall) => {
  const { fingerprint } = call.params;
  const letters = await change(call, fingerprint);
  if (letters === 0) throw notFound('group of dead letters to settle', fingerprint);
  call.audit.detail = { fingerprint, letters };
  return { status: 200 as const, body: { fingerprint, letters } };
};

export const deadLetterHandlers: Handlers<typeof deadLetters> = {
  async listDeadLetters({ deps, principal, query }) {
    return { status: 200, body: { items: await listLetterGroups(deps.database, principal, query.state, query.limit) } };
  },
  async listDeadLettersOfGroup({ deps, principal, params, query: { limit, cursor } }) {
    const before = decodeCursor(CURSORS.id, cursor)?.[0] ?? null;
    const rows = await listLetters(deps.database, principal, params.fingerprint, before, limit + 1);
    if (rows.length === 0 && before === null) throw notFound('group of dead letters', params.fingerprint);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.id]) };
  },
  async replayDeadLetters({ deps, body, principal, origin, audit }) {
    const { fingerprint, limit, jitter_seconds, priority } = body;
    const parts = await replayable(deps.database, principal, fingerprint, limit);
    if (parts.length === 0)
      throw new AppError('conflict', `No open dead letter of ${fingerprint} has a device that is there and enabled.`);
    const jobs = [];
    for (const { job_type: type, params, devices } of parts) {
      const once = origin === null ? null : `${origin} ${type}`;
      const { job_id } = await launchJob(deps, {
        type,
        owner: principal.name,
        priority,
        params,
        devices,
        jitter_seconds,
        origin: once,
      });
      const ids = devices.map((device) => device.id);
      await markReplayed(deps.database, fingerprint, type, ids, job_id);
      jobs.push({ job_id, type, devices: devices.length });
    }
    audit.detail = { fingerprint, jobs };
    return { status: 202, body: { devices: jobs.reduce((sum, job) => sum + job.devices, 0), jobs } };
  },
  resolveDeadLetters: settle(({ deps, principal }, fingerprint) =>
    settleLetters(deps.database, principal, fingerprint, 'resolved'),
  ),
  ignoreDeadLetters: settle(({ deps, principal }, fingerprint) =>
    settleLetters(deps.database, principal, fingerprint, 'ignored'),
  ),
  reopenDeadLetters: settle(({ deps }, fingerprint) => reopenLetters(deps.database, fingerprint)),
};
