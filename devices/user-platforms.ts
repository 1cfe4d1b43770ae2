import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '../core/errors.ts';
import { platformProblems } from './check-platform.ts';
import type { Platform } from './platform.ts';
import { platforms } from './platforms/index.ts';
import type { TemplateLibrary } from './template-library.ts';

const SUFFIX = '.mjs';

/**
 * Platforms of a user's folder: each `<name>.mjs` exports one as its default, either whole or as `{name, extends, …}`, which takes
 * from a built-in platform what it does not say itself. Checked before anything runs: shape, regular expressions, and that every
 * template it names is there and compiles.
 * @throws AppError `configuration_invalid` that names the file and each field that is wrong
 */
export async function loadUserPlatforms(folder: string, library: TemplateLibrary): Promise<Platform[]> {
  const loaded: Platform[] = [];
  const problems: string[] = [];
  for (const file of list(folder)) {
    const name = file.slice(0, -SUFFIX.length);
    const { platform, wrong } = await load(join(folder, file), name, library);
    if (platform === null || wrong.length > 0) problems.push(...wrong.map((problem) => `${file}: ${problem}`));
    else loaded.push(platform);
  }
  if (problems.length > 0) throw new AppError('configuration_invalid', `CAIRN_PLATFORMS_DIR ${folder}: ${problems.join('; ')}`);
  return loaded;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(SUFFIX))
      .sort();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('configuration_invalid', `CAIRN_PLATFORMS_DIR ${folder} cannot be read: ${why}`, { cause });
  }
}

async function load(
  path: string,
  name: string,
  library: TemplateLibrary,
): Promise<{ platform: Platform | null; wrong: string[] }> {
  let given: unknown;
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    given = module.default;
  } catch (error) {
    return { platform: null, wrong: [`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`] };
  }
  if (typeof given !== 'object' || given === null) return { platform: null, wrong: ['must export a platform as its default'] };
  const { extends: base, ...own }: Partial<Platform> & { extends?: unknown } = given;
  if (base !== undefined && (typeof base !== 'string' || platforms[base] === undefined)) {
    return { platform: null, wrong: [`extends must be one of ${Object.keys(platforms).join(', ')}`] };
  }
  const parent = base === undefined ? null : platforms[base]!;
  const platform = parent === null ? own : inherit(parent, own);
  const wrong = platformProblems(platform, library);
  if (platform.name !== name) wrong.unshift(`name must be "${name}", as the file is called`);
  return { platform: isSound(platform, wrong) ? platform : null, wrong };
}

function isSound(platform: Partial<Platform>, wrong: string[]): platform is Platform {
  return platform.name !== undefined && wrong.length === 0;
}

/**
 * Aliases are the parent's own; kinds, answers and configuration are taken over one by one. A configuration with another end is in
 * another language: what the parent knows of the beginning and the structure of its own does not hold for it.
 */
function inherit(parent: Platform, own: Partial<Platform>): Partial<Platform> {
  const { start: _start, complete: _complete, ...language } = parent.config;
  const { aliases: _aliases, ...rest } = parent;
  return {
    ...rest,
    ...own,
    kinds: { ...parent.kinds, ...own.kinds },
    answers: { ...parent.answers, ...own.answers },
    config: { ...(own.config?.end === undefined ? parent.config : language), ...own.config },
  };
}
