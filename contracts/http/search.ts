import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { id, line } from '../fields.ts';

const Found = z
  .object({
    kind: z.enum(['device', 'mac', 'arp', 'interface', 'neighbor', 'route', 'configuration']),
    device_id: id,
    device_name: z.string(),
    interface: z.string().nullable(),
    match: z.string().describe('What matched, as the device tells it'),
    vlan: z.int().nullable(),
    vrf: z.string().nullable(),
    task_identifier: z.string().nullable().describe('Of the version (configuration)'),
    line: z.int().nullable().describe('Line of the text, from 1 (configuration)'),
  })
  .meta({ id: 'Found' });

export const search = {
  search: defineEndpoint({
    method: 'GET',
    path: '/api/search',
    summary: 'Find a MAC address, an address, a prefix, a name, a description, or a text in the newest configurations',
    description: 'Configurations are searched for operators only. `incomplete` names what was not searched to its end, and why.',
    tag: 'Search',
    role: 'viewer',
    audit: null,
    query: z.strictObject({
      q: line(255).describe('MAC addresses in any notation; prefixes in CIDR form; anything else is a text'),
      limit: z.coerce.number().int().min(1).max(1000).default(50).describe('Most of each kind'),
    }),
    responses: {
      200: z.object({
        kind: z.enum(['mac', 'address', 'prefix', 'name']).describe('What the text was taken for'),
        items: z.array(Found),
        incomplete: z.array(z.object({ part: z.string(), reason: z.string() })),
      }),
    },
  }),
};
