import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { CollectorResult } from '../../../core/backups.ts';
import type { Collector, CollectorOptions } from '../../../devices/collectors/collector.ts';
import { collectors } from '../../../devices/collectors/index.ts';
import { CREDENTIAL, sessionOn } from '../../unit/devices/support/sessions.ts';
import { commandLine, startDevice } from '../../unit/devices/support/tiny-device.ts';
import { platformOf } from '../support/layout.ts';
import { runningConfig } from './support/fixtures.ts';

const PAGE = new URL('../../../docs/howto/add-a-collector.md', import.meta.url);

async function block(name: string): Promise<string> {
  const page = await readFile(PAGE, 'utf8');
  const found = new RegExp(`^( *)<!-- ${name} -->\\n *\`\`\`\\w*\\n([\\s\\S]*?)\\n *\`\`\`$`, 'm').exec(page);
  if (found === null) throw new Error(`the page has no block ${name}`);
  return found[2]!.replaceAll(new RegExp(`^${found[1]}`, 'gm'), '');
}

test('the collector of the page works as it stands there', async () => {
  const folder = await mkdtemp(join(import.meta.dirname, 'howto-'));
  const text = runningConfig('cisco_ios');
  const asked: string[] = [];
  const device = await startDevice({ shell: commandLine('edge1#', { 'show startup-config': text.replaceAll('\n', '\r\n') }) });
  try {
    const file = join(folder, 'startup.ts');
    const devices = pathToFileURL(join(import.meta.dirname, '../../../devices')).pathname;
    await writeFile(file, (await block('file: startup.ts')).replaceAll("'../completeness.ts'", `'${devices}/completeness.ts'`));
    const { startup }: { startup: Collector<'session'> } = await import(file);
    const platform = platformOf('cisco_ios');
    const session = await sessionOn(device, { platform, credential: CREDENTIAL });
    const result = (status: CollectorResult['status'], device_config: string | null): CollectorResult => ({
      task_id: 't',
      status,
      timestamp: '',
      log: [],
      device_config,
    });
    const options: CollectorOptions = {
      timeout: 10_000,
      output_bytes: 1_000_000,
      platform,
      onCommand: (command) => asked.push(command),
      log: () => undefined,
      success: (config) => result('success', config),
      failure: (status) => result(status, null),
    };
    const about = { id: '1', name: 'edge1', host: device.host, port: device.port, platform: 'cisco_ios' };
    const collected = await startup.collect({ ...about, transport: 'ssh', external_id: null }, session, options);
    expect(collected).toMatchObject({ status: 'success', device_config: text });
    expect(asked).toEqual(['show startup-config']);
    await session.connection.close();
  } finally {
    await device.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test('the line of the page adds to the collectors that there are', async () => {
  const names = /\{ (.*) \}/.exec(await block('registry'))?.[1]?.split(', ');
  expect(names).toEqual([...Object.keys(collectors), 'startup']);
});
