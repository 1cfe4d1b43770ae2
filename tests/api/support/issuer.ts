import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

export const AUDIENCE = 'cairn';

/** An OIDC issuer on loopback: its configuration, its keys, and tokens that it signs. */
export interface Issuer {
  url: string;
  /** Requests for its keys so far. */
  asked(): number;
  /** A token of `sub` with the claims; `iss`, `aud`, `iat`, `exp` are right unless told. `undefined` removes one. */
  sign(claims: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
  /** The public key as PEM. */
  publicKey(): Promise<string>;
  /** Signs with a new key from now on, and shows that one only. */
  rotate(): Promise<void>;
  /** Answers every request with this status; null: as it should. */
  fail(status: number | null): void;
  stop(): Promise<void>;
}

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

export const seconds = (): number => Math.floor(Date.now() / 1000);

export async function startIssuer(alg: 'RS256' | 'ES256' = 'ES256'): Promise<Issuer> {
  let count = 0;
  let asked = 0;
  let failing: number | null = null;
  const make = async (): Promise<Key> => ({ kid: `key-${(count += 1)}`, ...(await generateKeyPair(alg, { extractable: true })) });
  let key = await make();
  const server: Server = createServer((request, response) => {
    void answer(request.url ?? '').then(
      ([status, body]) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  async function answer(path: string): Promise<[number, unknown]> {
    if (failing !== null) return [failing, {}];
    if (path === '/.well-known/openid-configuration') return [200, { issuer: url, jwks_uri: `${url}/keys` }];
    if (path !== '/keys') return [404, {}];
    asked += 1;
    return [200, { keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, alg, use: 'sig' }] }];
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked: () => asked,
    sign: (claims, header = {}) => {
      const whole = { iss: url, aud: AUDIENCE, iat: seconds(), exp: seconds() + 300, ...claims };
      return new SignJWT(whole).setProtectedHeader({ alg, kid: key.kid, ...header }).sign(key.privateKey);
    },
    publicKey: () => exportSPKI(key.publicKey),
    async rotate() {
      key = await make();
    },
    fail(status) {
      failing = status;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
