import { describe, expect, it } from 'vitest';
import { jobs } from '../../contracts/http/jobs.ts';
import { netboxDevice } from './support/netbox-data.ts';
import { useSyncLab } from './support/sync-lab.ts';

const { lab, ended, sync } = useSyncLab();

describe('inventory.sync of much', () => {
  it('a table of 1 MiB in the request, which is not shown again', { timeout: 120_000 }, async () => {
    const row = (n: number): string => `sw-${n},10.0.${n >> 8}.${n & 255},cisco_ios,"${'x'.repeat(60)}"`;
    const text = ['name,host,platform,site', ...Array.from({ length: 10_000 }, (_, n) => row(n))].join('\n');
    expect(text.length).toBeGreaterThan(900_000);
    const body = { type: 'inventory.sync' as const, params: { source: { type: 'csv' as const, name: 'table', text } } };
    const { body: started } = await lab.api.client.call(jobs.createJob, { body });
    expect(JSON.stringify(started).length).toBeLessThan(2000);
    const job = await ended(started.job_id);
    expect(job.message).toContain('10000 created');
    expect(job.params).toMatchObject({ inventory: { source: { type: 'csv', name: 'table' } } });
  });

  it('10,000 devices', { timeout: 120_000 }, async () => {
    lab.list = Array.from({ length: 10_000 }, (_, index) => netboxDevice(index + 1));
    const began = Date.now();
    expect((await sync()).message).toContain('10000 created');
    const made = Date.now() - began;
    lab.list = lab.list.map((one) => ({ ...one, site: { name: 'Bonn' } }));
    const job = await sync();
    expect(job.message).toContain('10000 updated');
    expect((await sync()).message).toContain('10000 unchanged');
    expect(made).toBeLessThan(60_000);
  });
});
