import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { OidcSettings } from '../../../runtime/config.ts';
import { startApi, type Answered, type TestApi } from '../harness.ts';
import { AUDIENCE, startIssuer, type Issuer } from './issuer.ts';

export interface Me {
  name: string;
  role: string;
  groups: { name: string }[] | null;
  user: { id: string } | null;
  via: string;
  expires_at: string;
}

interface OidcLab {
  issuer: Issuer;
  api: TestApi;
  settings: OidcSettings;
}

/** An issuer and an API that believes it, set up before the tests of a file. */
export function useOidcLab() {
  const lab = {} as OidcLab;
  beforeAll(async () => {
    lab.issuer = await startIssuer();
    lab.settings = {
      issuer: lab.issuer.url,
      audience: AUDIENCE,
      jwksUrl: null,
      roleClaim: 'realm_access.roles',
      roles: new Map([
        ['noc', 'operator'],
        ['noc-admins', 'admin'],
        ['staff', 'viewer'],
      ]),
      groupsClaim: 'sites',
      nameClaim: 'preferred_username',
      createUsers: true,
    };
    lab.api = await startApi({ oidc: lab.settings });
    for (const name of ['berlin', 'paris'])
      await lab.api.send('POST', '/api/collection-groups', { body: { name, queue_id: name } });
  });
  afterAll(async () => {
    await lab.api?.stop();
    await lab.issuer?.stop();
  });
  beforeEach(() => {
    lab.issuer.fail(null);
  });
  const me = (token: string): Promise<Answered<Me>> =>
    lab.api.send<Me>('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } });
  return { lab, me };
}

/** Claims of somebody new. */
export const person = (claims: JWTPayload = {}): JWTPayload => ({
  sub: randomUUID(),
  preferred_username: `u-${randomUUID().slice(0, 8)}x`,
  realm_access: { roles: ['noc'] },
  sites: ['berlin'],
  ...claims,
});
