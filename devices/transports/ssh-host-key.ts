import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';

/** Any public key: what is wanted is the object that ssh2 keeps the methods of all its keys in. */
const SAMPLE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

type Verify = ParsedKey['verify'];

/**
 * Has ssh2 check signatures of Ed25519 and RSA host keys without PEM in between, which OpenSSL 3 takes longer to read than the check
 * itself takes: 93 instead of 146 µs for Ed25519, 37 instead of 135 for RSA with 2,048 bits (docs/performance.md). All else, and a
 * key that Node does not take, goes the way of ssh2, so what is accepted stays the same. Does nothing the second time.
 */
export function verifyWithoutPem(): void {
  const sample = ssh2.utils.parseKey(SAMPLE);
  if (sample instanceof Error) throw sample;
  const methods: { verify: Verify & { ofSsh2?: Verify } } = Object.getPrototypeOf(sample);
  if (methods.verify.ofSsh2 !== undefined) return;
  const ofSsh2 = methods.verify;
  const quick: Verify = function (this: ParsedKey, data, signature, algo) {
    const jwk = jwkOf(this);
    if (jwk !== null) {
      // As ssh2 has it: with RSA that names no hash, SHA-1.
      const hash = this.type === 'ssh-ed25519' ? null : algo || 'sha1';
      try {
        const key = createPublicKey({ key: jwk, format: 'jwk' });
        return verify(hash, typeof data === 'string' ? Buffer.from(data) : data, key, signature);
      } catch {
        // What is wrong with it is for ssh2 to say.
      }
    }
    return ofSsh2.call(this, data, signature, algo);
  };
  methods.verify = Object.assign(quick, { ofSsh2 });
}

/** Null for a key that the way of ssh2 is as good for. */
function jwkOf(key: ParsedKey): JsonWebKey | null {
  if (key.type !== 'ssh-ed25519' && key.type !== 'ssh-rsa') return null;
  const [, first, second] = fields(key.getPublicSSH());
  if (first === undefined) return null;
  if (key.type === 'ssh-ed25519') return { kty: 'OKP', crv: 'Ed25519', x: first.toString('base64url') };
  return second === undefined ? null : { kty: 'RSA', e: unsigned(first), n: unsigned(second) };
}

/** The strings of the public key blob (RFC 4253, section 6.6): the type, then what the type has. */
function fields(blob: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length;) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) break;
    found.push(blob.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** A number of SSH has a zero byte before a high bit; one of a JWK has none. */
function unsigned(number: Buffer): string {
  let start = 0;
  while (start < number.length - 1 && number[start] === 0) start += 1;
  return number.subarray(start).toString('base64url');
}
