import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { AppError } from '../core/errors.ts';
import type { SecretKeys } from './secrets.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** What Temporal's samples call it, so that the Web UI and other tools take it for what it is. */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** First byte of the data, authenticated: what the sealed bytes are. */
const PLAIN = 1;
const DEFLATED = 2;
/** Below this many bytes nothing is won by compressing. */
const SMALL = 160;
/** Texts that would open to more are not compressed, and none is opened to more. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface CodecOptions {
  keys: SecretKeys;
  /** False: what is written stays readable; what was sealed before still opens. */
  seal?: boolean;
  /** Told of a payload that does not open, before the error goes to the SDK, which tries again without end. */
  onUnreadable?: (problem: AppError) => void;
}

/**
 * Temporal keeps what this makes of inputs, results, heartbeats, signals, failures, memos and summaries: compressed (deflate) where
 * that is smaller, then AES-256-GCM with a key of its own, derived from `CAIRN_SECRET_KEY`. Data: kind (1 byte), nonce (12), tag (16),
 * ciphertext of the protobuf `temporal.api.common.v1.Payload`. Payloads without our encoding pass as they are, so that what was
 * written before, or by other tools, is read.
 * `decode` throws AppError `configuration_invalid` for a payload of a key that is not there, or that was changed.
 */
export function createPayloadCodec({ keys, seal = true, onUnreadable }: CodecOptions): PayloadCodec {
  const current = deriveKey(keys.current);
  const known = new Map([...keys.previous.map(deriveKey), current].map((key) => [key.id, key]));
  const open = (payload: Payload): Payload => {
    if (textOf(payload, 'encoding') !== ENCODING) return payload;
    try {
      return openPayload(payload, known);
    } catch (error) {
      if (error instanceof AppError) onUnreadable?.(error);
      throw error;
    }
  };
  return {
    // Asynchronous by its type only: these payloads are small, and a thread would cost more than the work.
    encode: (payloads) => Promise.resolve(seal ? payloads.map((payload) => sealPayload(payload, current)) : payloads),
    async decode(payloads) {
      return payloads.map(open);
    },
  };
}

interface DerivedKey {
  /** 16 hexadecimal digits; tells nothing of the key. */
  id: string;
  key: Buffer;
}

function deriveKey(secretKey: Buffer): DerivedKey {
  const key = Buffer.from(hkdfSync('sha256', secretKey, Buffer.alloc(0), 'cairn temporal payloads', KEY_BYTES));
  return { key, id: createHash('sha256').update('cairn payload key id').update(key).digest('hex').slice(0, 16) };
}

/** A payload that is sealed already, by whomever, is sealed once more: opening undoes exactly one. */
function sealPayload(payload: Payload, { id, key }: DerivedKey): Payload {
  const plain = PayloadMessage.encode(payload).finish();
  const small = plain.length < SMALL || plain.length > MOST_BYTES ? null : deflateRawSync(plain, DEFLATE);
  const deflated = small !== null && small.length < plain.length;
  const head = Buffer.of(deflated ? DEFLATED : PLAIN);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head);
  const text = cipher.update(deflated ? small : plain);
  cipher.final();
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
    data: Buffer.concat([head, nonce, cipher.getAuthTag(), text]),
  };
}

/** A small window and little memory: setting them up is most of the time that a payload of some hundred bytes takes. */
const DEFLATE = { level: 3, windowBits: 12, memLevel: 5, strategy: constants.Z_DEFAULT_STRATEGY };

function openPayload(payload: Payload, known: ReadonlyMap<string, DerivedKey>): Payload {
  const id = textOf(payload, KEY_ID);
  const found = known.get(id);
  if (found === undefined) {
    const ids = [...known.keys()].toReversed().join(', ');
    throw new AppError(
      'configuration_invalid',
      `Temporal holds data that was encrypted with key ${id || '(none)'}, but CAIRN_SECRET_KEY and CAIRN_SECRET_KEY_PREVIOUS are ${ids}: add the key it was encrypted with to CAIRN_SECRET_KEY_PREVIOUS.`,
    );
  }
  const data = Buffer.from(payload.data ?? []);
  try {
    const kind = data[0];
    if (kind !== PLAIN && kind !== DEFLATED) throw new Error(`kind ${kind}`);
    const tag = data.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const nonce = data.subarray(1, 1 + NONCE_BYTES);
    const cipher = createDecipheriv('aes-256-gcm', found.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(data.subarray(0, 1)).setAuthTag(tag);
    const text = cipher.update(data.subarray(1 + NONCE_BYTES + TAG_BYTES));
    cipher.final();
    const plain = kind === DEFLATED ? inflateRawSync(text, { maxOutputLength: MOST_BYTES }) : text;
    const { metadata, data: opened } = PayloadMessage.decode(plain);
    return { metadata, data: opened };
  } catch (cause) {
    throw new AppError('configuration_invalid', 'Data in Temporal does not open: it was changed outside Cairn.', { cause });
  }
}

function textOf({ metadata }: Payload, name: string): string {
  const value = metadata?.[name];
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}
