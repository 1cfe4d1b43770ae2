import { randomBytes } from 'node:crypto';
import { closeSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { packOf, PUT_PACK } from './git-pack-format.ts';
import type { BlobJob, Problem } from './object-writer.ts';
import { flushAndClose, flushFolder, removeQuietly, writeNew } from './write-files.ts';
import { problemOf } from './write-problem.ts';

/** Blobs as one pack with its index. Git sees it from the moment that the index is there: all of it or nothing. */
export async function writePack(folder: string, blobs: BlobJob[]): Promise<(Problem | null)[]> {
  const written: string[] = [];
  try {
    const { checksum, pack, index } = packOf(blobs);
    const random = randomBytes(8).toString('hex');
    // A name of its own, also for what was put before: a repack that is under way removes the packs whose names it saw.
    const name = `${PUT_PACK}${random}-${checksum}`;
    const files = [
      { path: join(folder, `tmp_pack_${random}`), content: pack, name: `${name}.pack` },
      { path: join(folder, `tmp_idx_${random}`), content: index, name: `${name}.idx` },
    ];
    const open: number[] = [];
    for (const { path, content } of files) {
      open.push(writeNew(path, content));
      written.push(path);
    }
    const flushes = await Promise.allSettled(open.map(flushAndClose));
    for (const flush of flushes) if (flush.status === 'rejected') throw flush.reason;
    // Git leaves a pack with this beside it alone until it is taken away: what was just put must not be mixed with what is old.
    closeSync(writeNew(join(folder, `${name}.keep`), Buffer.alloc(0)));
    written.push(join(folder, `${name}.keep`));
    for (const { path, name: final } of files) renameSync(path, join(folder, final));
    await flushFolder(folder);
    return blobs.map(() => null);
  } catch (error) {
    for (const path of written) removeQuietly(path);
    return blobs.map(() => problemOf(error));
  }
}
