import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AppError } from '../core/errors.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets for the database: AES-256-GCM. A box holds version (1 byte), nonce (12), tag (16), ciphertext. */
export interface Keyring {
  /** Of the key that seals. */
  keyId: string;
  /** `context` (the id of the row) is authenticated: a box moved to another row does not open. */
  seal(secrets: Readonly<Record<string, string>>, context: string): { sealed: Buffer; key_id: string };
  /** @throws AppError `configuration_invalid` where the box was sealed with a key that is not here, or was changed. */
  open(box: { sealed: Uint8Array; key_id: string }, context: string): Record<string, string>;
}

const idOf = (key: Buffer): string => createHash('sha256').update('cairn key id').update(key).digest('hex').slice(0, 16);

/** Keys are 32 bytes: `key` (`CAIRN_SECRET_KEY`) seals and opens, `previous` ones (`CAIRN_SECRET_KEY_PREVIOUS`) only open. */
export function createKeyring(key: Buffer, previous: readonly Buffer[] = []): Keyring {
  const keyId = idOf(key);
  const keys = new Map([...previous, key].map((one) => [idOf(one), one]));
  return {
    keyId,
    seal(secrets, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
      return { sealed: Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), text]), key_id: keyId };
    },
    open({ sealed, key_id }, context) {
      const opener = keys.get(key_id);
      if (opener === undefined)
        throw new AppError(
          'configuration_invalid',
          `Secrets were sealed with key ${key_id}, but CAIRN_SECRET_KEY is key ${keyId} and CAIRN_SECRET_KEY_PREVIOUS does not hold it either.`,
        );
      const box = Buffer.from(sealed);
      try {
        if (box[0] !== VERSION) throw new Error(`box version ${box[0]}`);
        const nonce = box.subarray(1, 1 + NONCE_BYTES);
        const tag = box.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
        const cipher = createDecipheriv('aes-256-gcm', opener, nonce, { authTagLength: TAG_BYTES });
        cipher.setAAD(Buffer.from(context)).setAuthTag(tag);
        const text = Buffer.concat([cipher.update(box.subarray(1 + NONCE_BYTES + TAG_BYTES)), cipher.final()]);
        const secrets: Record<string, string> = JSON.parse(text.toString('utf8'));
        return secrets;
      } catch (cause) {
        throw new AppError('configuration_invalid', 'Sealed secrets do not open: the row was changed outside Cairn.', { cause });
      }
    },
  };
}
