import { byAge, keyedStep } from './keyed-step.ts';
import { cutoff, type CleanupStep, type CleanupScope, type Key } from './step.ts';

const keyed = keyedStep({
  table: 'webhook_deliveries',
  key: [['id', 'uuid']],
  order: [['id', 'uuid']],
  rule: byAge('deliveries_days'),
  doomed(sql, scope) {
    const before = cutoff(scope, scope.params.deliveries_days);
    return before === null ? null : sql`t.created_at < ${before} and t.status <> 'pending'`;
  },
});

/** Deliveries that are over. Each webhook has its own in the order they came, so that only the oldest of each are looked at. */
export const webhookDeliveries: CleanupStep = {
  ...keyed,
  page: 1_000,
  async find(scope: CleanupScope, after: Key | null, limit: number) {
    const { sql } = scope.database;
    const before = cutoff(scope, scope.params.deliveries_days);
    if (before === null) return { items: [], next: null };
    const [webhook, seq] = after ?? ['00000000-0000-0000-0000-000000000000', '0'];
    const rows = await sql<{ id: string; webhook_id: string; seq: number }[]>`
      select d.id, w.id as webhook_id, d.seq from webhooks w, lateral (
        select x.id, x.seq, x.created_at, x.status from webhook_deliveries x
        where x.webhook_id = w.id and x.seq > case when w.id = ${webhook!}::uuid then ${seq!}::text::bigint else 0 end
        order by x.seq limit ${limit}) d
      where w.id >= ${webhook!}::uuid and d.created_at < ${before} and d.status <> 'pending'
      order by w.id, d.seq limit ${limit}`;
    const last = rows.at(-1);
    const next = last === undefined || rows.length < limit ? null : [last.webhook_id, String(last.seq)];
    return { items: rows.map((row) => [row.id]), next };
  },
};
