import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { openArtifactStore } from '../../artifacts/open.ts';

/** A process of its own on a store: `put` stores random texts until it is killed, `publish` publishes `count` files one by one. */
export const CHILD = fileURLToPath(import.meta.url);

async function main([what, url, dataDir, label, count]: string[]): Promise<void> {
  const { store } = await openArtifactStore(url!, { dataDir: dataDir! });
  if (what === 'put') {
    for (;;) process.stdout.write(`${await store.put(randomBytes(200_000))}\n`);
  }
  for (let number = 0; number < Number(count); number += 1) {
    const address = await store.put(Buffer.from(`${label} ${number}\n`));
    await store.publish({
      message: `${label} ${number}`,
      actor: label!,
      files: [{ name: `${label}-${number}`, address }],
      removed: [],
    });
    process.stdout.write(`${address}\n`);
  }
  await store.close();
}

if (process.argv[1] === CHILD) await main(process.argv.slice(2));
