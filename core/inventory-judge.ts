import { TRANSPORTS, type TransportName } from './device.ts';
import { hostProblem, portOf, type RuleSet, type SourceRecord } from './inventory.ts';

/** What an inventory says of a device. */
export interface WantedDevice {
  name: string;
  host: string;
  port: number;
  platform: string;
  transport: TransportName;
  site: string | null;
  /** Sorted, without doubles. */
  tags: string[];
  credential_id: string | null;
  collection_group_id: string | null;
  external_id: string | null;
}

export const WANTED_FIELDS = [
  'name',
  'host',
  'port',
  'platform',
  'transport',
  'site',
  'tags',
  'credential_id',
  'collection_group_id',
  'external_id',
] as const satisfies (keyof WantedDevice)[];

/** What the names in a record may mean. */
export interface Known {
  /** The platform of Cairn that a source means; null for none. */
  platform(text: string): string | null;
  /** Ids by name, and by id itself. */
  credentials: ReadonlyMap<string, string>;
  groups: ReadonlyMap<string, string>;
}

/** A device of which the source does not say what it runs: that is found out at the first login. */
const UNKNOWN_PLATFORM = 'auto';
const CONTROL = /[\u0000-\u001f\u007f]/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MOST_TAGS = 100;

/**
 * The device that a record and its rule mean, or what is wrong with it. What neither tells stays as `current` has it; so a
 * platform found at the login, a port, a credential or a group that people gave stay.
 */
export function judgeRecord(
  record: SourceRecord,
  rule: RuleSet | null,
  known: Known,
  current: WantedDevice | null,
): WantedDevice | { problem: string } {
  const transport = rule?.transport ?? record.transport ?? current?.transport ?? 'ssh';
  if (!isTransport(transport)) return { problem: `the transport "${transport}" is none of ${TRANSPORTS.join(', ')}` };
  const { host } = record;
  if (host === null) return { problem: 'it has no address' };
  const told = rule?.port ?? record.port ?? (transport === 'ssh' && current?.transport === 'ssh' ? current.port : null);
  const port = told ?? portOf(transport, host);
  const platform = platformOf(record, rule, known, current);
  const credential = refer(rule?.credential, record.credential, known.credentials, current?.credential_id);
  const group = refer(rule?.collection_group, record.collection_group, known.groups, current?.collection_group_id);
  const tags = [...new Set([...record.tags, ...(rule?.tags ?? [])])].toSorted();
  const problem =
    textProblem('name', record.name, 255) ??
    (UUID.test(record.name) ? `the name "${record.name}" looks like an id` : null) ??
    hostProblem(transport, host) ??
    (Number.isInteger(port) && port >= 1 && port <= 65_535 ? null : `the port ${port} is none`) ??
    (transport === 'http' && port !== portOf('http', host) ? `the port ${port} is not that of its base URL` : null) ??
    (platform === null ? `Cairn has no platform for "${record.platform}": a rule may set one` : null) ??
    (credential === undefined ? `there is no credential "${rule?.credential ?? record.credential}"` : null) ??
    (group === undefined ? `there is no collection group "${rule?.collection_group ?? record.collection_group}"` : null) ??
    (record.site === null ? null : textProblem('site', record.site, 255)) ??
    (record.external_id === null ? null : textProblem('external_id', record.external_id, 255)) ??
    tagsProblem(tags);
  if (problem !== null) return { problem };
  return {
    name: record.name,
    host,
    port,
    platform: platform ?? UNKNOWN_PLATFORM,
    transport,
    site: record.site,
    tags,
    credential_id: credential ?? null,
    collection_group_id: group ?? null,
    external_id: record.external_id ?? current?.external_id ?? null,
  };
}

function isTransport(text: string): text is TransportName {
  return (TRANSPORTS as readonly string[]).includes(text);
}

function platformOf(record: SourceRecord, rule: RuleSet | null, known: Known, current: WantedDevice | null): string | null {
  if (rule?.platform !== undefined) return rule.platform;
  if (record.platform === null) return current?.platform ?? UNKNOWN_PLATFORM;
  return known.platform(record.platform);
}

/** The id that a name stands for; undefined where there is none. */
function refer(
  rule: string | null | undefined,
  record: string | null,
  known: ReadonlyMap<string, string>,
  current: string | null | undefined,
): string | null | undefined {
  if (rule === null) return null;
  const name = rule ?? record;
  return name === null ? (current ?? null) : known.get(name);
}

function tagsProblem(tags: string[]): string | null {
  if (tags.length > MOST_TAGS) return `it has ${tags.length} tags; at most ${MOST_TAGS} are possible`;
  const wrong = tags.find((tag) => /[,;]/.test(tag) || textProblem('tag', tag, 100) !== null);
  return wrong === undefined
    ? null
    : `the tag "${wrong.slice(0, 100)}" is empty, too long, or holds a comma, a semicolon or a control character`;
}

function textProblem(what: string, text: string, longest: number): string | null {
  if (text.trim() === '') return `its ${what} is empty`;
  if (text.length > longest) return `its ${what} is longer than ${longest} characters`;
  return CONTROL.test(text) || !text.isWellFormed() ? `its ${what} holds a control character` : null;
}
