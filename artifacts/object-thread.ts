import { parentPort } from 'node:worker_threads';
import type { WriteGroup } from './object-writer.ts';
import { writeFiles } from './write-files.ts';
import { writePack } from './write-pack.ts';

/**
 * The thread behind the writers of objects: nine calls for each object through the thread pool cost more CPU than the session that
 * brought it.
 */
parentPort?.on('message', (group: WriteGroup) => {
  const writing = 'files' in group ? writeFiles(group.files) : writePack(group.pack, group.blobs);
  void writing.then((problems) => parentPort?.postMessage({ id: group.id, problems }));
});
