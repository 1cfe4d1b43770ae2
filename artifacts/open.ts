import { join } from 'node:path';
import type { SecretPolicy } from '../core/backups.ts';
import { parseArtifactUrl } from './artifact-url.ts';
import type { ArtifactStore } from './store.ts';

export { parseArtifactUrl } from './artifact-url.ts';

export interface OpenOptions {
  /** Holds the repository of a `git+ssh://` store. */
  dataDir: string;
  log?: { warn(fields: object, message: string): void };
}

const SILENT = { warn: (): void => undefined };

/**
 * Opens the store of `CAIRN_ARTIFACTS`, made where there is none yet. A remote or a bucket that does not answer now is warned of:
 * what needs it fails then, and only then.
 * @throws AppError `configuration_invalid` where the address is wrong or something else is there; `startup_failed` without Git
 */
export async function openArtifactStore(
  url: string,
  options: OpenOptions,
): Promise<{ store: ArtifactStore; secrets: SecretPolicy }> {
  const parsed = parseArtifactUrl(url);
  const { dataDir, log = SILENT } = options;
  const { secrets } = parsed;
  if (parsed.kind === 'filesystem') {
    const { openFilesystemStore } = await import('./filesystem.ts');
    return { secrets, store: await openFilesystemStore({ path: parsed.path }) };
  }
  if (parsed.kind === 'git') {
    const { openGitStore } = await import('./git.ts');
    const { branch, push } = parsed;
    const path = parsed.path ?? join(dataDir, 'artifacts.git');
    const location = parsed.path === null ? `git+${push}` : `git+file://${path}`;
    return { secrets, store: await openGitStore({ path, location, branch, push, log }) };
  }
  // Its client is large: only who uses it pays for it.
  const { openS3Store } = await import('./s3.ts');
  return { secrets, store: await openS3Store({ ...parsed, log }) };
}
