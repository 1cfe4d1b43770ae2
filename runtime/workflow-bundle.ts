import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { failureConverterPath } from './data-converter.ts';
import { hasErrorCode } from './system-error.ts';

/** Root of the sources, or of `dist/`: the folder above this one. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The workflow bundle, as a worker takes it. Making one takes 7 to 16 s, so it is kept in the cache folder under a hash of the
 * sources it is made of and the version of the SDK. `encodeFailures`: errors that a workflow throws are put into payloads.
 */
export async function workflowBundle(cacheDir: string, encodeFailures = true): Promise<{ codePath: string }> {
  const folder = join(cacheDir, 'workflow-bundles');
  const codePath = join(folder, `${await sourcesHash(encodeFailures)}.js`);
  if (await exists(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    ...(await workflowModules()),
    logger: new DefaultLogger('WARN'),
    ...(encodeFailures ? { failureConverterPath } : {}),
  });
  await mkdir(folder, { recursive: true });
  const partial = `${codePath}.${process.pid}.partial`;
  await writeFile(partial, code);
  await rename(partial, codePath);
  return { codePath };
}

/** `workflows/index` as TypeScript in development, as JavaScript in `dist/`. */
async function workflowsPath(): Promise<string> {
  const source = join(ROOT, 'workflows', 'index.ts');
  return (await exists(source)) ? source : join(ROOT, 'workflows', 'index.js');
}

/** What the bundle is made of: the workflows, and what passes the place in a trace on. */
export async function workflowModules(): Promise<{ workflowsPath: string; workflowInterceptorModules: string[] }> {
  const path = await workflowsPath();
  return { workflowsPath: path, workflowInterceptorModules: [path.replace(/index(\.[jt]s)$/, 'trace-interceptors$1')] };
}

async function sourcesHash(encodeFailures: boolean): Promise<string> {
  const hash = createHash('sha256');
  const sdk: { version: string } = createRequire(import.meta.url)('@temporalio/worker/package.json');
  hash.update(sdk.version);
  if (encodeFailures) hash.update(await readFile(failureConverterPath));
  for (const folder of ['core', 'workflows']) {
    const names = (await readdir(join(ROOT, folder))).filter((name) => /\.[jt]s$/.test(name)).sort();
    for (const name of names) hash.update(`\0${folder}/${name}\0`).update(await readFile(join(ROOT, folder, name)));
  }
  return hash.digest('hex').slice(0, 32);
}

async function exists(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
