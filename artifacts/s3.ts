import { AppError } from '../core/errors.ts';
import { missing, textOf, unavailable } from './errors.ts';
import { openBucket, type BucketOptions } from './s3-bucket.ts';
import { s3Objects } from './s3-objects.ts';
import { s3Shown } from './s3-shown.ts';
import { sha256 } from './sha256.ts';
import type { ArtifactStore } from './store.ts';

export interface S3StoreOptions extends BucketOptions {
  /** '' or a path without slashes at its ends. */
  prefix: string;
  log: { warn(fields: object, message: string): void };
}

/**
 * Texts in an S3 bucket: `<prefix>/objects/ab/<sha256>`, and `<prefix>/current/<name>` for people. Any number of processes on any number
 * of machines may use it at once. The bucket is never made here.
 * @throws AppError `configuration_invalid` where the server says that there is no such bucket
 */
export async function openS3Store({ prefix, log, ...options }: S3StoreOptions): Promise<ArtifactStore> {
  const bucket = openBucket(options);
  const location = `s3://${[options.bucket, prefix].filter((part) => part !== '').join('/')}`;
  const within = prefix === '' ? '' : `${prefix}/`;
  const objects = s3Objects(bucket, within);
  const shown = s3Shown(bucket, within, location, objects);

  const exists = await bucket.exists().catch((error: unknown) => {
    log.warn({ err: textOf(error), location }, 'the S3 artifact store does not answer: going on without');
    return true;
  });
  if (!exists) {
    bucket.close();
    throw new AppError(
      'configuration_invalid',
      `the bucket of the artifact store ${location} does not exist: make it, or name another`,
    );
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unavailable(location, error);
    }
  }

  async function get(address: string): Promise<Buffer> {
    if (!/^[0-9a-f]{64}$/.test(address)) throw missing(location, address, 'an address is 64 hexadecimal digits here');
    const content = await objects.get(address);
    if (content === null) throw missing(location, address);
    if (sha256(content) !== address) throw missing(location, address, 'the object is damaged');
    return content;
  }

  async function* list() {
    try {
      yield* objects.list();
    } catch (error) {
      throw unavailable(location, error);
    }
  }

  return {
    kind: 's3',
    location,
    put: (content) => guarded(() => objects.put(content)),
    get: (address) => guarded(() => get(address)),
    publish: (publication) => guarded(() => shown.publish(publication)),
    published: () => guarded(() => shown.published()),
    list,
    remove: (addresses, before) => guarded(() => objects.remove(addresses, before)),
    // What it would tidy, `list` has seen.
    maintain: async () => null,
    close: async () => bucket.close(),
  };
}
