import { v7 as uuidv7 } from 'uuid';
import type { Database } from './database.ts';
import { storableJson } from './storable-text.ts';

/**
 * Keeps the snapshot of a job, and what the devices said of their neighbours, which the graph of some of them is made of. Run again
 * for the same job it gives back the one there is: one snapshot per discovery.
 */
export async function saveSnapshot(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
  { graph, claims }: { graph: { nodes: unknown[]; links: unknown[] }; claims: object[] },
): Promise<string> {
  return sql.begin(async (tx) => {
    // One text after the other: of a large network each is many megabytes, and there are copies of it on its way.
    const [row] = await tx<{ id: string; inserted: boolean }[]>`
      insert into topology_snapshots (id, job_id, nodes, links, graph)
      values (${uuidv7()}, ${jobId}, ${graph.nodes.length}, ${graph.links.length}, ${storableJson(graph)}::text::json)
      on conflict (job_id) do update set job_id = excluded.job_id returning id, xmax = 0 as inserted`;
    if (row!.inserted) await tx`update topology_snapshots set claims = ${storableJson(claims)}::text::json where id = ${row!.id}`;
    return row!.id;
  });
}
