import { z } from 'zod';
import { defineEndpoint, MIB } from '../endpoint.ts';
import { id } from '../fields.ts';

/** Names of the columns of an import, besides those of a device: both by name. */
export const IMPORT_NAMES = ['credential', 'collection_group'] as const;

const FieldErrorSchema = z.object({ pointer: z.string(), detail: z.string() });

export const deviceImport = {
  importDevices: defineEndpoint({
    method: 'POST',
    path: '/api/devices/import',
    summary: 'Add or update many devices',
    description:
      'Rows are devices, with `credential` and `collection_group` by name. A device of the same name is updated: what a row leaves out ' +
      'stays as it is. Good rows land, bad ones are named; `row` counts from 1, without the header.',
    tag: 'Devices',
    role: 'operator',
    audit: 'device.import',
    body: z.strictObject({ devices: z.array(z.unknown()).min(1).max(100_000) }).meta({ id: 'DeviceImport' }),
    example: { devices: [{ name: 'edge-3', host: '192.0.2.3', platform: 'cisco_ios' }] },
    textBody: {
      media: 'text/csv',
      description: 'Header = field names; tags separated by a semicolon; an empty cell clears the field or gives its default',
    },
    bodyLimit: 20 * MIB,
    responses: {
      200: z.object({
        created: z.int(),
        updated: z.int(),
        items: z.array(z.object({ id, name: z.string() })),
        failed: z.array(z.object({ row: z.int(), errors: z.array(FieldErrorSchema) })),
      }),
    },
  }),
};
