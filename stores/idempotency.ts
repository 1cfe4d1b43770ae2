import type { Database } from './database.ts';

type Has = Pick<Database, 'sql'>;

/** What a key stands for. */
export interface KnownKey {
  /** True where this request claimed it, and is to be run. */
  claimed: boolean;
  request_hash: string;
  /** Tells this life of the key from one before it expired. */
  life: string;
  /** Null while the first request still runs. */
  status: number | null;
  response: { body: unknown; headers: Record<string, string> } | null;
}

/** A request that was killed leaves its claim: after so long another one may finish what it began. */
const CLAIM_SECONDS = 60;

/** Claims a key for a request, or tells what it stands for. An expired key is free; one whose request was killed is claimed again. */
export async function claimKey(
  { sql }: Has,
  owner: string,
  key: string,
  requestHash: string,
  keepSeconds: number,
): Promise<KnownKey> {
  const [claimed] = await sql<KnownKey[]>`
    insert into idempotency_keys as k (owner, key, request_hash, expires_at)
    values (${owner}, ${key}, ${requestHash}, now() + make_interval(secs => ${keepSeconds}))
    on conflict (owner, key) do update set request_hash = excluded.request_hash, status = null, response = null, created_at = now(),
      expires_at = case when k.expires_at < now() then excluded.expires_at else k.expires_at end
    where k.expires_at < now()
      or (k.status is null and k.request_hash = excluded.request_hash and k.created_at < now() - make_interval(secs => ${CLAIM_SECONDS}))
    returning true as claimed, request_hash, status, response, (extract(epoch from expires_at) * 1000)::bigint::text as life`;
  if (claimed !== undefined) return claimed;
  const [known] = await sql<KnownKey[]>`
    select false as claimed, request_hash, status, response, (extract(epoch from expires_at) * 1000)::bigint::text as life from idempotency_keys where owner = ${owner} and key = ${key}`;
  return known ?? { claimed: false, request_hash: requestHash, life: '', status: null, response: null };
}

/** Keeps the answer, to be given again. */
export async function settleKey(
  { sql }: Has,
  owner: string,
  key: string,
  answer: { status: number; body: unknown; headers: Record<string, string> },
): Promise<void> {
  const response = JSON.stringify({ body: answer.body, headers: answer.headers });
  await sql`update idempotency_keys set status = ${answer.status}, response = ${response}::text::jsonb where owner = ${owner} and key = ${key}`;
}

/** The request failed and started nothing: the key is free again. */
export async function releaseKey({ sql }: Has, owner: string, key: string): Promise<void> {
  await sql`delete from idempotency_keys where owner = ${owner} and key = ${key} and status is null`;
}
