import { collectionGroups } from '../contracts/http/collection-groups.ts';
import { credentials } from '../contracts/http/credentials.ts';
import type { CliContext } from './context.ts';

type Uses = Pick<CliContext, 'client' | 'signal'>;

/** The id of a credential that is told by id or name. @throws AppError `not_found` */
export async function credentialId({ client, signal }: Uses, reference: string | undefined): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  return (await client().call(credentials.getCredential, { params: { id: reference }, signal })).body.id;
}

/** The id of a collection group that is told by id or name. @throws AppError `not_found` */
export async function groupId({ client, signal }: Uses, reference: string | undefined): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  return (await client().call(collectionGroups.getCollectionGroup, { params: { id: reference }, signal })).body.id;
}
