import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

/** A value of protobuf with every payload in it opened by the codecs of the client. */
export async function opened(client: Client, value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map((one) => opened(client, one)));
  let object: object = value;
  if (isPayload(value)) {
    for (const codec of client.options.loadedDataConverter.payloadCodecs.toReversed())
      object = (await codec.decode([object]))[0]!;
  }
  const entries = Object.entries(object).map(async ([name, inner]): Promise<[string, unknown]> => [
    name,
    await opened(client, inner),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

function isPayload(value: object): value is Payload {
  return 'metadata' in value && typeof value.metadata === 'object' && value.metadata !== null && 'encoding' in value.metadata;
}

/** Every text and every byte of a value of protobuf. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${textOf(inner)}`)
      .join('\n');
  }
  return String(value);
}
