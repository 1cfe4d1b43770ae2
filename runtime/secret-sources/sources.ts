import { NO_CREDENTIAL, SECRET_NAMES, type Credential } from '../../core/device.ts';
import {
  isReference,
  referencesOf,
  referenceText,
  type SecretReference,
  type StoredCredential,
} from '../../core/secret-reference.ts';
import type { SecretSourceSettings } from '../config.ts';
import { readSecretFile } from './file.ts';
import { SecretMissing, MOST_BYTES } from './secret-missing.ts';
import { createVault, type Vault } from './vault.ts';

/** Where secrets that are kept outside Cairn come from. */
export interface SecretSources {
  /**
   * The credential with the value of each reference, or what a person is to be told of the one that has none: it names the
   * reference, never a value. Never store or log what this returns.
   */
  resolve(stored: StoredCredential): Promise<{ credential: Credential } | { problem: string }>;
  /** To be called once a device refused what `resolve` gave: the next one reads it anew. */
  forget(stored: StoredCredential): void;
}

/** `vault` is for tests. */
export function createSecretSources(settings: SecretSourceSettings, vault: Vault = createVault(settings.vault)): SecretSources {
  async function read(reference: SecretReference): Promise<string> {
    const value = await readFrom(reference);
    if (value === '') throw new SecretMissing('it is empty');
    if (Buffer.byteLength(value) > MOST_BYTES) throw new SecretMissing(`it is longer than ${MOST_BYTES} bytes`);
    return value;
  }

  async function readFrom(reference: SecretReference): Promise<string> {
    if (reference.from === 'vault') return vault.read(reference.path, reference.field);
    if (reference.from === 'file') return readSecretFile(settings.folders, reference.path);
    const value = Object.hasOwn(settings.environment, reference.name) ? settings.environment[reference.name] : undefined;
    if (value === undefined) throw new SecretMissing('it is not set where the worker runs');
    return value;
  }

  return {
    async resolve(stored) {
      const credential: Credential = { ...NO_CREDENTIAL, username: stored.username };
      for (const name of SECRET_NAMES) {
        const secret = stored[name];
        try {
          credential[name] = isReference(secret) ? await read(secret) : secret;
        } catch (error) {
          if (!(error instanceof SecretMissing) || !isReference(secret)) throw error;
          return {
            problem: `the ${name.replaceAll('_', ' ')} of the credential cannot be read from ${referenceText(secret)}: ${error.message}`,
          };
        }
      }
      return { credential };
    },
    forget(stored) {
      for (const [, reference] of referencesOf(stored)) if (reference.from === 'vault') vault.forget(reference.path);
    },
  };
}
