import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

const KEY_TYPE = 'ssh-ed25519';
/** PKCS #8 header of an Ed25519 private key (RFC 8410, section 7); the 32 bytes of the seed follow. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

const field = (data: Buffer | string): Buffer => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const secretOf = (seed: string): Buffer => createHash('sha256').update(seed).digest();
const keyOf = (secret: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, secret]), format: 'der', type: 'pkcs8' });

/**
 * An unencrypted OpenSSH private key (format: PROTOCOL.key of OpenSSH), Ed25519, the same for the same text: a simulator that is
 * started again shows the same host key.
 */
export function privateKey(seed: string): string {
  const secret = secretOf(seed);
  const key = keyOf(secret);
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const point = spki.subarray(spki.length - 32);
  const publicBlob = Buffer.concat([field(KEY_TYPE), field(point)]);
  const check = secret.subarray(0, 4);
  const body = Buffer.concat([
    check,
    check,
    field(KEY_TYPE),
    field(point),
    field(Buffer.concat([secret, point])),
    field('cairn-simulator'),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, index) => index + 1));
  const count = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    count,
    field(publicBlob),
    field(Buffer.concat([body, padding])),
  ]);
  const lines = blob.toString('base64').replace(/(.{70})/g, '$1\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.trimEnd()}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/**
 * The same key for a server. ssh2 reads its text anew for every signature, which is a fifth of the cost of a session; this one signs
 * with what was read once. A server takes a parsed key only as the `key` of an object.
 */
export function hostKey(seed: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(privateKey(seed));
  if (parsed instanceof Error) throw parsed;
  const key = keyOf(secretOf(seed));
  parsed.sign = (data) => sign(null, Buffer.from(data), key);
  return Object.assign(parsed, { key: parsed });
}
