import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTemplateIndex, type TemplateIndex } from './template-index.ts';
import { compileTemplate, type Template } from './textfsm/textfsm.ts';
import { createParseThreads, type ParseThreads } from './textfsm/threads.ts';

export interface FoundTemplates {
  /** File name, or names joined by `:` where tables are merged, e.g. `cisco_ios_show_ip_route.textfsm`. */
  name: string;
  /** e.g. `ntc-templates 9.3.0`, `cairn 0.1.0`. */
  version: string;
  templates: Template[];
  /** The text of each template. */
  sources: string[];
}

export interface TemplateLibrary {
  /** The templates for a command's output: own ones first, then the index of ntc-templates. Null where there is none. */
  find(platform: string, command: string): FoundTemplates | null;
  /** By file name, `.textfsm` may be left out; own ones first. Null where there is none. */
  byName(name: string): FoundTemplates | null;
  /** For texts too long for the main thread. */
  threads: ParseThreads;
  /** Told how long each output took to parse, in seconds. */
  onParsed?(seconds: number): void;
}

export interface TemplateSources {
  /** Folder with `index` and the templates of ntc-templates; see `ensureTemplates`. */
  ntcDir: string;
  ntcVersion: string;
  /** Folder with own templates, named `<platform>_<command>.textfsm`. */
  ownDir: string;
  /** Folder of the user with more of them; its templates come first. */
  userDir?: string | null;
}

const SUFFIX = '.textfsm';
const CACHE_LIMIT = 2000;

/** Opens both folders. Templates are read and compiled at first use and kept. */
export function openTemplateLibrary(folders: TemplateSources): TemplateLibrary {
  const { ntcDir, ownDir, userDir = null } = folders;
  const users = userDir === null ? [] : [{ dir: userDir, files: listTemplates(userDir), version: 'user' }];
  const own = { dir: ownDir, files: listTemplates(ownDir), version: `cairn ${packageVersion()}` };
  const ntc = { dir: ntcDir, files: listTemplates(ntcDir), version: `ntc-templates ${folders.ntcVersion}` };
  const loaded = new Map<string, { template: Template; source: string }>();
  const answers = new Map<string, FoundTemplates | null>();
  let index: TemplateIndex | null = null;

  const load = (dir: string, file: string): { template: Template; source: string } => {
    const path = join(dir, file);
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const source = readFileSync(path, 'utf8');
    const fresh = { template: compileTemplate(source), source };
    loaded.set(path, fresh);
    return fresh;
  };
  const open = (from: { dir: string; version: string }, files: string[]): FoundTemplates => {
    const parts = files.map((file) => load(from.dir, file));
    return {
      name: files.join(':'),
      version: from.version,
      templates: parts.map((part) => part.template),
      sources: parts.map((part) => part.source),
    };
  };
  const search = (platform: string, command: string): FoundTemplates | null => {
    const file = templateFile(platform, command);
    const mine = [...users, own].find((one) => one.files.has(file));
    if (mine !== undefined) return open(mine, [file]);
    index ??= readTemplateIndex(readFileSync(join(ntcDir, 'index'), 'utf8'));
    const files = index.find(platform, command);
    return files === null ? null : open(ntc, files);
  };

  return {
    threads: createParseThreads(),
    find(platform, command) {
      const words = command.trim().replaceAll(/\s+/g, ' ');
      const key = `${platform}\n${words}`;
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = search(platform, words);
        if (answers.size >= CACHE_LIMIT) answers.clear();
        answers.set(key, answer);
      }
      return answer;
    },
    byName(name) {
      const files = name.split(':').map((part) => (part.endsWith(SUFFIX) ? part : part + SUFFIX));
      const from = [...users, own, ntc].find((one) => files.every((file) => one.files.has(file)));
      return from === undefined ? null : open(from, files);
    },
  };
}

/** The file name of an own template: blanks and other signs of the command become `_`, `-` stays. */
export function templateFile(platform: string, command: string): string {
  const words = command
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return `${platform}_${words}${SUFFIX}`;
}

function listTemplates(dir: string): Set<string> {
  return new Set(readdirSync(dir).filter((file) => file.endsWith(SUFFIX)));
}

/** Version of Cairn itself, from the nearest package.json. */
function packageVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version);
}
