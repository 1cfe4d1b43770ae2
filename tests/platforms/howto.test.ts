import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectFacts } from '../../devices/collect.ts';
import { platformRegistry } from '../../devices/platform-registry.ts';
import { openTemplateLibrary, type TemplateLibrary } from '../../devices/template-library.ts';
import { loadUserPlatforms } from '../../devices/user-platforms.ts';
import { loadSettings } from '../../runtime/config.ts';
import { ensureTemplates } from '../../runtime/embedded/templates.ts';
import { createLogger } from '../../runtime/log.ts';

/** Blocks of the page by what stands before them: `file: x`, `output: x`, `records: x`. */
async function blocksOf(page: string): Promise<Map<string, string>> {
  const text = await readFile(new URL(page, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^( *)<!-- (\w+: .+?) -->\n *```\w*\n([\s\S]*?)\n *```$/gm)];
  return new Map(blocks.map(([, indent, name, body]) => [name!, body!.replaceAll(new RegExp(`^${indent}`, 'gm'), '')]));
}

let folder: string;
let blocks: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-howto-'));
  blocks = await blocksOf('../../docs/howto/add-a-platform.md');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function library(userDir: string): Promise<TemplateLibrary> {
  const { cacheDir } = loadSettings(process.env);
  const { dir, version } = await ensureTemplates({ cacheDir, log: createLogger({ level: 'warn', name: 'test' }) });
  const ownDir = fileURLToPath(new URL('../../devices/templates', import.meta.url));
  return openTemplateLibrary({ ntcDir: dir, ntcVersion: version, ownDir, userDir });
}

/** A device with the prompt `acme1>` that knows the one command of the page. */
async function startDevice(
  outputs: Record<string, string>,
): Promise<{ port: number; commands: string[]; stop(): Promise<void> }> {
  const commands: string[] = [];
  const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on('error', () => client.end());
    client.on('authentication', (auth) =>
      auth.method === 'password' && auth.password === 'right' ? auth.accept() : auth.reject(['password']),
    );
    client.on('session', (accept) => {
      const session = accept();
      session.on('pty', (ok) => ok());
      session.on('shell', (ok) => {
        const shell = ok();
        let typed = '';
        shell.write('Welcome to Acme OS\r\nacme1>');
        shell.on('data', (chunk: Buffer) => {
          typed += chunk.toString();
          for (let end = typed.search(/[\r\n]/); end >= 0; end = typed.search(/[\r\n]/)) {
            const command = typed.slice(0, end);
            typed = typed.slice(end + 1);
            commands.push(command);
            if (command === 'quit') return shell.end();
            const output = outputs[command];
            shell.write(
              `${command}\r\n${output === undefined ? '% Invalid input\r\n' : `${output.replaceAll('\n', '\r\n')}\r\n`}acme1>`,
            );
          }
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('docs/howto/add-a-platform.md', () => {
  it('followed literally, gives the records that it promises', async () => {
    for (const [name, body] of blocks) {
      if (name.startsWith('file: ')) await writeFile(join(folder, name.slice(6)), `${body}\n`);
    }
    const templates = await library(folder);
    const platform = platformRegistry(await loadUserPlatforms(folder, templates)).find('acme_os')!;
    const device = await startDevice({ 'show neighbors': blocks.get('output: show neighbors')!, 'terminal pager off': '' });
    try {
      const collected = await collectFacts({
        device: {
          id: '1',
          name: 'acme1',
          host: '127.0.0.1',
          port: device.port,
          platform: 'acme_os',
          transport: 'ssh',
          external_id: null,
        },
        platform,
        credential: {
          username: 'admin',
          password: 'right',
          private_key: null,
          passphrase: null,
          enable_password: null,
          token: null,
        },
        kinds: ['lldp_neighbors', 'cdp_neighbors'],
        library: templates,
        limits: { device_ms: 20_000, command_ms: 5_000, connect_ms: 5_000, output_bytes: 1e6 },
        pinnedHostKey: null,
        jump: null,
        signal: new AbortController().signal,
        shouldStop: () => false,
        onTask: () => undefined,
      });
      expect(collected.kinds.lldp_neighbors).toMatchObject({ outcome: 'ok', error: null });
      expect(collected.kinds.lldp_neighbors!.records).toMatchObject(
        JSON.parse(blocks.get('records: lldp_neighbors')!) as object[],
      );
      expect(collected.kinds.cdp_neighbors).toMatchObject({ outcome: 'unsupported', error: 'Acme OS does not speak CDP' });
      expect(collected.outputs.find((output) => output.command === 'show neighbors')).toMatchObject({ template_version: 'user' });
      expect(device.commands).toContain('terminal pager off');
    } finally {
      await device.stop();
    }
  });

  it.each([
    [
      'a wrong field',
      { 'x.mjs': "export default { name: 'x', extends: 'arista_eos', promt: 1 }" },
      /x\.mjs: unknown field "promt"/,
    ],
    [
      'a wrong value',
      { 'x.mjs': "export default { name: 'x', extends: 'arista_eos', prompt: { any: '>' } }" },
      /x\.mjs: prompt\.any must be a regular expression/,
    ],
    ['another name', { 'x.mjs': "export default { name: 'y', extends: 'arista_eos' }" }, /x\.mjs: name must be "x"/],
    [
      'an unknown parent',
      { 'x.mjs': "export default { name: 'x', extends: 'nobody' }" },
      /x\.mjs: extends must be one of .*cisco_ios/,
    ],
    ['missing fields', { 'x.mjs': "export default { name: 'x' }" }, /x\.mjs: label is missing; x\.mjs: mode is missing/],
    ['a syntax error', { 'x.mjs': 'export default {' }, /x\.mjs: cannot be loaded: /],
    ['no platform', { 'x.mjs': 'export default 7' }, /x\.mjs: must export a platform/],
    [
      'a missing template',
      {
        'x.mjs':
          "export default { name: 'x', extends: 'arista_eos', kinds: { arp: { ask: [{ command: 'a', parse: { own: 'none' } }] } } }",
      },
      /x\.mjs: kinds\.arp: there is no template none/,
    ],
    [
      'a broken template',
      {
        'x.mjs':
          "export default { name: 'x', extends: 'arista_eos', kinds: { arp: { ask: [{ command: 'a', parse: { own: 'bad' } }] } } }",
        'bad.textfsm': 'Value A (\n\nStart\n',
      },
      /x\.mjs: kinds\.arp: template bad: /,
    ],
  ])('refuses %s at the start, naming the file and the field', async (_what, files, message) => {
    const wrong = await mkdtemp(join(tmpdir(), 'cairn-wrong-'));
    try {
      for (const [name, body] of Object.entries(files)) await writeFile(join(wrong, name), body);
      await expect(loadUserPlatforms(wrong, await library(wrong))).rejects.toMatchObject({
        code: 'configuration_invalid',
        detail: expect.stringMatching(message) as string,
      });
    } finally {
      await rm(wrong, { recursive: true, force: true });
    }
  });
});
