import type { CollectOptions } from './collect.ts';

/** Texts of devices go into messages, and a device may repeat what was typed, or send noise. */
export function secretsOf({ credential, jump }: Pick<CollectOptions, 'credential' | 'jump'>): string[] {
  return [credential, ...(jump === null ? [] : [jump.credential])]
    .flatMap((one) => [one.password, one.private_key, one.passphrase, one.enable_password, one.token])
    .filter((secret): secret is string => secret !== null && secret.length >= 3);
}

/** Secrets become `***`, control characters `?`. */
export function withoutSecrets(text: string, secrets: string[]): string {
  return secrets.reduce((all, secret) => all.replaceAll(secret, '***'), text).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');
}
