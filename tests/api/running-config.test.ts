import { expect, it } from 'vitest';
import { withoutTail } from '../support/backups.ts';
import { useBackupsLab, type RunningConfig } from './support/backups-lab.ts';

const { lab, send } = useBackupsLab('127.44.1.1');

it('running-config: live, cached, and the reason where it does not come', async () => {
  const name = lab.names[3]!;
  const live = await send<RunningConfig>('GET', `/devices/${name}/running-config`, { as: lab.operator });
  expect([live.status, live.json.success, live.json.outcome, live.json.cached]).toEqual([200, true, 'ok', false]);
  expect(withoutTail(live.json.output!)).toBe(withoutTail(lab.simulator.configuration(name).text));
  const { logins } = lab.simulator.counters().devices[name]!;
  const cached = await send<RunningConfig>('GET', `/devices/${name}/running-config?cached=true&use_textfsm=true`);
  expect(cached.json).toMatchObject({ success: true, cached: true, output: live.json.output, job_id: live.json.job_id });
  expect(lab.simulator.counters().devices[name]!.logins).toBe(logins);
  await lab.simulator.setFault(name, 'auth');
  const refused = await send<RunningConfig>('GET', `/devices/${name}/running-config`);
  await lab.simulator.setFault(name, null);
  expect(refused.json).toMatchObject({
    success: false,
    outcome: 'auth_failed',
    output: null,
    error: expect.stringMatching(/refused/),
  });
  await lab.simulator.setFault(name, { kind: 'slow', ms: 1500 });
  const slow = await send<RunningConfig>('GET', `/devices/${name}/running-config?wait=0`);
  expect([slow.status, slow.headers.get('location')]).toEqual([202, `/api/jobs/${slow.json.job_id}`]);
  expect(await lab.cluster.wait(slow.json.job_id!)).toBe('completed');
  await lab.simulator.setFault(name, null);
});
