import { createServer, type Server } from 'node:net';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import { contract, publication } from './contract.ts';
import { KEYS, NoS3Server, REGION, startS3, type S3Server } from './s3-server.ts';

const probe = await startS3().catch((error: unknown) => {
  if (error instanceof NoS3Server) return error.message;
  throw error;
});

vi.stubEnv('AWS_ACCESS_KEY_ID', KEYS.accessKeyId);
vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEYS.secretAccessKey);
const urlOf = (server: S3Server, prefix: string): string =>
  `s3://${server.bucket}/${prefix}?endpoint=${encodeURIComponent(server.endpoint)}&region=${REGION}&path_style=true`;

if (typeof probe === 'string') {
  it.skip(`NOT RUN: ${probe}`, () => undefined);
} else {
  const server = probe;
  afterAll(() => server.stop());

  contract('s3', {
    // Whole seconds.
    resolution: 1100,
    nowhere: '0'.repeat(64),
    async make() {
      const server = await startS3();
      return {
        url: urlOf(server, 'cairn/texts'),
        dataDir: '/nowhere',
        breakIt: () => server.stop(),
        close: async () => undefined,
      };
    },
  });

  describe('s3', () => {
    let client: S3Client;
    beforeAll(() => {
      client = new S3Client({ endpoint: server.endpoint, region: REGION, credentials: KEYS, forcePathStyle: true });
    });
    afterAll(() => client.destroy());

    async function open(prefix: string) {
      const log = { warn: vi.fn() };
      const { store } = await openArtifactStore(urlOf(server, prefix), { dataDir: '/nowhere', log });
      onTestFinished(() => store.close());
      return { store, log };
    }
    const keys = async (prefix: string): Promise<string[]> =>
      ((await client.send(new ListObjectsV2Command({ Bucket: server.bucket, Prefix: prefix }))).Contents ?? []).map(
        ({ Key }) => Key!,
      );

    it('keeps texts and what people look at under the prefix', async () => {
      const { store } = await open('here');
      const address = await store.put(Buffer.from('hostname sw1\n'));
      await store.publish(publication({ 'sw1.cfg': address }));
      const object = `here/objects/${address.slice(0, 2)}/${address}`;
      expect(await keys('')).toEqual([`here/addresses/sw1.cfg/${address}`, 'here/current/sw1.cfg', object]);
      const shown = await client.send(new GetObjectCommand({ Bucket: server.bucket, Key: 'here/current/sw1.cfg' }));
      expect(await shown.Body!.transformToString()).toBe('hostname sw1\n');
      expect(store.location).toBe(`s3://${server.bucket}/here`);
    });

    it('lists and removes more than one page of texts', { timeout: 180_000 }, async () => {
      const { store } = await open('pages');
      const addresses: string[] = [];
      for (let at = 0; at < 1100; at += 50) {
        addresses.push(...(await Promise.all(Array.from({ length: 50 }, (_, one) => store.put(Buffer.from(`${at + one}\n`))))));
      }
      let found = 0;
      for await (const _ of store.list()) found += 1;
      expect(found).toBe(1100);
      expect((await store.remove(addresses, new Date(Date.now() + 60_000))).length).toBe(1100);
      expect(await keys('pages/')).toEqual([]);
    });

    it('writes a text again that a removal under way took', { timeout: 30_000 }, async () => {
      const { store } = await open('marks');
      const text = Buffer.from('hostname sw1\n');
      const address = await store.put(text);
      const object = `marks/objects/${address.slice(0, 2)}/${address}`;
      const mark = `${object}.doomed-0011223344556677`;
      await client.send(new PutObjectCommand({ Bucket: server.bucket, Key: mark, Body: 'x' }));
      let done = false;
      const put = store.put(text).then(() => (done = true));
      await expect.poll(async () => (await keys('marks/')).length).toBe(2);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(done).toBe(false);
      // The removal ends: it takes the text, then its mark.
      for (const Key of [object, mark]) await client.send(new DeleteObjectCommand({ Bucket: server.bucket, Key }));
      await put;
      expect(await store.get(address)).toEqual(text);
    });

    it('tells of a damaged text', async () => {
      const { store } = await open('damaged');
      const address = await store.put(Buffer.from('hostname sw1\n'));
      const Key = `damaged/objects/${address.slice(0, 2)}/${address}`;
      await client.send(new PutObjectCommand({ Bucket: server.bucket, Key, Body: 'other' }));
      await expect(store.get(address)).rejects.toMatchObject({
        code: 'artifact_missing',
        detail: expect.stringContaining('damaged'),
      });
    });

    it('wants a bucket that exists', async () => {
      const opened = openArtifactStore(urlOf({ ...server, bucket: 'no-such-bucket' }, ''), { dataDir: '/nowhere' });
      await expect(opened).rejects.toMatchObject({
        code: 'configuration_invalid',
        detail: expect.stringContaining('no-such-bucket'),
      });
    });

    it('is refused with a wrong secret, and says so without it', async () => {
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another-secret');
      onTestFinished(() => void vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEYS.secretAccessKey));
      const { store, log } = await open('refused');
      expect(log.warn).toHaveBeenCalledOnce();
      const refused = store.put(Buffer.from('x'));
      await expect(refused).rejects.toMatchObject({ code: 'artifact_store_unavailable' });
      await expect(refused).rejects.not.toMatchObject({ detail: expect.stringContaining('another-secret') });
    });
  });
}

it('does not wait for ever for a server that accepts and says nothing', { timeout: 120_000 }, async () => {
  const silent: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const log = { warn: vi.fn() };
  const began = performance.now();
  const { store } = await openArtifactStore(`s3://bucket/x?endpoint=http%3A%2F%2F127.0.0.1%3A${port}&path_style=true`, {
    dataDir: '/',
    log,
  });
  onTestFinished(() => store.close());
  expect(log.warn).toHaveBeenCalledOnce();
  await expect(store.get('0'.repeat(64))).rejects.toMatchObject({ code: 'artifact_store_unavailable' });
  expect(performance.now() - began).toBeLessThan(50_000);
});
