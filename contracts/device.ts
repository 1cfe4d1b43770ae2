import { z } from 'zod';
import { TRANSPORTS } from '../core/device.ts';
import { id, line, name, timestamp, uuid } from './fields.ts';

const HOST = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\w.-]+)?$/;

/** The base URL of a device API, or null if `host` is none. */
export function baseUrl(host: string): URL | null {
  const url = URL.canParse(host) ? new URL(host) : null;
  const plain = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  return plain && url.username === '' && url.password === '' && url.search === '' && url.hash === '' ? url : null;
}

/** The port a device is reached at where none is given: 22, or that of the base URL. */
export function defaultPort(transport: (typeof TRANSPORTS)[number], host: string): number {
  const url = transport === 'http' ? baseUrl(host) : null;
  if (url === null) return 22;
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

const platform = z.string().regex(/^[a-z0-9][a-z0-9_]{0,63}$/, 'must be a platform name like cisco_ios');
const tag = line(100).refine((text) => !/[,;]/.test(text), 'must not hold a comma or a semicolon');

/** What may be written of a device. */
const fields = {
  name,
  host: line(1000),
  port: z.int().min(1).max(65_535),
  platform,
  transport: z.enum(TRANSPORTS),
  credential_id: uuid.nullable(),
  collection_group_id: uuid.nullable(),
  jump_device_id: uuid.nullable(),
  site: line(255).nullable(),
  tags: z.array(tag).max(100),
  enabled: z.boolean(),
  external_id: line(255).nullable(),
  host_key: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'must be a fingerprint like SHA256:…')
    .nullable(),
};

/** Checks that concern more than one field; used on what a device would become. */
function checkReach(device: { host: string; transport: string; port?: number | undefined }, context: z.RefinementCtx): void {
  const url = baseUrl(device.host);
  if (device.transport === 'ssh' && !HOST.test(device.host))
    context.addIssue({ code: 'custom', path: ['host'], message: 'must be an address or a host name' });
  if (device.transport === 'http' && url === null)
    context.addIssue({ code: 'custom', path: ['host'], message: 'must be the http:// or https:// base URL of the device API' });
  else if (device.transport === 'http' && device.port !== undefined && device.port !== defaultPort('http', device.host))
    context.addIssue({ code: 'custom', path: ['port'], message: 'must be the port of the base URL, or be left out' });
}

/** A whole device; `id` may be chosen so that the ids of an inventory hold here too. */
export const DeviceInput = z
  .strictObject({
    ...fields,
    id: uuid.optional(),
    port: fields.port.optional(),
    transport: fields.transport.default('ssh'),
    credential_id: fields.credential_id.default(null),
    collection_group_id: fields.collection_group_id.default(null),
    jump_device_id: fields.jump_device_id.default(null),
    site: fields.site.default(null),
    tags: fields.tags.default([]),
    enabled: fields.enabled.default(true),
    external_id: fields.external_id.default(null),
    host_key: fields.host_key.default(null),
  })
  .superRefine(checkReach)
  .meta({ id: 'DeviceInput' });
export type DeviceInput = z.output<typeof DeviceInput>;

/** Any of the fields; what is left out stays as it is. */
export const DevicePatch = z.strictObject(fields).partial().meta({ id: 'DevicePatch' });
export type DevicePatch = z.output<typeof DevicePatch>;

export const Device = z
  .object({
    id,
    name: z.string(),
    host: z.string(),
    port: z.int(),
    platform: z.string(),
    transport: z.enum(TRANSPORTS),
    credential_id: id.nullable(),
    collection_group_id: id.nullable(),
    jump_device_id: id.nullable(),
    site: z.string().nullable(),
    tags: z.array(z.string()),
    enabled: z.boolean(),
    external_id: z.string().nullable(),
    host_key: z.string().nullable().describe('The pinned SSH host key; null until the first login'),
    created_at: timestamp,
    updated_at: timestamp,
    source: z.string().nullable().describe('The inventory source that owns it; null: made by hand'),
    vanished_at: timestamp.nullable().describe('Since when its source gives it no more'),
  })
  .meta({ id: 'Device' });
export type Device = z.output<typeof Device>;
