import { describe, expect, test } from 'vitest';
import { KIND_ENDPOINTS, KINDS } from '../../core/facts.ts';
import { deviceFactEndpoints } from '../../contracts/http/device-facts.ts';
import { deviceImport } from '../../contracts/http/device-import.ts';
import { useDiscoveryLab } from './support/discovery-lab.ts';

const lab = useDiscoveryLab('127.41.1.1');
const { checked } = lab;

describe('the routes of a device', () => {
  test.each(KINDS)('%s from the cache and from the device', async (kind) => {
    const name = lab.names[4]!;
    const truth = lab.simulator.truth(name, kind);
    const path = `/api/devices/${name}/${KIND_ENDPOINTS[kind]}`;
    const live = await checked<{ output: unknown[]; job_id: string }>(path);
    expect(live).toMatchObject({ success: true, cached: false, error: null, outcome: truth.length > 0 ? 'ok' : 'empty' });
    expect(live.output).toHaveLength(truth.length);
    const cached = await checked(`${path}?cached=true`);
    expect(cached).toEqual({ ...live, cached: true });
  });

  test('raw text, of the device and of the cache', async () => {
    const path = `/api/devices/${lab.ids.get(lab.names[5]!)!}/ip-arp?use_textfsm=false`;
    const live = await checked<{ output: string }>(path);
    expect(live).toMatchObject({ success: true, cached: false, outcome: 'ok' });
    expect(live.output).toContain('Protocol');
    expect(await checked(`${path}&cached=true`)).toEqual({ ...live, cached: true });
  });

  test('a device that does not answer keeps its last good records, with the truth beside them', async () => {
    const name = lab.names[6]!;
    const path = `/api/devices/${name}/interfaces`;
    const before = await checked<{ output: unknown[]; collected_at: string }>(path);
    await lab.simulator.setFault(name, 'auth');
    expect(await checked(path)).toMatchObject({
      success: false,
      output: null,
      outcome: 'auth_failed',
      cached: false,
      collected_at: null,
    });
    const { output, collected_at } = before;
    expect(await checked(`${path}?cached=true`)).toMatchObject({
      success: true,
      output,
      outcome: 'auth_failed',
      cached: true,
      collected_at,
    });
    await lab.simulator.setFault(name, null);
  });

  test('one that was never asked has nothing, and one that is slow answers 202', async () => {
    const [unasked] = (
      await lab.client.call(deviceImport.importDevices, {
        body: { devices: [{ name: 'new1', host: '127.0.0.1', platform: 'cisco_ios' }] },
      })
    ).body.items;
    const empty = await checked(`/api/devices/${unasked!.id}/mac-table?cached=true`);
    expect(empty).toMatchObject({ success: false, output: null, outcome: null, cached: true, collected_at: null });
    lab.simulator.setLatency(1500);
    const { status, body, headers } = await lab.client.call(deviceFactEndpoints.arp, {
      params: { id: lab.names[7]! },
      query: { wait: 0 },
    });
    lab.simulator.setLatency(0);
    expect([status, body.success, body.outcome, body.output]).toEqual([202, false, null, null]);
    expect(headers.get('location')).toBe(`/api/jobs/${body.job_id}`);
  });
});
