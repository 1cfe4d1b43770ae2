import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startControl } from './control-api.ts';
import { startDeviceApi } from './device-api.ts';
import { FAULTS } from './faults.ts';
import { FaultFile, Faults } from './input.ts';
import { hash } from './random.ts';
import { simPlatforms } from './platforms/index.ts';
import { startSimulator } from './simulator.ts';

const HELP = `simulator: a network of SSH devices in one process
  --devices N          number of devices (20)
  --seed N             the same seed and size give the same network (1)
  --platforms A,B      in seeded turns (cisco_ios,arista_eos,juniper_junos,mikrotik_routeros)
                       there are: ${[...simPlatforms.keys()].join(', ')}
  --latency MS         a command takes half to one and a half of it (0)
  --access-rules N     length of the configurations: 400 are some 30 KB (40 to 59)
  --host ADDRESS       of the first device (127.20.0.1)
  --port N             of all devices (a free one)
  --username, --password, --enable-password
  --fail SHARE         share of devices that have a fault, 0 to 1 (0), of the kinds in
  --fail-modes A,B     (refuse,auth,stall)
                       there are: ${Object.keys(FAULTS).join(', ')}
  --faults FILE        JSON, device name → fault or faults
  --control-port N     HTTP: counters, truth, faults, changes (a free one)
  --http-port N        HTTP device API (a free one); --token TEXT, its bearer token
  --inventory FILE     writes the devices as CSV for an import
`;

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    platforms: { type: 'string' },
    latency: { type: 'string', default: '0' },
    'access-rules': { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    username: { type: 'string' },
    password: { type: 'string' },
    'enable-password': { type: 'string' },
    fail: { type: 'string', default: '0' },
    'fail-modes': { type: 'string', default: 'refuse,auth,stall' },
    faults: { type: 'string' },
    'control-port': { type: 'string' },
    'http-port': { type: 'string' },
    token: { type: 'string' },
    inventory: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** A number of the command line, or the end of the program. */
function number(
  name: 'devices' | 'seed' | 'latency' | 'access-rules' | 'fail' | 'port' | 'control-port' | 'http-port',
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a number, not ${text}\n`);
  return process.exit(2);
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const seed = number('seed') ?? 1;
  const sim = await startSimulator({
    devices: number('devices'),
    seed,
    platforms: values.platforms?.split(','),
    latencyMs: number('latency'),
    accessRules: number('access-rules'),
    host: values.host,
    port: number('port'),
    username: values.username,
    password: values.password,
    enablePassword: values['enable-password'],
    faults: values.faults ? FaultFile.parse(JSON.parse(readFileSync(values.faults, 'utf8'))) : undefined,
  });
  const share = number('fail') ?? 0;
  const modes = Faults.array().parse(values['fail-modes'].split(','));
  for (const [index, device] of sim.devices.entries()) {
    if (hash(seed, index, 'fail') / 2 ** 32 >= share) continue;
    await sim.setFault(device.name, modes[hash(seed, index, 'mode') % modes.length] ?? null);
  }
  const control = await startControl(sim, { port: number('control-port') });
  const api = await startDeviceApi(sim, { port: number('http-port'), token: values.token });
  if (values.inventory) {
    const lines = sim.devices.map((d) => [d.name, d.host, d.port, d.platform, 'ssh'].join(','));
    writeFileSync(values.inventory, `name,host,port,platform,transport\n${lines.join('\n')}\n`);
  }
  const [first, last] = [sim.devices[0], sim.devices.at(-1)];
  process.stdout.write(
    `simulator ready devices=${sim.devices.length} first=${first?.host} last=${last?.host} port=${first?.port} control=${control.url} http=${api.url} pid=${process.pid}\n`,
  );
  const stop = (): void => {
    void Promise.all([sim.stop(), control.stop(), api.stop()]).then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
