import { z } from 'zod';
import { defineEndpoint, MIB } from '../endpoint.ts';

const base64 = z.base64().meta({ format: 'byte' });

/** protobuf JSON of `temporal.api.common.v1.Payload`, as the Web UI, the `temporal` CLI and Temporal's codec servers speak it. */
const Payload = z
  .looseObject({
    metadata: z.record(z.string().max(200), base64).optional().describe('Values in base64'),
    data: base64.nullish(),
  })
  .meta({ id: 'TemporalPayload' });

const MOST = 10_000;

const Given = z
  .strictObject({
    payloads: z.array(Payload).max(MOST).default([]).describe('The `temporal` CLI leaves an empty list out'),
  })
  .meta({ id: 'TemporalPayloadsInput' });

const Payloads = z.object({ payloads: z.array(Payload) }).meta({ id: 'TemporalPayloads' });

const common = {
  method: 'POST',
  tag: 'Codec',
  role: 'admin',
  allDevices: true,
  body: Given,
  example: { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJhIjoxfQ==' }] },
  // A payload of Temporal has 2 MiB at most, which base64 makes larger.
  bodyLimit: 16 * MIB,
  responses: { 200: Payloads },
} as const;

const about =
  "For Temporal's Web UI and the `temporal` CLI, whose codec endpoint is `/api/codec`. Payloads that are not Cairn's pass as they are. `X-Namespace` is accepted; the keys are the same for all namespaces.";

export const codec = {
  decodePayloads: defineEndpoint({
    ...common,
    path: '/api/codec/decode',
    summary: 'Decrypt what Temporal keeps of jobs',
    description: about,
    audit: 'codec.decode',
  }),
  encodePayloads: defineEndpoint({
    ...common,
    path: '/api/codec/encode',
    summary: 'Encrypt what Temporal is to be told, such as the input of a signal',
    description: about,
    audit: 'codec.encode',
  }),
};
