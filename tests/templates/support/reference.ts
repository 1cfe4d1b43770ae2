import { loadSettings } from '../../../runtime/config.ts';
import { ensureTemplates } from '../../../runtime/embedded/templates.ts';
import { type Reference, ensureTextfsm, hasPython, startReference } from './python.ts';

/** The only reason for a test here not to run. */
export const NEEDS_PYTHON = 'skipped: there is no python3 with pip to compare with';

export const python = await hasPython();
export const { cacheDir } = loadSettings(process.env);

/** Starts Python's textfsm, fetched into the cache folder. */
export async function reference(limitSeconds?: number): Promise<Reference> {
  return startReference(await ensureTextfsm(cacheDir), limitSeconds);
}

/** The folder of ntc-templates. */
export async function templatesDir(): Promise<string> {
  return (await ensureTemplates({ cacheDir, log: { info: () => undefined } })).dir;
}
