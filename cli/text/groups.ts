import { cellText } from './table.ts';

type Groups = readonly { id: string; name: string | null }[] | null;

/** Whose devices may be seen, for people. A deleted group shows nothing. */
export function groupsText(groups: Groups): string {
  if (groups === null) return 'all devices';
  return groups.length === 0 ? 'no devices' : groups.map(({ id, name }) => cellText(name ?? `(deleted ${id})`)).join(', ');
}

/** What `--groups` says: `all` is null, `none` is no group; undefined where it was not given. */
export function groupsOf(given: readonly string[] | undefined): string[] | null | undefined {
  const names = given?.flatMap((text) => text.split(',')).map((name) => name.trim());
  if (names === undefined) return undefined;
  if (names.length === 1 && names[0] === 'all') return null;
  return names.length === 1 && names[0] === 'none' ? [] : names.filter((name) => name !== '');
}
