import { SECRET_NAMES, type SecretName } from '../../core/device.ts';
import type { credentials } from '../../contracts/http/credentials.ts';
import {
  changeCredential,
  deleteCredential,
  findCredential,
  insertCredential,
  listCredentials,
  type Secrets,
} from '../../stores/credentials.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

/** The secrets after a change: null removes one, what is not given stays. */
function mergeSecrets(current: Secrets, given: { [S in SecretName]?: Secrets[S] | null }): Secrets {
  const merged = SECRET_NAMES.map((name) => [name, given[name] === undefined ? current[name] : given[name]] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined && value !== null));
}

export const credentialHandlers: Handlers<typeof credentials> = {
  async listCredentials({ deps, principal, query: { limit, cursor } }) {
    const rows = await listCredentials(
      deps.database,
      principal,
      deps.keyring,
      decodeCursor(CURSORS.name, cursor)?.[0] ?? null,
      limit + 1,
    );
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createCredential({ deps, body, audit }) {
    const fields = { name: body.name, username: body.username ?? null, secrets: mergeSecrets({}, body) };
    const credential = await insertCredential(deps.database, deps.keyring, fields);
    audit.detail = { id: credential.id, name: credential.name, secrets: credential.secrets };
    return { status: 201, body: credential, headers: { Location: `/api/credentials/${credential.id}` } };
  },
  async getCredential({ deps, principal, params }) {
    const credential = await findCredential(deps.database, principal, deps.keyring, params.id);
    if (credential === null) throw notFound('credential', params.id);
    return { status: 200, body: credential };
  },
  async replaceCredential({ deps, params, body, audit }) {
    const fields = { name: body.name, username: body.username ?? null, secrets: mergeSecrets({}, body) };
    const credential = await changeCredential(deps.database, deps.keyring, params.id, () => fields);
    if (credential === null) throw notFound('credential', params.id);
    audit.detail = { id: credential.id, name: credential.name, secrets: credential.secrets };
    return { status: 200, body: credential };
  },
  async updateCredential({ deps, params, body, audit }) {
    const credential = await changeCredential(deps.database, deps.keyring, params.id, (current) => ({
      name: body.name ?? current.name,
      username: body.username === undefined ? current.username : body.username,
      secrets: mergeSecrets(current.secrets, body),
    }));
    if (credential === null) throw notFound('credential', params.id);
    audit.detail = { id: credential.id, name: credential.name, fields: Object.keys(body) };
    return { status: 200, body: credential };
  },
  async deleteCredential({ deps, params }) {
    if (!(await deleteCredential(deps.database, params.id))) throw notFound('credential', params.id);
    return { status: 204 };
  },
};
