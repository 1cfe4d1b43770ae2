import { v7 as uuidv7 } from 'uuid';
import { expect, it } from 'vitest';
import { openDatabase } from '../../stores/database.ts';
import { saveSnapshot } from '../../stores/topology-snapshots.ts';
import { createTestDatabase } from '../support/database.ts';

it('a snapshot is kept with what the devices said; taken again for its job it is the one there is', async () => {
  const test = await createTestDatabase();
  const database = openDatabase(test.url);
  const kept = () => database.sql`select id, job_id, nodes, links, graph, claims from topology_snapshots order by id`;
  const job = uuidv7();
  const graph = { nodes: [{ id: 'a', name: 'half \ud800, NUL \0' }], links: [] };
  const claims = [{ device_id: 'a', neighbor_name: 'b' }];
  try {
    const id = await saveSnapshot(database, job, { graph, claims });
    const first = await kept();
    const row = {
      id,
      job_id: job,
      nodes: 1,
      links: 0,
      graph: { nodes: [{ id: 'a', name: 'half \ufffd, NUL ' }], links: [] },
      claims,
    };
    expect(first).toEqual([row]);
    expect(await saveSnapshot(database, job, { graph: { nodes: [], links: [] }, claims: [] })).toBe(id);
    expect(await kept()).toEqual([row]);
  } finally {
    await database.close();
    await test.drop();
  }
});
