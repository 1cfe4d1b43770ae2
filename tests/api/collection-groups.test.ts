import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

it('a collection group keeps what is written to it, field by field', async () => {
  const created = await api.send('POST', '/api/collection-groups', { body: { name: 'north', queue_id: 'n1' } });
  expect(created.status).toBe(201);
  const patch = (body: object) => api.send('PATCH', '/api/collection-groups/north', { body });
  expect((await patch({ login_rate: 2.5 })).json).toMatchObject({
    name: 'north',
    queue_id: 'n1',
    login_rate: 2.5,
    max_sessions: null,
  });
  expect((await patch({ max_sessions: 7 })).json).toMatchObject({ login_rate: 2.5, max_sessions: 7 });
  expect((await patch({ login_rate: null, queue_id: 'n2' })).json).toMatchObject({
    queue_id: 'n2',
    login_rate: null,
    max_sessions: 7,
  });
  expect((await patch({})).status).toBeLessThan(500);
  const put = await api.send('PUT', '/api/collection-groups/north', { body: { name: 'south', queue_id: 's1', login_rate: 1 } });
  expect(put.json).toMatchObject({ name: 'south', queue_id: 's1', login_rate: 1, max_sessions: null });
  expect((await api.send('GET', '/api/collection-groups/south', {})).json).toMatchObject({ queue_id: 's1', login_rate: 1 });
  expect((await patch({ login_rate: 3 })).status).toBe(404);
});
