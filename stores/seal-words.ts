import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /<encrypted:([0-9a-f]{16}):([\w-]+)>/g;

/** Seals single secrets inside a text, so that the rest of it stays readable and comparable. */
export interface WordSeal {
  /** `<encrypted:<key id>:<base64url>>`. The same secret gives the same word: an unchanged one makes no difference between versions. */
  seal(secret: string): string;
  /** The text with every word that this key sealed opened again; what another key sealed stays as it is. */
  open(text: string): string;
}

/** AES-256-GCM with a nonce drawn from key and secret. `key` is 32 bytes (`CAIRN_SECRET_KEY`). */
export function createWordSeal(key: Buffer): WordSeal {
  const derived = createHmac('sha256', key).update('cairn configuration secrets').digest();
  const keyId = createHash('sha256').update('cairn word key id').update(derived).digest('hex').slice(0, 16);
  return {
    seal(secret) {
      const nonce = createHmac('sha256', derived).update(secret).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derived, nonce);
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `<encrypted:${keyId}:${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}>`;
    },
    open(text) {
      return text.replace(SEALED, (whole, id: string, word: string) => {
        const box = Buffer.from(word, 'base64url');
        if (id !== keyId || box.length < NONCE_BYTES + TAG_BYTES) return whole;
        try {
          const cipher = createDecipheriv('aes-256-gcm', derived, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
          cipher.setAuthTag(box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
          return cipher.update(box.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + cipher.final('utf8');
        } catch {
          // Typed by somebody on the device, or changed in the store: shown as it is.
          return whole;
        }
      });
    },
  };
}
