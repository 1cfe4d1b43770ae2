import { z } from 'zod';
import { CIRCUIT_STATES } from '../../core/circuit.ts';
import { defineEndpoint } from '../endpoint.ts';
import { deviceOutcome, id, idParams, timestamp } from '../fields.ts';

const DeviceHealth = z
  .object({
    device_id: id,
    failures: z.int().describe('Jobs in a row in which it failed'),
    last_outcome: deviceOutcome.nullable().describe('Null where no job has tried it yet'),
    last_error: z.string().nullable(),
    last_success_at: timestamp.nullable(),
    last_failure_at: timestamp.nullable(),
    circuit: z.object({ state: z.enum(CIRCUIT_STATES), open_until: timestamp.nullable() }),
  })
  .meta({ id: 'DeviceHealth' });

export const deviceHealth = {
  getDeviceHealth: defineEndpoint({
    method: 'GET',
    path: '/api/devices/{id}/health',
    summary: 'How a device has fared lately, by id or name',
    tag: 'Devices',
    role: 'viewer',
    audit: null,
    params: idParams,
    responses: { 200: DeviceHealth },
    problems: ['not_found'],
  }),
  resetDeviceCircuit: defineEndpoint({
    method: 'POST',
    path: '/api/devices/{id}/circuit/reset',
    summary: 'Close the circuit of a device and forget its failures: the next job tries it at once',
    tag: 'Devices',
    role: 'operator',
    audit: 'device.circuit_reset',
    params: idParams,
    responses: { 200: DeviceHealth },
    problems: ['not_found'],
  }),
};
