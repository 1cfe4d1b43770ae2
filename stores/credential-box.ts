import { SECRET_NAMES, type SecretName } from '../core/device.ts';
import { isReference, type SecretReference } from '../core/secret-reference.ts';

/** The secrets that are set: each a value, or where it is kept outside Cairn. */
export type Secrets = Partial<Record<SecretName, string | SecretReference>>;

/** Before the name of a secret whose text in the box is a reference; no text of a secret is ever taken for one. */
const REFERENCE = 'reference:';

/** What is sealed: secrets by name, references as JSON. */
export function boxOf(secrets: Secrets): Record<string, string> {
  const texts = SECRET_NAMES.flatMap((name): [string, string][] => {
    const secret = secrets[name];
    if (secret === undefined) return [];
    return isReference(secret) ? [[`${REFERENCE}${name}`, JSON.stringify(secret)]] : [[name, secret]];
  });
  return Object.fromEntries(texts);
}

export function secretsOf(box: Readonly<Record<string, string>>): Secrets {
  const secrets: Secrets = {};
  for (const name of SECRET_NAMES) {
    const reference = box[`${REFERENCE}${name}`];
    const value = reference === undefined ? box[name] : parsed(reference);
    if (value !== undefined) secrets[name] = value;
  }
  return secrets;
}

/** Checked when it came, and sealed since. */
function parsed(text: string): SecretReference {
  const reference: SecretReference = JSON.parse(text);
  return reference;
}
