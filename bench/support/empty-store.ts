import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export const STORES = ['git', 'files'] as const;
export type StoreKind = (typeof STORES)[number];

/** Where the artifact store of a stack is. */
export const storePath = (kind: StoreKind, dataDir: string): string =>
  join(dataDir, kind === 'git' ? 'configurations.git' : 'artifacts');

/** Forgets every text and commit, so that the next job stores everything anew; the worker that has the store open goes on. */
export async function emptyStore(kind: StoreKind, dataDir: string): Promise<void> {
  const path = storePath(kind, dataDir);
  const folders = kind === 'git' ? ['objects', 'objects/pack', 'refs/heads'] : ['objects', 'current'];
  for (const folder of folders) {
    for (const name of await readdir(join(path, folder))) {
      if (folder === 'objects' && (name === 'pack' || name === 'info')) continue;
      await rm(join(path, folder, name), { recursive: true });
    }
  }
  if (kind === 'git') await rm(join(path, 'packed-refs'), { force: true });
}
