/** Each role may do what the ones before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export function roleAllows(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}

/** The one of the two that allows less. */
export function lesserRole(a: Role, b: Role): Role {
  return roleAllows(a, b) ? b : a;
}
