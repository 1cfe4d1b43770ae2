import { AppError } from '../core/errors.ts';
import type { Sql } from './database.ts';

/**
 * A user and a token without one are told apart by their names alone (owner of jobs, actor of audit events), so no name is both.
 * In the transaction that writes the name; whoever writes another one meanwhile waits.
 * @throws AppError `conflict`
 */
export async function refuseTakenName(tx: Sql, name: string, as: 'user' | 'token'): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('cairn identity names'))`;
  const taken =
    as === 'user'
      ? await tx`select 1 from api_tokens where name = ${name} and user_id is null`
      : await tx`select 1 from users where name = ${name}`;
  if (taken.length === 0) return;
  const detail = `is the name of a ${as === 'user' ? 'token without a user' : 'user'}`;
  throw new AppError('conflict', `name ${detail}.`, { errors: [{ pointer: '/name', detail }] });
}
