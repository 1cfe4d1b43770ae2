import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { summaryOf } from '../../../core/job-start.ts';
import { AppError } from '../../../core/errors.ts';
import { createPayloadCodec } from '../../../runtime/codec.ts';

const [one, two] = [randomBytes(32), randomBytes(32)];
const codec = createPayloadCodec({ keys: { current: one, previous: [] } });
const toPayload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const bytesOf = (payload: Payload): Buffer => Buffer.from(proto.temporal.api.common.v1.Payload.encode(payload).finish());
const seal = async (payload: Payload): Promise<Payload> => (await codec.encode([payload]))[0]!;
const open = async (payload: Payload, by = codec): Promise<Payload> => (await by.decode([payload]))[0]!;
const keyOf = (payload: Payload): string => Buffer.from(payload.metadata!['encryption-key-id']!).toString();

async function problem(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('it opened'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError) || error.code !== 'configuration_invalid') throw error;
  return error.detail;
}

describe('the payload codec', () => {
  test('gives back any payload as it was', async () => {
    const names = fc.string({ minLength: 1, maxLength: 20 });
    const payloads = fc.record({
      metadata: fc.dictionary(names, fc.uint8Array({ maxLength: 40 }), { maxKeys: 4, noNullPrototype: true }),
      data: fc.uint8Array({ maxLength: 5000 }),
    });
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const back = await open(await seal(payload));
        expect(bytesOf(back).equals(bytesOf(payload))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('shows nothing of it, and never the same twice', async () => {
    const payload = toPayload({ device: 'planted-word', list: Array.from({ length: 50 }, () => 'planted-word') });
    const [first, second] = [await seal(payload), await seal(payload)];
    expect(bytesOf(first).includes('planted')).toBe(false);
    expect(Buffer.from(first.data!).equals(Buffer.from(second.data!))).toBe(false);
    expect(Buffer.from(first.metadata!['encoding']!).toString()).toBe('binary/encrypted');
    expect(keyOf(first)).toMatch(/^[0-9a-f]{16}$/);
    expect(Object.keys(first.metadata!)).toHaveLength(2);
  });

  test('compresses what gets smaller, and only that', async () => {
    const text = toPayload(Array.from({ length: 400 }, (_, index) => ({ batch: index, queue: 'collector' })));
    expect((await seal(text)).data!.length).toBeLessThan(text.data!.length / 4);
    const noise = { metadata: {}, data: randomBytes(10_000) };
    expect((await seal(noise)).data!.length).toBeLessThan(noise.data.length + 64);
  });

  test('leaves what Cairn did not seal as it is, so that older histories are read', async () => {
    const plain = toPayload({ job_id: 'x' });
    expect(await codec.decode([plain, { data: Buffer.from('x') }, {}])).toEqual([plain, { data: Buffer.from('x') }, {}]);
  });

  test('older keys open, the current one seals', async () => {
    const old = await seal(toPayload('before'));
    const rotated = createPayloadCodec({ keys: { current: two, previous: [one] } });
    expect(defaultPayloadConverter.fromPayload(await open(old, rotated))).toBe('before');
    const [fresh] = await rotated.encode([toPayload('after')]);
    expect(keyOf(fresh!)).not.toBe(keyOf(old));
    expect(await problem(open(fresh!))).toContain(keyOf(fresh!));
  });

  test('a key that is not there is named, and told of before the error goes on', async () => {
    const told: string[] = [];
    const other = createPayloadCodec({ keys: { current: two, previous: [] }, onUnreadable: ({ detail }) => told.push(detail) });
    const sealed = await seal(toPayload('x'));
    const text = await problem(open(sealed, other));
    expect(text).toContain(`key ${keyOf(sealed)}`);
    expect(text).toContain('CAIRN_SECRET_KEY_PREVIOUS');
    expect(told).toEqual([text]);
  });

  test('a changed byte anywhere in the data is found out', async () => {
    const sealed = await seal(toPayload({ list: Array.from({ length: 50 }, () => 'word') }));
    for (const at of [0, 1, 12, 13, 28, 29, sealed.data!.length - 1]) {
      const data = Buffer.from(sealed.data!);
      data[at]! ^= 1;
      expect(await problem(open({ ...sealed, data }))).toContain('was changed');
    }
    for (const data of [Buffer.alloc(0), Buffer.of(1), Buffer.from(sealed.data!).subarray(0, 20)])
      expect(await problem(open({ ...sealed, data }))).toContain('was changed');
  });

  test('off: writes as it is, still opens what was sealed', async () => {
    const off = createPayloadCodec({ keys: { current: one, previous: [] }, seal: false });
    const plain = toPayload('x');
    expect(await off.encode([plain])).toEqual([plain]);
    expect(defaultPayloadConverter.fromPayload(await open(await seal(plain), off))).toBe('x');
  });

  test('the longest summary stays below the 400 bytes that Temporal takes', async () => {
    for (const text of [randomBytes(600).toString('base64'), '名'.repeat(300), 'ж'.repeat(300)])
      expect(bytesOf(await seal(toPayload(summaryOf(text)))).length).toBeLessThanOrEqual(400);
  });
});
