import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /<encrypted:([0-9a-f]{16}):([\w-]+)>/g;

/** Seals single secrets inside a text, so that the rest of it stays readable and comparable. */
export interface WordSeal {
  /** `<encrypted:<key id>:<base64url>>`. The same secret gives the same word: an unchanged one makes no difference between versions. */
  seal(secret: string): string;
  /** The text with every word that one of the keys sealed opened again; what another key sealed stays as it is. */
  open(text: string): string;
}

interface WordKey {
  id: string;
  derived: Buffer;
}

function wordKey(key: Buffer): WordKey {
  const derived = createHmac('sha256', key).update('cairn configuration secrets').digest();
  return { derived, id: createHash('sha256').update('cairn word key id').update(derived).digest('hex').slice(0, 16) };
}

/**
 * AES-256-GCM with a nonce drawn from key and secret. Keys are 32 bytes: `key` (`CAIRN_SECRET_KEY`) seals and opens, `previous` ones
 * (`CAIRN_SECRET_KEY_PREVIOUS`) only open.
 */
export function createWordSeal(key: Buffer, previous: readonly Buffer[] = []): WordSeal {
  const { id: keyId, derived } = wordKey(key);
  const keys = new Map([...previous, key].map(wordKey).map((one) => [one.id, one.derived]));
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
        const opener = keys.get(id);
        if (opener === undefined || box.length < NONCE_BYTES + TAG_BYTES) return whole;
        try {
          const cipher = createDecipheriv('aes-256-gcm', opener, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
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
