import { setTimeout as sleep } from 'node:timers/promises';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

const CONNECT_MS = 3000;
const ANSWER_MS = 8000;
/** All tries of one request together. */
const REQUEST_MS = 20_000;
const MAX_ATTEMPTS = 3;
const MAX_SOCKETS = 32;
export const DELETE_GROUP = 1000;
/** The same for a key that failed inside the server. */
const REMOVAL_TRIES = 5;
const RETRY_MS = 100;

export interface BucketOptions {
  bucket: string;
  region: string | null;
  endpoint: string | null;
  path_style: boolean;
}

export interface BucketObject {
  key: string;
  bytes: number;
  /** By the server's clock, in whole seconds. */
  modified: Date;
}

const named = (error: unknown, ...names: string[]): boolean => error instanceof Error && names.includes(error.name);

/** The few requests that a store needs, each bounded in time. Credentials come from the environment or the profile, as for every AWS client. */
export function openBucket({ bucket, region, endpoint, path_style }: BucketOptions) {
  const client = new S3Client({
    // Other servers than Amazon's take any region.
    ...(region === null ? (endpoint === null ? {} : { region: 'us-east-1' }) : { region }),
    ...(endpoint === null ? {} : { endpoint }),
    forcePathStyle: path_style,
    maxAttempts: MAX_ATTEMPTS,
    // Contents are checked against their address; not every server knows the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
      socketTimeout: ANSWER_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  });
  const bounded = () => ({ abortSignal: AbortSignal.timeout(REQUEST_MS) });

  async function put(key: string, body: Buffer): Promise<void> {
    const request = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'text/plain; charset=utf-8' });
    await client.send(request, bounded());
  }

  /** Null where there is no such object. */
  async function get(key: string): Promise<Buffer | null> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), bounded());
      if (Body === undefined) throw new Error('the server gave no body');
      return Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (named(error, 'NoSuchKey')) return null;
      throw error;
    }
  }

  /** Copies within the bucket; false where there is nothing to copy. */
  async function copy(from: string, to: string): Promise<boolean> {
    const source = [bucket, ...from.split('/')].map((part) => encodeURIComponent(part)).join('/');
    try {
      await client.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: source }), bounded());
      return true;
    } catch (error) {
      if (named(error, 'NoSuchKey')) return false;
      throw error;
    }
  }

  async function* list(prefix: string): AsyncGenerator<BucketObject> {
    let token: string | undefined;
    do {
      const request = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
      const page = await client.send(request, bounded());
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key !== undefined && LastModified !== undefined) yield { key: Key, bytes: Size ?? 0, modified: LastModified };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async function remove(keys: string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += DELETE_GROUP) {
      await removeGroup(keys.slice(at, at + DELETE_GROUP), REMOVAL_TRIES);
    }
  }

  async function removeGroup(keys: string[], tries: number): Promise<void> {
    const Objects = keys.map((Key) => ({ Key }));
    const request = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors } = await client.send(request, bounded());
    // Somebody else removed it: some servers tell.
    const failed = (Errors ?? []).filter(({ Code }) => Code !== 'NoSuchKey');
    const [first] = failed;
    if (first === undefined) return;
    // Two removals of one key at once may fail inside the server, which asks for another try.
    const again = failed.flatMap(({ Code, Key }) => (Code === 'InternalError' && Key !== undefined ? [Key] : []));
    if (again.length < failed.length || tries <= 1)
      throw new Error(`${first.Code ?? 'an error'} on removal: ${first.Message ?? ''}`);
    await sleep(RETRY_MS);
    await removeGroup(again, tries - 1);
  }

  /** False where the server says that there is no such bucket. */
  async function exists(): Promise<boolean> {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: AbortSignal.timeout(ANSWER_MS) });
      return true;
    } catch (error) {
      if (named(error, 'NotFound', 'NoSuchBucket')) return false;
      throw error;
    }
  }

  return { put, get, copy, list, remove, exists, close: () => client.destroy() };
}

export type Bucket = ReturnType<typeof openBucket>;
