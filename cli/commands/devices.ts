import { CIRCUIT_STATES } from '../../core/circuit.ts';
import { TRANSPORTS } from '../../core/device.ts';
import { ERROR_CODES } from '../../core/errors.ts';
import type { Device } from '../../contracts/device.ts';
import { deviceHealth } from '../../contracts/http/device-health.ts';
import { devices } from '../../contracts/http/devices.ts';
import { EXIT, type Arg } from '../command.ts';
import { DEVICE_FILTER, deviceFilter } from '../filters.ts';
import { importInput, importResult } from '../import-devices.ts';
import { deviceImport } from '../../contracts/http/device-import.ts';
import { credentialId, groupId } from '../resolve.ts';
import { list, request } from '../request.ts';
import { record } from '../text/table.ts';
import type { Screen } from '../context.ts';
import type { AnswerOf } from '../../contracts/endpoint.ts';
import { time } from '../text/words.ts';

const DEVICE: Arg = { name: 'device', about: 'name or id', completes: 'device' };

const showDevice = (device: Device, screen: Screen): string =>
  record(screen, { ...device, created_at: time(device.created_at), updated_at: time(device.updated_at) });

function showHealth(health: AnswerOf<typeof deviceHealth.getDeviceHealth>, screen: Screen): string {
  const { circuit, ...rest } = health;
  return record(screen, {
    ...rest,
    last_success_at: time(health.last_success_at),
    last_failure_at: time(health.last_failure_at),
    circuit: circuit.state,
    open_until: circuit.state === CIRCUIT_STATES[0] ? null : time(circuit.open_until),
  });
}

export const deviceCommands = [
  list({
    name: 'devices list',
    about: 'list devices by name',
    options: [...DEVICE_FILTER],
    page: ({ client, signal }, given, at) =>
      client().call(devices.listDevices, {
        query: {
          ...at,
          ...deviceFilter(given),
          enabled: given.choice('enabled', ['yes', 'no']),
        },
        signal,
      }),
    columns: [
      { head: 'NAME', of: (row: Device) => row.name, whole: true },
      { head: 'HOST', of: (row) => row.host },
      { head: 'PORT', of: (row) => row.port, right: true },
      { head: 'PLATFORM', of: (row) => row.platform },
      { head: 'SITE', of: (row) => row.site },
      { head: 'TAGS', of: (row) => row.tags },
      { head: 'ENABLED', of: (row) => row.enabled, color: (row) => (row.enabled ? null : 'yellow') },
    ],
    empty: 'No devices.',
  }),
  request({
    name: 'devices show',
    about: 'show one device',
    args: [DEVICE],
    endpoint: devices.getDevice,
    input: (given) => ({ params: { id: given.need('device') } }),
    show: showDevice,
  }),
  request({
    name: 'devices add',
    about: 'add a device',
    args: [{ name: 'name', about: 'name of the new device' }],
    options: [
      { name: 'host', value: 'host', about: 'address or name; for http the base URL' },
      { name: 'platform', value: 'platform', about: 'such as cisco_ios' },
      { name: 'port', value: 'port', about: '22, or that of the base URL, unless told' },
      { name: 'transport', value: 'transport', about: 'ssh unless told', choices: TRANSPORTS },
      { name: 'credential', value: 'credential', about: 'name or id', completes: 'credential' },
      { name: 'group', value: 'group', about: 'name or id of its collection group', completes: 'group' },
      { name: 'site', value: 'site', about: 'where it stands' },
      { name: 'tag', value: 'tag', about: 'a tag; several times for several', many: true },
      { name: 'external-id', value: 'id', about: 'its id in another system' },
      { name: 'disabled', about: 'jobs leave it out' },
    ],
    endpoint: devices.createDevice,
    input: async (given, context) => ({
      body: {
        name: given.need('name'),
        host: given.need('host'),
        platform: given.need('platform'),
        port: given.number('port'),
        transport: given.choice('transport', TRANSPORTS),
        credential_id: await credentialId(context, given.text('credential')),
        collection_group_id: await groupId(context, given.text('group')),
        site: given.text('site'),
        tags: given.list('tag'),
        external_id: given.text('external-id'),
        enabled: !given.flag('disabled'),
      },
    }),
    show: showDevice,
  }),
  request({
    name: 'devices import',
    about: 'add or update the devices of a CSV or JSON file (- is standard input); 9 where some rows are bad, 2 where all are',
    args: [{ name: 'file', about: 'header = field names, credential and collection_group by name', completes: 'file' }],
    endpoint: deviceImport.importDevices,
    input: async (given, { read }) => importInput(await read(given.need('file'))),
    show: importResult,
    exit: ({ failed, items }) =>
      failed.length === 0 ? EXIT.ok : items.length > 0 ? EXIT.job_partial : ERROR_CODES.validation_failed.exit,
  }),
  request({
    name: 'devices remove',
    about: 'remove a device and its caches; the history of its jobs stays',
    args: [DEVICE],
    endpoint: devices.deleteDevice,
    input: (given) => ({ params: { id: given.need('device') } }),
    show: (_, __, given) => `removed ${given.need('device')}\n`,
  }),
  request({
    name: 'devices health',
    about: 'how a device has fared lately',
    args: [DEVICE],
    endpoint: deviceHealth.getDeviceHealth,
    input: (given) => ({ params: { id: given.need('device') } }),
    show: showHealth,
  }),
  request({
    name: 'devices reset-circuit',
    about: 'forget the failures of a device: the next job tries it at once',
    args: [DEVICE],
    endpoint: deviceHealth.resetDeviceCircuit,
    input: (given) => ({ params: { id: given.need('device') } }),
    show: showHealth,
  }),
];
