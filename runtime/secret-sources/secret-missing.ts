/** The longest secret, as for those that are stored. */
export const MOST_BYTES = 64 * 1024;

/** Why a secret could not be had, for people; it never holds one. */
export class SecretMissing extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'SecretMissing';
  }
}
