import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/**
 * Cheapest first: a login with P-256, AES-GCM and Ed25519 costs less than half of one with group14 and RSA. X25519 is the faster
 * curve, but Node wants its keys as DER, which makes it 0.13 ms dearer on each side (docs/performance.md).
 */
const KEX: KexAlgorithm[] = [
  'ecdh-sha2-nistp256',
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group-exchange-sha256',
];
const CIPHERS: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];
const HOST_KEYS: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-256',
  'rsa-sha2-512',
];
const MACS: MacAlgorithm[] = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'];

export const MODERN: Algorithms = { kex: KEX, cipher: CIPHERS, serverHostKey: HOST_KEYS, hmac: MACS, compress: ['none'] };

/** What old network gear needs besides; behind everything else, so that it is taken only where nothing better is offered. */
export const LEGACY: Algorithms = {
  kex: [...KEX, 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
  cipher: [...CIPHERS, 'aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc'],
  serverHostKey: [...HOST_KEYS, 'ssh-rsa'],
  hmac: [...MACS, 'hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-md5'],
  compress: ['none'],
};
