import type { deviceHealth } from '../../contracts/http/device-health.ts';
import { readHealth, resetCircuit } from '../../stores/device-health.ts';
import { findDevice } from '../../stores/devices.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

export const deviceHealthHandlers: Handlers<typeof deviceHealth> = {
  async getDeviceHealth({ deps, principal, params }) {
    const device = await findDevice(deps.database, principal, params.id);
    const health = device === null ? null : await readHealth(deps.database, device.id);
    if (health === null) throw notFound('device', params.id);
    return { status: 200, body: health };
  },
  async resetDeviceCircuit({ deps, principal, params, audit }) {
    const device = await findDevice(deps.database, principal, params.id);
    if (device === null) throw notFound('device', params.id);
    audit.detail = { id: device.id, name: device.name };
    await resetCircuit(deps.database, device.id);
    const health = await readHealth(deps.database, device.id);
    if (health === null) throw notFound('device', params.id);
    return { status: 200, body: health };
  },
};
