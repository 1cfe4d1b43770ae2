import { z } from 'zod';
import { TRANSPORTS } from '../core/device.ts';
import { SOURCE_TYPES, type InventoryRequest, type SourceType } from '../core/inventory.ts';
import { patternProblem } from '../core/pattern.ts';
import { line, name, reference } from './fields.ts';

const MOST_TEXT = 1024 * 1024;
const SECRET_LIKE = /token|secret|passw|api_?key|auth/i;
/** What would change which fields come, or in which pages. */
const RESERVED = ['limit', 'offset', 'ordering', 'sort', 'depth', 'exclude', 'include', 'omit', 'fields', 'brief', 'format'];

const url = z
  .string()
  .max(2000)
  .refine((text) => /^https?:$/.test(urlOf(text)?.protocol ?? ''), 'must be an address that starts with http:// or https://')
  .refine(
    (text) => urlOf(text)?.username === '' && urlOf(text)?.password === '',
    'must hold no user name or password: use a credential',
  )
  .refine((text) => urlOf(text)?.hash === '', 'must have no fragment')
  .refine(
    (text) => ![...(urlOf(text)?.searchParams.keys() ?? [])].some((key) => SECRET_LIKE.test(key)),
    'must hold no token or password in its query: use a credential',
  );

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

const baseUrl = url.refine((text) => urlOf(text)?.search === '', 'must have no query: use filter');

const read = {
  name: name.describe('Names the source; the devices that it gives belong to that name'),
  credential: reference
    .nullable()
    .optional()
    .describe(
      'Name or id of a credential: its token (or, for csv and http_json, its user name and password) is shown to the source',
    ),
  statuses: z
    .array(line(100).transform((text) => text.toLowerCase()))
    .max(100)
    .nullable()
    .optional()
    .describe('Statuses of devices in service; null: all are. `active` for netbox and nautobot unless told'),
};

const place = line(200).optional();
const places = z.strictObject({
  key: place,
  name: line(200),
  host: line(200),
  port: place,
  transport: place,
  platform: place,
  site: place,
  role: place,
  tenant: place,
  status: place,
  tags: place,
  credential: place,
  collection_group: place,
  external_id: place,
});

const FILTER_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const filter = z
  .record(z.string(), z.union([line(500), z.int(), z.boolean(), z.array(line(500)).max(100)]))
  .superRefine((filters, context) => {
    for (const key of Object.keys(filters)) {
      const message = RESERVED.includes(key)
        ? 'is set by Cairn itself'
        : FILTER_NAME.test(key)
          ? null
          : 'must be the name of a filter';
      if (message !== null) context.addIssue({ code: 'custom', path: [key], message });
    }
  });
const catalogue = {
  ...read,
  url: baseUrl.describe('Of the server, e.g. https://netbox.example.org'),
  filter: filter.optional().describe('Filters of its device list, e.g. {"has_primary_ip": true, "role": ["router", "switch"]}'),
  host: z.enum(['primary_ip', 'name']).optional().describe('What a device is reached at; its primary address unless told'),
};

const sources = {
  csv: z
    .strictObject({
      type: z.literal('csv'),
      ...read,
      text: z.string().max(MOST_TEXT).optional().describe('The table itself, up to 1 MiB'),
      url: url.optional().describe('Where the table is'),
      fields: places.optional().describe('Which column is which field, where the header does not have the names of the fields'),
    })
    .refine(({ text, url: address }) => (text === undefined) !== (address === undefined), {
      path: ['text'],
      error: 'is required, or url; and not both',
    }),
  http_json: z.strictObject({
    type: z.literal('http_json'),
    ...read,
    url: url.describe('Answers a JSON document with all devices'),
    items: z.string().trim().max(200).default('').describe('Dotted path of the list in the document; empty: it is the document'),
    fields: places.describe('Dotted path of each field in an item'),
  }),
  netbox: z.strictObject({ type: z.literal('netbox'), ...catalogue }),
  nautobot: z.strictObject({
    type: z.literal('nautobot'),
    ...catalogue,
    api: z.enum(['graphql', 'rest']).optional().describe('GraphQL, and REST where that is not there, unless told'),
  }),
} satisfies Record<SourceType, z.ZodType>;

const Source = z
  .discriminatedUnion('type', [sources.csv, sources.http_json, sources.netbox, sources.nautobot])
  .meta({ id: 'InventorySource', description: `One of ${SOURCE_TYPES.join(', ')}` });

const pattern = z
  .string()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    const problem = patternProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .describe('Found anywhere in the name, whatever the letter case; a regular expression without look-around and back references');
const word = line(255).optional();

const Rule = z
  .strictObject({
    match: z
      .strictObject({
        name: pattern.optional(),
        site: word,
        platform: word,
        role: word,
        tenant: word,
        status: word,
        tag: word,
      })
      .describe('All that is given must hold'),
    set: z.strictObject({
      collection_group: reference.nullable().optional(),
      credential: reference.nullable().optional(),
      platform: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_]{0,63}$/, 'must be a platform name like cisco_ios')
        .optional(),
      transport: z.enum(TRANSPORTS).optional(),
      port: z.int().min(1).max(65_535).optional(),
      tags: z
        .array(line(100).refine((text) => !/[,;]/.test(text), 'must not hold a comma or a semicolon'))
        .max(50)
        .optional(),
      skip: z.literal(true).optional().describe('It is no device of ours'),
    }),
  })
  .meta({ id: 'InventoryRule' });

/** Parameters of an `inventory.sync` job. */
export const InventorySyncTask = z
  .strictObject({
    source: Source,
    rules: z.array(Rule).max(500).optional().describe('The first that matches a record is the one'),
    adopt: z.boolean().optional().describe('Devices made by hand become those of the source where a record has their name'),
    remove_after_days: z
      .int()
      .min(1)
      .max(36_500)
      .nullable()
      .optional()
      .describe(
        'Devices that the source gives no more are disabled at once, and removed, with their history, after so many days; never unless told',
      ),
    dry_run: z.boolean().optional().describe('Changes nothing; the log of the job tells what would be'),
    force: z.boolean().optional().describe('Also where more than half of the devices of the source would be disabled'),
    job_time_limit: z.int().min(1).max(86_400).optional().describe('Seconds; 1800 unless told'),
  })
  .meta({ id: 'InventorySyncTask' }) satisfies z.ZodType<InventoryRequest>;
