/** Fetches what the tests need beside the npm packages, with progress, so that no test waits for it: templates, Temporal. */
import { loadSettings } from '../runtime/config.ts';
import { ensureTemplates } from '../runtime/embedded/templates.ts';
import { findTemporalBinary } from '../runtime/embedded/temporal-binary.ts';
import { reportFailure } from '../runtime/fail.ts';
import { createLogger } from '../runtime/log.ts';

const log = createLogger({ level: 'info', name: 'prepare', pretty: true });
try {
  const { cacheDir, temporalBin } = loadSettings(process.env);
  await ensureTemplates({ cacheDir, log });
  const { signal } = new AbortController();
  await findTemporalBinary({ temporalBin, cacheDir, path: process.env.PATH ?? '', log, signal });
} catch (error) {
  process.exitCode = reportFailure(error);
}
