import { SECRET_NAMES, type Credential, type SecretName } from './device.ts';

/** A secret that is kept outside Cairn: where a worker finds it just before a login. */
export type SecretReference =
  | { from: 'env'; name: string }
  | { from: 'file'; path: string }
  | { from: 'vault'; path: string; field: string };

/** A credential as it is kept: each secret is a value or a reference. */
export type StoredCredential = Omit<Credential, SecretName> & { [S in SecretName]: string | SecretReference | null };

export function isReference(secret: string | SecretReference | null | undefined): secret is SecretReference {
  return typeof secret === 'object' && secret !== null;
}

/** The references of a credential by the secret that each stands for. */
export function referencesOf(secrets: { [S in SecretName]?: string | SecretReference | null }): [SecretName, SecretReference][] {
  return SECRET_NAMES.flatMap((name) => {
    const secret = secrets[name];
    return isReference(secret) ? [[name, secret] as [SecretName, SecretReference]] : [];
  });
}

/** As messages name it; never a value. */
export function referenceText(reference: SecretReference): string {
  if (reference.from === 'env') return `environment variable ${reference.name}`;
  if (reference.from === 'file') return `file ${reference.path}`;
  return `Vault path ${reference.path}, field ${reference.field}`;
}
