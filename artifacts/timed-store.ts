import { AppError } from '../core/errors.ts';
import type { ArtifactStore } from './store.ts';

/** The same store, with each `put`, `get` and `publish` told: seconds, and the code of the error or null. */
export function timedStore(
  store: ArtifactStore,
  tell: (operation: 'put' | 'get' | 'publish', seconds: number, error: string | null) => void,
): ArtifactStore {
  async function timed<T>(operation: 'put' | 'get' | 'publish', call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const end = (error: string | null): void => tell(operation, (performance.now() - began) / 1000, error);
    try {
      const result = await call();
      end(null);
      return result;
    } catch (error) {
      end(error instanceof AppError ? error.code : 'internal');
      throw error;
    }
  }
  return {
    kind: store.kind,
    location: store.location,
    put: (content) => timed('put', () => store.put(content)),
    get: (address) => timed('get', () => store.get(address)),
    publish: (publication) => timed('publish', () => store.publish(publication)),
    published: () => store.published(),
    list: () => store.list(),
    remove: (addresses, before) => store.remove(addresses, before),
    maintain: () => store.maintain(),
    close: () => store.close(),
  };
}
