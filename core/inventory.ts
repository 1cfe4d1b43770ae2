import type { TransportName } from './device.ts';

/** Where devices may come from. */
export const SOURCE_TYPES = ['csv', 'http_json', 'netbox', 'nautobot'] as const;
export type SourceType = (typeof SOURCE_TYPES)[number];

/** One device as a source tells it: text as it stands there, trimmed; null and `[]` are "not told". */
export interface SourceRecord {
  /** The id of the device in the source; never changes there. */
  key: string;
  name: string;
  /** Address or host name; for `http` the base URL of the device API. */
  host: string | null;
  port: number | null;
  transport: string | null;
  /** What the source calls it: a slug, a network driver, or a name of Cairn's. */
  platform: string | null;
  site: string | null;
  role: string | null;
  tenant: string | null;
  /** In lower case, e.g. `active`. */
  status: string | null;
  tags: string[];
  /** Names or ids of Cairn's. */
  credential: string | null;
  collection_group: string | null;
  /** The id that the device API uses for the device. */
  external_id: string | null;
}

/** A record that cannot be used. With its `key` (or `name`) known, its device stays as it is. */
export interface SourceProblem {
  key: string | null;
  /** As far as it is known. */
  name: string | null;
  /** What a person would look for, e.g. `row 7`. */
  record: string;
  problem: string;
}

/** What a rule looks at. All that is given must hold; letter case never matters. */
export interface RuleMatch {
  /** A pattern found anywhere in the name (`core/pattern.ts`). */
  name?: string | undefined;
  site?: string | undefined;
  platform?: string | undefined;
  role?: string | undefined;
  tenant?: string | undefined;
  status?: string | undefined;
  /** One of the tags of the record. */
  tag?: string | undefined;
}

/** What a rule says of the devices it matches; it goes before what the source says. */
export interface RuleSet {
  /** Name or id; null takes the device out of any. */
  collection_group?: string | null | undefined;
  credential?: string | null | undefined;
  platform?: string | undefined;
  transport?: TransportName | undefined;
  port?: number | undefined;
  /** Added to those of the record. */
  tags?: string[] | undefined;
  /** The record is no device of ours; one that is there already is disabled. */
  skip?: true | undefined;
}

export interface InventoryRule {
  match: RuleMatch;
  set: RuleSet;
}

/** A value of a filter, as the API of the source takes it. */
export type FilterValue = string | number | boolean | string[];

interface Read {
  /** Names the source; what it gives belongs to that name. */
  name: string;
  /** Name or id of the credential whose token (or user name and password) the source wants. */
  credential?: string | null | undefined;
  /** Records of another status are out of service; null: the status does not matter. */
  statuses?: string[] | null | undefined;
}

interface Remote extends Read {
  url: string;
}

interface Catalogue extends Remote {
  filter?: Record<string, FilterValue> | undefined;
  /** What a device is reached at: its primary address, or its name. */
  host?: 'primary_ip' | 'name' | undefined;
}

/** Where the source has each field: a column of a table, a dotted path in an item. */
export type Places = { [K in keyof SourceRecord]?: string | undefined };

/** A source and how it is read. No secret is ever in it. */
export type InventorySourceOptions =
  | (Read & { type: 'csv'; text?: string | undefined; url?: string | undefined; fields?: Places | undefined })
  | (Remote & { type: 'http_json'; items: string; fields: Places })
  | (Catalogue & { type: 'netbox' })
  | (Catalogue & { type: 'nautobot'; api?: 'graphql' | 'rest' | undefined });

/** The parameters of an `inventory.sync` job. */
export interface InventoryRequest {
  source: InventorySourceOptions;
  /** In order; the first that matches is the one. */
  rules?: InventoryRule[] | undefined;
  /** Whether devices made by hand that have the name of a record become those of the source. */
  adopt?: boolean | undefined;
  /** Days after which a device that the source gives no more is removed; null: never. */
  remove_after_days?: number | null | undefined;
  /** Nothing is changed; the report tells what would be. */
  dry_run?: boolean | undefined;
  /** Also where most of the devices would be disabled. */
  force?: boolean | undefined;
}

/** What the row of a job keeps of a request. */
export function inventoryParams(request: Partial<InventoryRequest>): InventoryRequest {
  const { source, rules = [], adopt = false, remove_after_days = null, dry_run = false, force = false } = request;
  if (source === undefined) throw new Error('an inventory sync names its source');
  return { source, rules, adopt, remove_after_days, dry_run, force };
}

/** What a sync did, or would do; the message of its job. */
export interface SyncCounts {
  read: number;
  created: number;
  updated: number;
  disabled: number;
  removed: number;
  unchanged: number;
  skipped: number;
  problems: number;
}

/** More than any network has; a source that gives more is taken for a loop. */
export const MOST_RECORDS = 200_000;

const HOST = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\w.-]+)?$/;
const BASE_URL = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.-]*)(?::(\d{1,5}))?(\/[^\s?#@]*)?$/;

/** What is wrong with an address, as the API would say of a device that a person enters; null where nothing is. */
export function hostProblem(transport: TransportName, host: string): string | null {
  if (host.length > 1000) return 'the address is too long';
  if (transport === 'ssh') return HOST.test(host) ? null : `"${host}" is no address and no host name`;
  return BASE_URL.test(host) ? null : `"${host}" is not the http:// or https:// base URL of a device API`;
}

/** The port of an address that tells none: that of the base URL, else 22. */
export function portOf(transport: TransportName, host: string): number {
  const url = transport === 'http' ? BASE_URL.exec(host) : null;
  if (url === null) return 22;
  if (url[2] !== undefined) return Number(url[2]);
  return host.startsWith('https:') ? 443 : 80;
}
