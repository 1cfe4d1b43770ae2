import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyWithoutPem } from '../../../devices/transports/ssh-host-key.ts';

type Verify = (data: Buffer | string, signature: Buffer, algo?: string) => boolean | Error;

/** Its name in SSH, the private key, and the hash that is signed with, as ssh2 names it to `verify`. */
const KEYS: [name: string, make: () => { privateKey: KeyObject; publicKey: KeyObject }, hash: string | undefined][] = [
  ['ssh-ed25519', () => generateKeyPairSync('ed25519'), undefined],
  ['ssh-rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
  ['ssh-rsa', () => generateKeyPairSync('rsa', { modulusLength: 3072 }), 'sha512'],
  ['ssh-rsa', () => generateKeyPairSync('rsa', { modulusLength: 1024 }), undefined],
  ['ecdsa-sha2-nistp256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256'],
  ['ecdsa-sha2-nistp384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384'],
];

beforeAll(() => {
  verifyWithoutPem();
  verifyWithoutPem();
});

describe.each(KEYS)('%s', (name, make, hash) => {
  const { privateKey, publicKey } = make();
  const key = parsed(name, publicKey);
  const data = randomBytes(32);
  const signed = sign(name === 'ssh-ed25519' ? null : (hash ?? 'sha1'), data, privateKey);

  test('its signature is good, and nothing else is', () => {
    expect(key.verify(data, signed, hash)).toBe(true);
    const changed = Buffer.from(signed);
    changed[changed.length - 1]! ^= 1;
    for (const bad of [
      changed,
      signed.subarray(1),
      Buffer.alloc(0),
      Buffer.concat([signed, signed]),
      Buffer.alloc(signed.length),
    ]) {
      expect(key.verify(data, bad, hash)).not.toBe(true);
    }
    expect(key.verify(randomBytes(32), signed, hash)).toBe(false);
    expect(parsed(name, make().publicKey).verify(data, signed, hash)).toBe(false);
  });

  test('ssh2 by itself says the same', () => {
    const { ofSsh2 } = key.verify as Verify & { ofSsh2: Verify };
    for (const text of [data, randomBytes(32)]) {
      for (const signature of [signed, randomBytes(signed.length)]) {
        expect(key.verify(text, signature, hash)).toEqual(ofSsh2.call(key, text, signature, hash));
      }
    }
    expect(key.verify('a text', signed, hash)).toBe(false);
    // A hash that there is not is an error that is given back, and never thrown in the midst of a login.
    if (name !== 'ssh-ed25519') expect(key.verify(data, signed, 'no-such-hash')).toBeInstanceOf(Error);
  });
});

/** The key as ssh2 reads it from the blob that a device shows. */
function parsed(name: string, key: KeyObject): { verify: Verify } {
  const jwk = key.export({ format: 'jwk' });
  const bytes = (field: 'x' | 'y' | 'n' | 'e'): Buffer => Buffer.from(jwk[field] ?? '', 'base64url');
  const parts =
    name === 'ssh-ed25519'
      ? [bytes('x')]
      : name === 'ssh-rsa'
        ? [mpint(bytes('e')), mpint(bytes('n'))]
        : [Buffer.from(name.slice('ecdsa-sha2-'.length)), Buffer.concat([Buffer.from([4]), bytes('x'), bytes('y')])];
  const blob = Buffer.concat([Buffer.from(name), ...parts].flatMap((part) => [length(part), part]));
  const [read] = [ssh2.utils.parseKey(`${name} ${blob.toString('base64')}`)].flat();
  if (read === undefined || read instanceof Error) throw read ?? new Error('no key');
  return read;
}

function length(part: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(part.length);
  return bytes;
}

const mpint = (number: Buffer): Buffer => (number[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number);
