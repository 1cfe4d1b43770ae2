import { AppError } from '../../../core/errors.ts';
import { ensureTemplates } from '../../../runtime/embedded/templates.ts';

/** Fetches the templates into the folder given and prints what came of it. */
const log: string[] = [];
const outcome = await ensureTemplates({ cacheDir: process.argv[2] ?? '', log: { info: (line) => void log.push(line) } }).catch(
  (error: unknown) => {
    if (error instanceof AppError) return { code: error.code, error: error.detail };
    throw error;
  },
);
console.log(JSON.stringify({ ...outcome, log }));
