import { openArtifactStore } from '../artifacts/open.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Logger } from '../runtime/log.ts';
import { createWordSeal } from '../stores/seal-words.ts';

/** Reads configurations; the API never writes any. */
export interface ArtifactReader {
  /** @throws AppError `artifact_missing`, `artifact_store_unavailable` */
  text(address: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens the store at the first read: the API starts and answers while the store is away. */
export function createArtifactReader(
  { artifacts, dataDir }: { artifacts: string; dataDir: string },
  secretKey: Buffer,
  log: Logger,
  /** Older keys, whose sealed secrets are opened too. */
  previous: readonly Buffer[] = [],
): ArtifactReader {
  const seal = createWordSeal(secretKey, previous);
  let opened: Promise<ArtifactStore> | null = null;
  const open = async (): Promise<ArtifactStore> => {
    try {
      return (await openArtifactStore(artifacts, { dataDir, log })).store;
    } catch (error) {
      opened = null;
      throw error;
    }
  };
  const store = (): Promise<ArtifactStore> => {
    opened ??= open();
    return opened;
  };
  return {
    text: async (address) => seal.open((await (await store()).get(address)).toString()),
    close: async () => (await opened?.catch(() => null))?.close(),
  };
}
