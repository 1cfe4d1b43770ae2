export const TRANSPORTS = ['ssh', 'http'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** What it takes to reach one device. Secrets are in `Credential`, read separately and never stored with it. */
export interface Device {
  id: string;
  name: string;
  /** Address or name; for `http` the base URL of the device API. */
  host: string;
  port: number;
  platform: string;
  transport: TransportName;
  /** The id that the device API uses for it (`http` only); the name where null. */
  external_id: string | null;
}

/** Decrypted, held in memory only while a session needs it. */
export interface Credential {
  username: string | null;
  password: string | null;
  private_key: string | null;
  passphrase: string | null;
  enable_password: string | null;
  token: string | null;
}

/** One with nothing in it. */
export const NO_CREDENTIAL: Credential = {
  username: null,
  password: null,
  private_key: null,
  passphrase: null,
  enable_password: null,
  token: null,
};

/** The parts of a credential that are secret. */
export const SECRET_NAMES = [
  'password',
  'private_key',
  'passphrase',
  'enable_password',
  'token',
] as const satisfies (keyof Credential)[];
export type SecretName = (typeof SECRET_NAMES)[number];
