import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kind } from '../../../core/facts.ts';
import { KINDS } from '../../../core/facts.ts';
import { platforms } from '../../../devices/platforms/index.ts';
import { recordSession } from '../../../devices/recorder.ts';
import { simPlatforms } from '../../../simulator/platforms/index.ts';
import { startSimulator } from '../../../simulator/simulator.ts';

/**
 * Writes the fixtures `simulated-<fault>` of the platforms named, or of all that the simulator speaks:
 * `npx tsx tests/platforms/support/record-simulated.ts [platform]...`. What is expected is the simulator's truth, not what was parsed.
 */
const FAULTS = {
  motd: 'a banner with lines like prompts',
  pager_always: 'a pager that stays',
  syslog: 'log lines in outputs',
} as const;
/** They write no log into sessions. */
const SILENT = ['fortinet', 'paloalto_panos'];
/** Their banner stands before a key that is waited for: a client that takes a line of it for the prompt types too early. */
const KEY_AFTER_BANNER = ['hp_procurve'];
const FOLDER = join(import.meta.dirname, '../fixtures');
const LIMITS = { connectMs: 10_000, commandMs: 10_000, outputBytes: 5_000_000 };

const named = process.argv.slice(2);
const spoken = [...simPlatforms.keys()].filter((name) => platforms[name] !== undefined);
for (const name of named.length > 0 ? named : spoken) {
  const platform = platforms[name];
  if (platform === undefined) throw new Error(`there is no platform ${name}`);
  const simulator = await startSimulator({ devices: 3, platforms: [name], seed: 5, host: '127.47.0.1' });
  const device = simulator.devices.at(-1);
  if (device === undefined) throw new Error('no device');
  for (const [fault, about] of Object.entries(FAULTS)) {
    if (fault === 'syslog' && SILENT.includes(name)) continue;
    await simulator.setFault(device.name, fault as keyof typeof FAULTS);
    const { username, password, enable_password } = device;
    const credential = { username, password, enable_password, private_key: null, passphrase: null, token: null };
    const signal = new AbortController().signal;
    const recording = await recordSession({ ...device, platform, credential, commands: [], limits: LIMITS, signal });
    if (recording.failure !== null) throw recording.failure;
    const kinds = Object.fromEntries(
      KINDS.map((kind): [Kind, unknown] => {
        if ('unsupported' in platform.kinds[kind]) return [kind, { outcome: 'unsupported' }];
        const records = simulator.truth(device.name, kind);
        return [kind, { outcome: records.length > 0 ? 'ok' : 'empty', error: null, records }];
      }),
    );
    const only =
      fault === 'motd' && KEY_AFTER_BANNER.includes(name)
        ? { only_as_it_came: 'a line of the banner is taken for the prompt before the key is asked for' }
        : {};
    await mkdir(join(FOLDER, name), { recursive: true });
    const file = join(FOLDER, name, `simulated-${fault.replaceAll('_', '-')}`);
    await writeFile(`${file}.jsonl`, recording.text);
    await writeFile(`${file}.expected.json`, `${JSON.stringify({ about, ...only, kinds }, null, 1)}\n`);
  }
  await simulator.stop();
}
