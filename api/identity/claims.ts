import type { JWTPayload } from 'jose';
import { ROLES, type Role } from '../../core/roles.ts';
import type { OidcSettings } from '../../runtime/config.ts';

/** What a token of the issuer says, its signature and times being right. */
export interface Claims {
  issuer: string;
  subject: string;
  /** Not checked for what a name may be. */
  name: string | null;
  email: string | null;
  /** null: no claim gives one. */
  role: Role | null;
  /** Names or ids of collection groups; null = all devices. */
  groups: string[] | null;
  /** Epoch milliseconds; null where it does not tell. */
  issuedAt: number | null;
  /** RFC 3339. */
  expiresAt: string;
}

type Wanted = Pick<OidcSettings, 'roleClaim' | 'roles' | 'groupsClaim' | 'nameClaim'>;

const MOST_VALUES = 1000;
const ALL = '*';

export function readClaims(payload: JWTPayload, wanted: Wanted): Claims {
  const { iss = '', sub = '', iat, exp = 0 } = payload;
  const email = claimAt(payload, 'email');
  const name = claimAt(payload, wanted.nameClaim);
  return {
    issuer: iss,
    subject: sub,
    name: typeof name === 'string' ? name : null,
    email: typeof email === 'string' && isLine(email) ? email : null,
    role: roleOf(claimAt(payload, wanted.roleClaim), wanted.roles),
    groups: wanted.groupsClaim === null ? null : groupsOf(claimAt(payload, wanted.groupsClaim)),
    issuedAt: typeof iat === 'number' ? iat * 1000 : null,
    expiresAt: new Date(exp * 1000).toISOString(),
  };
}

/** The claim of that name, or where the dots of the name lead (`realm_access.roles`). */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  return path.split('.').reduce<unknown>((value, key) => {
    const entry = typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key) : undefined;
    return entry?.[1];
  }, payload);
}

/** The highest of the roles that the values stand for; one text may hold several with blanks between. */
function roleOf(value: unknown, roles: ReadonlyMap<string, Role>): Role | null {
  const values = typeof value === 'string' ? [value, ...value.split(' ')] : textsOf(value);
  const held = values.map((one) => roles.get(one));
  return ROLES.findLast((role) => held.includes(role)) ?? null;
}

/** A claim that is missing, or no list of texts, opens nothing. */
function groupsOf(value: unknown): string[] | null {
  const names = typeof value === 'string' ? [value] : textsOf(value);
  return names.includes(ALL) ? null : names.filter(isLine);
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.slice(0, MOST_VALUES).filter((one) => typeof one === 'string') : [];

/** What PostgreSQL and a log line can hold. */
export const isLine = (text: string): boolean =>
  text.length > 0 && text.length <= 255 && text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
