import { defaultPort, DeviceInput, type DevicePatch } from '../../contracts/device.ts';
import type { devices } from '../../contracts/http/devices.ts';
import { changeDevice, deleteDevice, findDevice, insertDevice, listDevices, type DeviceFields } from '../../stores/devices.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { invalid, validationError } from '../../core/errors.ts';
import { fieldErrors, notFound } from '../problems.ts';

function fieldsOf({ id: _id, port, ...rest }: DeviceInput): DeviceFields {
  return { ...rest, tags: [...new Set(rest.tags)], port: port ?? defaultPort(rest.transport, rest.host) };
}

/** What a device becomes by a change of some fields, checked as a whole. */
export function patched(current: DeviceFields, patch: DevicePatch): DeviceFields {
  // A new base URL brings its own port.
  const moved = patch.host !== undefined || patch.transport !== undefined;
  const wasDefault = current.port === defaultPort(current.transport, current.host);
  const port = patch.port ?? (moved && wasDefault ? undefined : current.port);
  const { name, host, platform, transport, credential_id, collection_group_id, jump_device_id } = current;
  const { site, tags, enabled, external_id, host_key } = current;
  const before = { name, host, platform, transport, credential_id, collection_group_id, jump_device_id };
  const parsed = DeviceInput.safeParse({ ...before, site, tags, enabled, external_id, host_key, ...patch, port });
  if (!parsed.success) throw validationError(fieldErrors('body', parsed.error.issues));
  return fieldsOf(parsed.data);
}

export const deviceHandlers: Handlers<typeof devices> = {
  async listDevices({ deps, principal, query }) {
    const { limit, cursor, ...filter } = query;
    const rows = await listDevices(deps.database, principal, filter, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createDevice({ deps, principal, body, audit }) {
    const device = await insertDevice(deps.database, principal, body.id, fieldsOf(body));
    audit.detail = { id: device.id, name: device.name };
    return { status: 201, body: device, headers: { Location: `/api/devices/${device.id}` } };
  },
  async getDevice({ deps, principal, params }) {
    const device = await findDevice(deps.database, principal, params.id);
    if (device === null) throw notFound('device', params.id);
    return { status: 200, body: device };
  },
  async replaceDevice({ deps, principal, params, body, audit }) {
    const device = await changeDevice(deps.database, principal, params.id, (current) => {
      if (body.id !== undefined && body.id !== current.id) throw invalid('/id', 'cannot be changed');
      return fieldsOf(body);
    });
    if (device === null) throw notFound('device', params.id);
    audit.detail = { id: device.id, name: device.name };
    return { status: 200, body: device };
  },
  async updateDevice({ deps, principal, params, body, audit }) {
    const device = await changeDevice(deps.database, principal, params.id, (current) => patched(current, body));
    if (device === null) throw notFound('device', params.id);
    audit.detail = { id: device.id, name: device.name, fields: Object.keys(body) };
    return { status: 200, body: device };
  },
  async deleteDevice({ deps, principal, params }) {
    if (!(await deleteDevice(deps.database, principal, params.id))) throw notFound('device', params.id);
    return { status: 204 };
  },
};
