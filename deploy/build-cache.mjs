/** Fills CAIRN_CACHE_DIR of the image from `dist/`: the templates, checked by hash, and the workflow bundle. */
const built = (path) => import(new URL(`../dist/runtime/${path}`, import.meta.url).href);
const { ensureTemplates } = await built('embedded/templates.js');
const { workflowBundle } = await built('workflow-bundle.js');

const cacheDir = process.env.CAIRN_CACHE_DIR;
const log = { info: (text) => process.stdout.write(`${text}\n`) };
const { dir, version } = await ensureTemplates({ cacheDir, log });
const { codePath } = await workflowBundle(cacheDir);
log.info(`templates ${version} in ${dir}, workflow bundle in ${codePath}`);
