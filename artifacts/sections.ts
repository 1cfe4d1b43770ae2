import { diffArrays } from 'diff';
import { sectionsOf, styleOf, type Section } from './section-tree.ts';

/** The search for the shortest difference of one section: past this all of it counts as replaced. */
const TIME_LIMIT_MS = 100;

export interface SectionDiff {
  /** The headers of `path` for people, with ` / ` between them; '' for what stands under no header. */
  section: string;
  /** Headers from the outermost in, as written. */
  path: string[];
  /** Lines without their indentation, in order. The header of a section that came or went is a line of what is around it. */
  added: string[];
  removed: string[];
}

/**
 * What differs between two configurations, section by section: header lines by indentation (IOS, NX-OS, EOS, XR, FRR, VRP, AOS-CX,
 * ProCurve), braces (Junos, PAN-OS), `config`/`edit` (FortiOS) or `/menu` lines (RouterOS). Inside a section the order counts: what
 * moved is both removed and added, since in an access list it is another one. Sections with nothing to tell are left out.
 */
export function diffSections(a: string, b: string): SectionDiff[] {
  if (a === b) return [];
  const style = styleOf(b.trim() === '' ? a : b);
  return compare(sectionsOf(a, style), sectionsOf(b, style), []);
}

const headOf = (item: string | Section): string => (typeof item === 'string' ? item : item.header);
/** A line and a header of the same words are not the same. */
const keyOf = (item: string | Section): string => `${typeof item === 'string' ? 'line' : 'section'} ${headOf(item)}`;

function compare(a: Section, b: Section, path: string[]): SectionDiff[] {
  const keys = [a.items.map(keyOf), b.items.map(keyOf)] as const;
  const changes = diffArrays(keys[0], keys[1], { timeout: TIME_LIMIT_MS }) ?? [
    { value: keys[0], added: false, removed: true },
    { value: keys[1], added: true, removed: false },
  ];
  const said = (which: 'added' | 'removed'): string[] =>
    changes.filter((change) => change[which]).flatMap(({ value }) => value.map((key) => key.slice(key.indexOf(' ') + 1)));
  const [added, removed] = [said('added'), said('removed')];
  const own = added.length + removed.length > 0 ? [{ section: path.join(' / '), path, added, removed }] : [];
  const inner = pairs(a, b).flatMap(([one, other]) => compare(one, other, [...path, other.header]));
  return [...own, ...inner];
}

/** The sections of both by their headers, in the order of `b`, then what only `a` has; the same header again is the next of its kind. */
function pairs(a: Section, b: Section): [Section, Section][] {
  const waiting = new Map<string, Section[]>();
  for (const one of sectionsIn(a)) {
    const same = waiting.get(one.header);
    if (same === undefined) waiting.set(one.header, [one]);
    else same.push(one);
  }
  const found = sectionsIn(b).map((other): [Section, Section] => {
    const one = waiting.get(other.header)?.shift();
    return [one ?? { header: other.header, items: [] }, other];
  });
  const gone = [...waiting.values()].flat();
  return [...found, ...gone.map((one): [Section, Section] => [one, { header: one.header, items: [] }])];
}

const sectionsIn = ({ items }: Section): Section[] => items.filter((item) => typeof item !== 'string');
