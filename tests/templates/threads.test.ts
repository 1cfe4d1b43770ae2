import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTemplateLibrary, type TemplateLibrary } from '../../devices/template-library.ts';
import { parseText } from '../../devices/template-parse.ts';
import { compileTemplate, ParseError, parseTable, TemplateError } from '../../devices/textfsm/textfsm.ts';
import { createParseThreads } from '../../devices/textfsm/threads.ts';

const run = promisify(execFile);
const TEMPLATE =
  'Value NETWORK (\\S+)\nValue List HOPS (\\d+)\n\nStart\n  ^route\\s+${NETWORK}\\s+${HOPS} -> Record\n  ^. -> Error\n';
const line = (index: number): string => `route 10.${(index >> 16) % 256}.${(index >> 8) % 256}.${index % 256}/32 ${index}\n`;
const text = (count: number): string => Array.from({ length: count }, (_, index) => line(index)).join('');

let folder: string;
let library: TemplateLibrary;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-threads-'));
  writeFileSync(join(folder, 'index'), 'Template, Hostname, Platform, Command\nroutes.textfsm, .*, acme_os, show route\n');
  writeFileSync(join(folder, 'routes.textfsm'), TEMPLATE);
  library = openTemplateLibrary({ ntcDir: folder, ntcVersion: '1', ownDir: folder });
});

afterAll(async () => {
  await library.threads.close();
  rmSync(folder, { recursive: true });
});

describe('a long text', () => {
  test('is parsed while the main thread goes on', async () => {
    const long = text(300_000);
    let beats = 0;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      beats += 1;
    }, 5);
    const parsed = await parseText(library, { platform: 'acme_os', command: 'show route' }, long);
    clearInterval(timer);
    expect(parsed?.rows).toHaveLength(300_000);
    expect(parsed?.rows[299_999]).toEqual({ network: '10.4.147.223/32', hops: ['299999'] });
    expect(beats).toBeGreaterThan(20);
    // A heartbeat every 3 s has room to spare.
    expect(longest).toBeLessThan(2000);
  });

  test('gives the rows that the main thread gives', async () => {
    const some = text(12_345);
    expect(some.length).toBeGreaterThan(256 * 1024);
    const parsed = await parseText(library, { templateName: 'routes' }, some);
    expect(parsed?.rows).toEqual(parseTable([compileTemplate(TEMPLATE)], some));
  });

  test('that does not fit is a ParseError with its place', async () => {
    const failure = parseText(library, { templateName: 'routes' }, `${text(20_000)}what?\n`);
    await expect(failure).rejects.toBeInstanceOf(ParseError);
    await expect(failure).rejects.toMatchObject({ reason: 'error_action', ruleLine: 6, inputLine: 20_001, inputText: 'what?' });
  });
});

describe('parsing threads', () => {
  test('parse more texts than there are threads', async () => {
    const threads = createParseThreads(2);
    const counts = [5, 0, 3000, 1, 1000, 1001];
    const all = await Promise.all(counts.map((count) => threads.parseInThread([TEMPLATE], text(count))));
    expect(all.map((rows) => rows.length)).toEqual(counts);
    await threads.close();
  });

  test('tell a wrong template, and go on', async () => {
    const threads = createParseThreads(1);
    const failure = threads.parseInThread(['Value A (x\n\nStart\n'], 'x');
    await expect(failure).rejects.toBeInstanceOf(TemplateError);
    await expect(failure).rejects.toMatchObject({ line: 1 });
    expect(await threads.parseInThread([TEMPLATE], text(2))).toHaveLength(2);
    await threads.close();
  });

  test('fail what they are at when they are closed', async () => {
    const threads = createParseThreads(1);
    const failures = Promise.allSettled([
      threads.parseInThread([TEMPLATE], text(100_000)),
      threads.parseInThread([TEMPLATE], 'x'),
    ]);
    await threads.close();
    expect((await failures).map((failure) => failure.status)).toEqual(['rejected', 'rejected']);
  });

  test('work from compiled JavaScript and do not hold the process', async () => {
    const out = join(folder, 'dist');
    compileInto(out);
    const script = join(out, 'try.js');
    writeFileSync(
      script,
      `import { createParseThreads } from './devices/textfsm/threads.js';
       const rows = await createParseThreads().parseInThread([${JSON.stringify(TEMPLATE)}], 'route 10.0.0.0/8 1\\n');
       console.log(JSON.stringify(rows));`,
    );
    const { stdout } = await run(process.execPath, [script], { timeout: 30_000 });
    expect(JSON.parse(stdout)).toEqual([{ network: '10.0.0.0/8', hops: ['1'] }]);
  });
});

/** What `tsc` would write for the engine. */
function compileInto(out: string): void {
  const root = join(import.meta.dirname, '../..');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(root, 'node_modules'), join(out, 'node_modules'));
  for (const part of ['devices/textfsm', 'devices/textfsm/regex']) {
    mkdirSync(join(out, part), { recursive: true });
    for (const file of readdirSync(join(root, part)).filter((name) => name.endsWith('.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(join(root, part, file), 'utf8'), {
        fileName: file,
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          rewriteRelativeImportExtensions: true,
        },
      });
      writeFileSync(join(out, part, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
}
