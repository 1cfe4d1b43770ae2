import type { Payload, PayloadCodec } from '@temporalio/common';
import type { BodyOf } from '../../contracts/endpoint.ts';
import type { codec } from '../../contracts/http/codec.ts';
import { AppError, invalid } from '../../core/errors.ts';
import type { Handlers } from '../endpoint.ts';

type PayloadJson = BodyOf<typeof codec.decodePayloads>['payloads'][number];

export const codecHandlers: Handlers<typeof codec> = {
  async decodePayloads({ deps, body, audit }) {
    const payloads = await each(body.payloads, (payload) => deps.codec.decode([payload]));
    audit.detail = { payloads: payloads.length };
    return { status: 200, body: { payloads } };
  },
  async encodePayloads({ deps, body, audit }) {
    const payloads = await each(body.payloads, (payload) => deps.codec.encode([payload]));
    audit.detail = { payloads: payloads.length };
    return { status: 200, body: { payloads } };
  },
};

/** @throws AppError `validation_failed` that names the payload which does not open: what is wrong with it is what was sent */
async function each(
  given: PayloadJson[],
  step: (payload: Payload) => ReturnType<PayloadCodec['decode']>,
): Promise<PayloadJson[]> {
  const made: PayloadJson[] = [];
  for (const [index, json] of given.entries()) {
    try {
      const payload = fromJson(json);
      const [stepped] = await step(payload);
      made.push(stepped === payload ? json : toJson(stepped!));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw invalid(`/payloads/${index}`, `does not open: ${error.detail.replace(/\.$/, '')}`);
    }
  }
  return made;
}

function fromJson({ metadata = {}, data }: PayloadJson): Payload {
  const entries = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? '', 'base64') };
}

function toJson({ metadata, data }: Payload): PayloadJson {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? []).toString('base64') };
}
