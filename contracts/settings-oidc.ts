import { rolesOf, secureUrl, setting, text, yesNo } from './setting-values.ts';

/** Whose bearer tokens are accepted besides those of Cairn, and what their claims mean. */
export const OIDC_SETTINGS = {
  CAIRN_OIDC_ISSUER: setting({
    schema: secureUrl,
    must: 'the https:// address of the issuer (http:// only to this host), as its tokens name it',
    about: 'OIDC issuer whose bearer tokens (JWT) are accepted; see docs/howto/sign-in-with-oidc.md',
    default: null,
  }),
  CAIRN_OIDC_AUDIENCE: setting({
    schema: text,
    must: 'a text',
    about: 'What the `aud` of these tokens must hold; needed with CAIRN_OIDC_ISSUER',
    default: null,
  }),
  CAIRN_OIDC_JWKS_URL: setting({
    schema: secureUrl,
    must: 'an https:// address (http:// only to this host)',
    about: 'Keys of the issuer; found by its /.well-known/openid-configuration if unset',
    default: null,
  }),
  CAIRN_OIDC_ROLE_CLAIM: setting({
    schema: text,
    must: 'the name of a claim',
    about: 'Claim that gives the role; dots lead into objects (realm_access.roles)',
    default: 'roles',
  }),
  CAIRN_OIDC_ROLES: setting({
    schema: rolesOf,
    must: 'pairs like noc-admins=admin separated by commas, each role one of viewer, operator, admin',
    about: 'What the values of that claim mean (value=role, comma-separated); the highest counts',
    default: 'viewer=viewer,operator=operator,admin=admin',
  }),
  CAIRN_OIDC_GROUPS_CLAIM: setting({
    schema: text,
    must: 'the name of a claim',
    about: 'Claim that names the collection groups whose devices may be seen, `*` for all; all may be if unset',
    default: null,
  }),
  CAIRN_OIDC_NAME_CLAIM: setting({
    schema: text,
    must: 'the name of a claim',
    about: 'Claim that names a user at the first sign-in',
    default: 'preferred_username',
  }),
  CAIRN_OIDC_CREATE_USERS: setting({
    schema: yesNo,
    must: 'true or false',
    about: 'A subject that is unknown becomes a user at the first sign-in, if it has a role',
    default: 'true',
  }),
} as const;
