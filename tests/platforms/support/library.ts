import { fileURLToPath } from 'node:url';
import { openTemplateLibrary } from '../../../devices/template-library.ts';
import type { TemplateLibrary } from '../../../devices/template-library.ts';
import { loadSettings } from '../../../runtime/config.ts';
import { ensureTemplates } from '../../../runtime/embedded/templates.ts';

/** The real templates, fetched once for all tests. */
export async function openLibrary(): Promise<TemplateLibrary> {
  const { cacheDir } = loadSettings(process.env);
  const { dir, version } = await ensureTemplates({ cacheDir, log: { info: () => undefined } });
  const ownDir = fileURLToPath(new URL('../../../devices/templates', import.meta.url));
  return openTemplateLibrary({ ntcDir: dir, ntcVersion: version, ownDir });
}
